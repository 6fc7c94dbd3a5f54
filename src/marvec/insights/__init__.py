"""What a seller's figures say: sales by week, the goods that sell best. It only reads orders.

Start at `pages.py`; the pictures are the ground's `components/charts.html`, drawn on the server.
"""
