"""Numbers in the queues of health centres and offices: taken at home, called at the counter, seen by everybody as it happens.

Words: a *counter* is one queue of one place (a clinic of a puskesmas, a window of an office); a *day* of it gives numbers from 1 without a
gap up to its capacity; a *ticket* is a person's number; a *desk* is where an officer sits and has at most one ticket at a time; *pace* is
how long one person takes, measured from the calls of the day. Start at `models.py` (the life of a ticket), then `service/`.
"""
