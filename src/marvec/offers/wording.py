"""How an offer's states are called on pages."""

from common.i18n import N_
from marvec.offers.models import OfferState

STATES: dict[OfferState, tuple[str, str]] = {
    OfferState.OPEN: (N_("Menunggu jawaban"), "note"),
    OfferState.ACCEPTED: (N_("Sudah diterima"), "good"),
    OfferState.DECLINED: (N_("Ditolak"), "bad"),
    OfferState.COUNTERED: (N_("Dibalas"), "warn"),
    OfferState.WITHDRAWN: (N_("Ditarik"), "bad"),
    OfferState.EXPIRED: (N_("Lewat waktu"), "bad"),
}
