"""Finding goods: one query language (`schemas.SearchQuery`) for the search page, the API, saved searches and matching.

Words: *document* (one flat row for each visible listing, written by triggers in the transaction of its cause), *synonym*, *candidate*
(a hit that is ranked; at most 2,000), *vocabulary* (words of titles, for "did you mean"). Start at `schemas.py`, then `service.py`.
"""
