"""Sending to an address: e-mail by SMTP, and in development the console and the page `/dev/pesan`.

Words: a *letter* is a text with gaps, marked in its room; a *message* is one letter to one address; a *channel* carries it.
Start at `service.send`. Stands below identity: it knows addresses, not people.
"""
