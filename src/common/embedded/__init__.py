"""The servers that run without anything being installed: PostgreSQL, Valkey and a Stripe sandbox, and who watches over them.

`Postgres` and `Valkey` are context managers with a `url`; `supervisor` starts the whole city and stops it in the right order.
Every child dies with its parent, even a parent that was killed -9. `errors.EmbeddedError` is always one clear line.
"""
