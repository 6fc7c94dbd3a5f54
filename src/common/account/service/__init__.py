"""The verbs of one's own things: addresses, the download, leaving."""

from common.account.service.addresses import change_address, delete_address, keep_address, make_default
from common.account.service.exporting import ask_export, assemble, drop_expired, open_export
from common.account.service.leaving import close_account, close_lost, lost_accounts

__all__ = [
    "ask_export", "assemble", "change_address", "close_account", "close_lost", "delete_address", "drop_expired", "keep_address",
    "lost_accounts", "make_default", "open_export",
]  # fmt: skip
