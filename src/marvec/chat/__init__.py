"""Two people (or a few) talk about something: a listing, an order, a request.

Words: a *conversation* has *participants* and a *subject* (kind, id); a *message* has a gap-free *seq* and its sender's own *client id*, so
that sending again is harmless; a *card* is what another room shows within the talk; a *watermark* says how far somebody has read.
Start at `service/__init__.py`; `service/batches.py` is the hot path: messages sent in one moment share one commit.
"""
