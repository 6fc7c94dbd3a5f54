"""The city's register of civil events, as far as it is kept here: births, numbered without a gap within each year.

The facts of a birth are sealed; its number and certificate are what others see. A child is registered once: what is the same is refused,
what is alike (`likeness`) stops at an officer, who compares both and decides on record. Start at `products.py`.
"""
