"""Telling a person: the inbox, a live wink, and e-mail for who wants it.

Words: a *notification* has a kind (`order.paid`; the part before the dot is its group), a text with gaps, and a link.
Start at `service.notify`.
"""
