"""What a person keeps with us beside the account itself: saved addresses, a download of all own data, and the way out.

Words: an *address* is where something is brought to, one of them the default; an *export* is a ZIP of everything that the rooms keep of
a person (`common.personal`), sealed, for its owner alone, for seven days; *closing* ends the account and keeps what law and ledger need.
Start at `service/`; the checkout asks `queries.addresses_of`.
"""
