"""Goods on offer: a listing (barang) of a storefront, with its pictures and its stock.

Words: *listing*, *stock* (`on_hand`, of which `reserved` is promised to orders; *free* is the rest), *visible* (published, shop
open, needed credential in force). Stock lives in a row of its own, so that selling never waits for an editor. Start at `service/`.
"""
