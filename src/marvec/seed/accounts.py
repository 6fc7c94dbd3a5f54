"""The demonstration's accounts, as they are shown at the start."""

from dataclasses import dataclass

from common.actor import Role

PASSWORD = "losari senja hari"  # noqa: S105  of the demonstration, printed at the start


@dataclass(frozen=True)
class Account:
    """One account: `key` is the name in its e-mail address, `label` what the person does."""

    key: str
    name: str
    label: str
    role: Role | None = None
    scope: str = "*"
    password: str = PASSWORD

    @property
    def login(self) -> str:
        return f"{self.key}@marvec.example"


ACCOUNTS = (
    Account("penjual", "Daeng Ngai", "menjual kue di Tallo"),
    Account("pembeli", "Andi Rezky", "membeli dari Rappocini"),
    Account("ibu", "Sitti Hasnah", "mengurus akta kelahiran"),
    Account("petugas", "Nurlaela Tiro", "petugas Disdukcapil", Role.OFFICER, "DISDUKCAPIL"),
    Account("kepala", "Hj. Murniati Lopa", "kepala Disdukcapil", Role.HEAD, "DISDUKCAPIL"),
    Account("perizinan", "Basri Mattayang", "petugas DPMPTSP", Role.OFFICER, "DPMPTSP"),
    Account("perawat", "Hasriani Bollo", "perawat di Kassi-Kassi", Role.OFFICER, "PKM-KASSI-KASSI"),
    Account("operator", "Irfan Lologau", "operator", Role.OPERATOR),
    Account("admin", "Ratna Palili", "admin", Role.ADMIN),
)
