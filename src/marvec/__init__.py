"""The marketplace, and the roof: `app.py` and `worker.py` compose the whole house, and they alone import `civic`."""
