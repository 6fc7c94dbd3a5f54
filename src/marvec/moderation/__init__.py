"""Keeping the market decent: people report goods and messages, an operator looks and decides, the owner learns why.

Words: a *report* is one person's word about one thing; all open reports about a thing are one *case*; a *decision* moves the case
(dismissed, warned, hidden, suspended) and may be *lifted* later. Start at `service.py`; the table of moves stands in `models.py`.
"""
