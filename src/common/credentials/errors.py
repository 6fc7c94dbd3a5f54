"""What can go wrong with a credential."""

from common.errors import Conflict, NotFound
from common.i18n import N_


class NoSuchCredential(NotFound):
    code = "no_such_credential"
    message = N_("Kode ini tidak tercatat. Periksa lagi hurufnya, atau tanyakan ke kantor penerbitnya.")


class AlreadyIssued(Conflict):
    code = "already_issued"
    message = N_("Dokumen untuk permohonan ini sudah terbit.")
