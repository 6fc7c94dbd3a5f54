"""The first page: what the city offers, within two taps. It only reads; the city's services are links by data.

Start at `pages.py`; the links stand in `doors.py`.
"""
