"""The verbs of identity, one file for each kind of them."""

from common.identity.service.addresses import ask_address, ask_confirmation, confirm, drop_change, release
from common.identity.service.closing import close_person, prove
from common.identity.service.codes import send_code
from common.identity.service.devices import remembered
from common.identity.service.granting import give_grant, grant, take_grant
from common.identity.service.nik import facts, give_nik, mark_seen, mark_verified, masked_nik, own_nik, read_nik
from common.identity.service.people import ask_reset, change_password, change_person, reset_password, sign_up
from common.identity.service.proving import prove_it
from common.identity.service.sessions import Client, end_keys, open_session, revoke_session, revoke_token, sign_out
from common.identity.service.signing_in import (
    Entered,
    finish,
    finish_by_passkey,
    half_way_of,
    session_id_of,
    sign_in,
    sign_in_by_passkey,
    sign_in_whole,
)
from common.identity.service.taking_back import take_way_back
from common.identity.service.tokens import make_token, open_token
from common.identity.service.ways_back import open_to

__all__ = [
    "Client", "Entered", "ask_address", "ask_confirmation", "ask_reset", "change_password", "change_person", "close_person", "confirm",
    "drop_change", "end_keys", "facts", "finish", "finish_by_passkey", "give_grant", "give_nik", "grant", "half_way_of", "make_token",
    "mark_seen", "mark_verified", "masked_nik", "open_session", "open_to", "open_token", "own_nik", "prove", "prove_it", "read_nik",
    "release", "remembered", "reset_password", "revoke_session", "revoke_token", "send_code", "session_id_of", "sign_in",
    "sign_in_by_passkey", "sign_in_whole", "sign_out", "sign_up", "take_grant", "take_way_back",
]  # fmt: skip
