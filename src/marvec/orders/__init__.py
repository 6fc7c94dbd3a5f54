"""Orders: what a buyer has bought, from the first minute to the last rupiah.

Words: a *group* is one checkout (one cart, one payment intent) and holds one *order* per seller; an order has *lines*, whose price and
commission never change again; an order *moves* along the table in `models.py`, by a *party* (buyer, seller, operator, timer, payment).
Start at `models.py` (the table), then `service/placing.py` and `service/moving.py`.
"""
