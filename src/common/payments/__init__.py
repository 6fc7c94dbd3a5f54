"""Money: one port to the payment provider, one double-entry ledger for orders and city fees (separate books, never mixed).

Words: an *intent* is money that somebody is about to pay for one purpose; a *part* is what one order gets of it; a *fact* is what the
provider says happened; a *book* is `market` or `city`; a *pot* is a ledger account (positive: money is there).
The rule to know first: the ledger is a function of the rows' states (`postings.py`), and states only rise along a lattice, so
any order, repetition or loss of the provider's messages ends in the same ledger. Start at `service/__init__.py`.
"""
