"""What people see happen while they look: publications in channels, told in the transaction that caused them.

Words: a *channel* is `namespace:key`; a *publication* has an *offset*, gap-free within its channel; the *hub* carries publications to this
process's sockets; a *wake-up* is the Redis message that says "look": losing it loses nothing, the database is the stream. A *key* is the
session or API token that lets somebody in: when it ends, the database tells the door.
Start at `service.py` (`tell`), then `registry.py` (what a domain offers), `hub.py` and `door.py` (the socket).
"""

from common.live.registry import PUBLIC, Namespace, keys, register, rpc
from common.live.service import pass_on, sign_out, tell

__all__ = ["PUBLIC", "Namespace", "keys", "pass_on", "register", "rpc", "sign_out", "tell"]
