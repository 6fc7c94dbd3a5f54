"""What the city says is true of a person or a business: issued, suspended, revoked, expiring, checkable by anybody with the code.

Words: a *credential* is one such statement; its *code* (79 unguessable bits and a check symbol) stands on the document and in its QR.
Civic issues, the market reads live: `queries.is_active` is a clause of SQL, so a suspension hides what needs it in the same commit.
Start at `service.issue`.
"""
