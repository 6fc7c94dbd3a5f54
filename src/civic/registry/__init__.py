"""The city's register of civil events, as far as it is kept here: births, numbered without a gap within each year.

The facts of a birth are sealed; its number and certificate are what others see. Start at `products.py`.
"""
