"""The life of a payment intent, one file a verb: opening, confirming (card, 3-D Secure, QRIS), capturing, cancelling, failing."""
