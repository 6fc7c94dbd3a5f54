"""Reviews: what buyer and seller say of each other after an order is completed.

Words: a *review* has *stars* (1 to 5) and *words*; it is *blind* until it is *shown*, together with the other side's, when both have
written or 14 days after completion; the seller *answers* a shown one once; an operator *hides* one, with a reason. What a shop's shown
reviews amount to is its *rating* (`storefronts`), which the database keeps in the same commit. Start at `models.py`, then `service/`.
"""
