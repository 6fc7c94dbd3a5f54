"""Shops. A person may own several; each stands in a real kelurahan and is open, paused by its owner, or suspended by an operator.

Words: *storefront* (toko), *owner*, *slug* (its name in addresses, never changed). A seller is whoever owns a storefront.
Start at `service.py`; other rooms ask `queries.by_id`, `queries.owned_by` and `policy.may_manage`.
"""
