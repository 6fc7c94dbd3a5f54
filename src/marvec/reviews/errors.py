"""What can go wrong with a review."""

from common.errors import Conflict, NotFound
from common.i18n import N_


class NoSuchReview(NotFound):
    code = "no_such_review"
    message = N_("Ulasan ini tidak ada, atau belum tampil.")


class NotCompleted(Conflict):
    code = "not_completed"
    message = N_("Pesanan bisa diulas setelah selesai.")


class ReviewingOver(Conflict):
    code = "reviewing_over"
    message = N_("Waktu mengulas pesanan ini sudah lewat.")


class AlreadyReviewed(Conflict):
    code = "already_reviewed"
    message = N_("Pesanan ini sudah Anda ulas.")


class AlreadyAnswered(Conflict):
    code = "already_answered"
    message = N_("Ulasan ini sudah Anda jawab.")


class NotHidden(Conflict):
    """It is hidden already, or it is not."""

    code = "not_hidden"
    message = N_("Ulasan ini sudah begitu. Muat ulang halamannya.")
