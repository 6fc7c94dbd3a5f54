"""Checkout Sessions: opening and reading, what the person does on the page, what follows of a payment, and the end of its time.

A session is `open` until its payment is under way (`complete`) or its time is over (`expired`). Its payment intent does not exist until the
person submits the page (docs.stripe.com/changelog/2022-08-01), and only the session may be ended, not the intent.
"""
