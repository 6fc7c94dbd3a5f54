"""The verbs of identity, one file for each kind of them."""

from common.identity.service.closing import close_person, prove
from common.identity.service.codes import send_code
from common.identity.service.granting import give_grant, grant, take_grant
from common.identity.service.nik import facts, give_nik, mark_seen, mark_verified, masked_nik, own_nik, read_nik
from common.identity.service.people import (
    ask_confirmation,
    ask_reset,
    change_password,
    change_person,
    confirm,
    reset_password,
    sign_up,
)
from common.identity.service.sessions import Client, open_session, revoke_session, sign_out
from common.identity.service.signing_in import Entered, finish, session_id_of, sign_in, sign_in_whole
from common.identity.service.tokens import make_token, open_token, revoke_token

__all__ = [
    "Client", "Entered", "ask_confirmation", "ask_reset", "change_password", "change_person", "close_person", "confirm", "facts",
    "finish", "give_grant", "give_nik", "grant", "make_token", "mark_seen", "mark_verified", "masked_nik", "open_session",
    "open_token", "own_nik", "prove", "read_nik", "reset_password", "revoke_session", "revoke_token", "send_code", "session_id_of",
    "sign_in", "sign_in_whole", "sign_out", "sign_up", "take_grant",
]  # fmt: skip
