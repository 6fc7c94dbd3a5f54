"""What can go wrong with the register."""

from common.errors import Conflict, NotFound
from common.i18n import N_


class AlreadyRegistered(Conflict):
    """`number`: of the entry that holds."""

    code = "child_already_registered"
    message = N_("Anak ini sudah tercatat. Satu anak hanya dicatat sekali.")


class LooksLikeAnother(Conflict):
    code = "birth_looks_like_another"
    message = N_("Kelahiran ini mirip dengan yang sudah tercatat. Bandingkan keduanya, lalu putuskan.")


class NothingAlike(NotFound):
    code = "nothing_alike"
    message = N_("Tidak ada catatan kelahiran yang mirip di sini. Muat ulang permohonannya.")


class AlreadyDecided(Conflict):
    code = "comparison_already_decided"
    message = N_("Perbandingan ini sudah diputuskan.")
