"""The talk's verbs."""

from marvec.chat.schemas import Card
from marvec.chat.service.asking import ask_seller
from marvec.chat.service.batches import send
from marvec.chat.service.keeping import block, report, unblock
from marvec.chat.service.reading import read_up_to, tell_absent, typing
from marvec.chat.service.talking import open_conversation, post

__all__ = [
    "Card", "ask_seller", "block", "open_conversation", "post", "read_up_to", "report", "send", "tell_absent", "typing", "unblock",
]  # fmt: skip
