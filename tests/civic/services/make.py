"""Citizens, officers and filled-in applications."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from civic.services import service
from civic.services.models import Application
from common import ids
from common.actor import Actor, Grant, Role
from common.db import unit_of_work
from common.files import service as files
from tests.common.files.make import a_photo
from tests.common.identity.make import actor_of, person

NIK = "7371014107900003"  # well-formed, of nobody
BIRTH: dict[str, Any] = {
    "nama_anak": "Muhammad Fathir Ramadhan",
    "jenis_kelamin": "L",
    "tanggal_lahir": "2026-11-02",
    "tempat_lahir": "Makassar",
    "anak_ke": "1",
    "nama_ibu": "Sitti Rahmah",
    "nik_ibu": NIK,
    "nomor_kk": "7371012345678901",
    "orang_tua_menikah": "ibu",
    "kelurahan": "73.71.01.1001",
    "telepon": "081234567890",
}
BUILDING = {
    "nama_pemilik": "Baso Enal",
    "nik": NIK,
    "fungsi": "hunian",
    "lokasi": "Jl. Contoh 1",
    "kelurahan": "73.71.01.1001",
    "luas_bangunan": "60",
}
CARD = {
    "keperluan": "baru",
    "nama": "Baso",
    "nik": NIK,
    "nomor_kk": "7371012345678901",
    "tanggal_lahir": "1990-07-01",
    "kelurahan": "73.71.01.1001",
}
DEATH = {
    "nama_almarhum": "Baso Enal",
    "nik_almarhum": NIK,
    "tanggal_meninggal": "2026-11-02",
    "tempat_meninggal": "Makassar",
    "nama_pelapor": "Sitti Rahmah",
    "hubungan": "anak",
    "nomor_kk": "7371012345678901",
    "kelurahan": "73.71.01.1001",
    "telepon": "081234567890",
}
DOCUMENTS = {
    "akta-kelahiran": ("surat_lahir", "kk", "ktp_ibu"),
    "pbg": ("bukti_tanah", "pbb", "gambar"),
    "ktp-el": ("kk",),
    "akta-kematian": ("surat_kematian", "kk"),
}
ANSWERS = {"akta-kelahiran": BIRTH, "akta-kematian": DEATH, "pbg": BUILDING, "ktp-el": CARD}


def an_officer(office: str = "DISDUKCAPIL") -> Actor:
    return Actor(ids.uuid7(), "Hj. Rostina", assurance=2, grants=frozenset({Grant(Role.OFFICER, office)}))


async def a_citizen(name: str = "Sitti Rahmah") -> Actor:
    async with unit_of_work() as session:
        return actor_of(await person(session, name))


async def a_draft(citizen: Actor, code: str = "akta-kelahiran", **changed: str) -> Application:
    """All filled in and attached, not handed in."""
    async with unit_of_work() as session:
        draft = await service.start(session, citizen, code)
        await service.fill(session, citizen, draft.id, {**ANSWERS[code], **changed})
        for name in DOCUMENTS[code]:
            await attach(session, citizen, draft.id, name)
    return draft


async def attach(session: AsyncSession, citizen: Actor, application_id: UUID, name: str, data: bytes = b"", filename: str = "") -> UUID:
    """Hand in a paper; a photo unless other bytes are given."""
    filename = filename or f"{name}.jpg"
    upload = await files.look_into(citizen, data=data or a_photo(), filename=filename, purpose=service.PURPOSE)
    return await service.attach(session, citizen, application_id, name, upload)


async def handed_in(citizen: Actor, code: str = "akta-kelahiran") -> UUID:
    draft = await a_draft(citizen, code)
    async with unit_of_work() as session:
        await service.submit(session, citizen, draft.id)
    return draft.id


async def step(officer: Actor, application_id: UUID, *codes: str) -> None:
    """Take up the file if needed, and do these steps, each in its own transaction."""
    async with unit_of_work() as session:
        await service.take_up(session, officer, application_id)
    for code in codes:
        async with unit_of_work() as session:
            await service.complete_step(session, officer, application_id, code)
