"""Checkout: from a cart to orders and a payment, on one page.

The form carries a client key that was made when it was shown: pressing twice makes one group of orders.
"""
