"""What can go wrong with a credential."""

from common.errors import Conflict, Forbidden, NotFound
from common.i18n import N_


class NoSuchCredential(NotFound):
    code = "no_such_credential"
    message = N_("Kode ini tidak tercatat. Periksa lagi hurufnya, atau tanyakan ke kantor penerbitnya.")


class OwnCredential(Forbidden):
    code = "own_credential"
    message = N_("Dokumen ini milik Anda atau usaha Anda. Minta petugas lain yang mengurusnya.")


class CredentialMoved(Conflict):
    code = "credential_moved"
    message = N_("Dokumen ini sudah berubah sejak Anda membukanya. Belum ada yang dicatat. Lihat dulu keadaannya sekarang.")


class AlreadyIssued(Conflict):
    code = "already_issued"
    message = N_("Dokumen untuk permohonan ini sudah terbit.")
