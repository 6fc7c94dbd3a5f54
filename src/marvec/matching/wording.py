"""How a request's states are called on pages."""

from common.i18n import N_
from marvec.matching.models import RequestState

STATES: dict[RequestState, tuple[str, str]] = {
    RequestState.OPEN: (N_("Masih dicari"), "note"),
    RequestState.MATCHED: (N_("Sudah dapat"), "good"),
    RequestState.CLOSED: (N_("Ditutup"), ""),
    RequestState.EXPIRED: (N_("Lewat waktu"), "warn"),
}
