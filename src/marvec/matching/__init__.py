"""Matching: standing demand meets what is offered, both ways, the moment either appears.

Words: a *request* is what a buyer looks for (what, how many, budget, when, where, how far, for how long); a *standing query* is its
searchable side, and that of a *saved search* (buyer) or of *criteria* (seller); a *match* is a standing query and what answers it, told
once. A query asks for *terms*; goods or a request answer it when they hold all of them (`answers.py` says it in one function).
A new listing does not re-run the queries: each query waits under one of its terms, its *anchor*. Start at `service/finding.py`.
"""
