"""A small Stripe of our own: speaks Stripe's HTTP for all that our payment adapter uses, so that the official library is the only client.

No real money moves. It knows nothing of the rest of the app and starts alone: `python -m common.embedded.sandbox --data DIR`.
Words: a *doc* is an object as Stripe shows it (keys that begin with `_` are ours and never leave), the *desk* is what a verb works with,
the *clerk* does what is due later (webhooks, expiry), *mischief* is misbehaviour on demand. Start reading at `door.py`, then `api/`.
"""
