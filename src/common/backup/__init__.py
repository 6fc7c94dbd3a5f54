"""Backups of the city: what the night may take, the morning finds again.

A **base** is a copy of the whole database as it stands; the **WAL** (PostgreSQL's write-ahead log) is what changes after it, streamed to us
as it is written. Together they restore any moment. A **series** is an unbroken stream of WAL that begins with a base; when it breaks (the
server moved, the stream was held up too long) a new series begins with a new base, so that what is restored never has a hole in it. Files
are kept once each, and always before the WAL that speaks of them. Everything is sealed with `MARVEC_BACKUP_KEY`, which is in no backup.

Start at `archive.follow` (the process that runs all the time), then `base.take` and `restoring.restore`.
"""
