"""The operator's room: work that waits, failed or died in the outbox, and the audit trail.

Words: *due* work waits for a worker; *retrying* work failed and will be tried again; *dead* work failed ten times and waits for a person.
Start at `pages.py`.
"""
