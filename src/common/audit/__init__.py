"""Who did what to whom, kept so that nobody can quietly change it.

Words: an *entry* is one deed; a *seal* links it to all before it by a keyed hash. Entries are written in the transaction of the deed;
seals follow within seconds, so that audited deeds need not wait for each other. Start at `service.record` and `service.verify`.
"""
