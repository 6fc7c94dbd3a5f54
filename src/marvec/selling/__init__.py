"""How much a person may sell: by what the city knows of her, a calendar month (WITA) at a time, and the plea for more.

Words: the *level* is 0 (nothing confirmed), 1 (a confirmed phone or e-mail address) or 2 (the NIK given as well); the *limit* is the sum
that a level may sell a month (rows of `selling_limits`, each with its period); an *appeal* asks an operator for a higher one.
The database holds the limit where an order is written (migration 0017). Start at `queries.standing_of`. Reasons: docs/decisions/0011.
"""
