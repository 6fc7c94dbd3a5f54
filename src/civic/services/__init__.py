"""The engine: a service of the city is a data file (`definitions/*.toml`), an application walks through it.

Words: a *service* has requirements (fields in groups, documents), steps done by officers, working days, a fee, a product, perhaps a slot;
an *application* (permohonan) is one citizen's case; a *correction* gives the citizen the next move; a *product* is what is issued.
Start at `catalogue.py`, then `models.MOVES` and the verbs in `service/`.
"""
