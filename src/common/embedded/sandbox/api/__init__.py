"""Stripe's objects beyond the payment intent, one file each, and the table of all routes in `routes.py`."""
