"""Carts: what somebody means to buy, before anything is promised.

Words: a *cart* belongs to a person, or to a browser before sign-in (a cookie's token); a *line* is a listing and how many of it, with the
price that the buyer saw when putting it in. Nothing is reserved by a cart. Start at `service.py`.
"""
