"""An office as the API shows it."""

from pydantic import BaseModel

from civic.directory.queries import Office


class OfficeOut(BaseModel):
    """`fact_class`: A seen at a source, B from a list, C not verified yet. `address` and `kecamatan` are empty where unknown."""

    code: str
    kind: str
    name: str
    kecamatan: str
    address: str
    fact_class: str
    verified: bool
    source: str

    @classmethod
    def of(cls, office: Office) -> "OfficeOut":
        return cls(
            code=office.code, kind=office.kind, name=office.name, kecamatan=office.kecamatan, address=office.address,
            fact_class=office.fact_class, verified=office.is_verified, source=office.source,
        )  # fmt: skip
