import io
import re

import httpx
import pytest
from pikepdf import Encryption
from PIL import Image
from sqlalchemy import text

from common import ids
from common.actor import Actor
from common.db import unit_of_work
from common.errors import DomainError
from common.files import purposes, service
from common.files.errors import (
    EmptyFile,
    Encrypted,
    FileTooLarge,
    NoSuchFile,
    TooManyPages,
    TooManyPixels,
    Unreadable,
    WrongKind,
)
from common.files.models import StoredFile
from common.files.queries import visible
from common.scopes import SCOPES
from common.settings import get_settings
from tests.common.files.make import a_pdf, a_photo
from tests.common.identity import make as people
from tests.conftest import RunJobs

MOTHER, STRANGER, OFFICER = (Actor(ids.uuid7(), name) for name in ("Daeng Ngintang", "Seorang", "Petugas"))


async def only_the_officer(_: object, visitor: Actor, __: object) -> bool:
    return visitor == OFFICER


purposes.register(purposes.Purpose("test-document", purposes.DOCUMENTS, may_read=only_the_officer))
purposes.register(purposes.Purpose("test-picture", public=True))


async def keep(data: bytes, filename: str = "foto.jpg", purpose: str = "test-document", owner: Actor = MOTHER) -> StoredFile:
    upload = await service.look_into(owner, data=data, filename=filename, purpose=purpose)
    async with unit_of_work() as session:
        return await service.take(session, owner, upload, purpose)


async def test_a_photo_comes_back_without_its_place_and_upright(database: None) -> None:
    data, _ = await service.read(await keep(a_photo(size=(400, 200), sideways=True, place=True)))
    with Image.open(io.BytesIO(data)) as image:
        assert (image.size, dict(image.getexif())) == ((200, 400), {})
    assert b"GPS" not in data
    assert b"Exif" not in data


async def test_a_huge_photo_is_made_smaller(database: None) -> None:
    kept = await keep(a_photo(size=(5000, 2500)))
    assert (kept.width, kept.height) == (2048, 1024)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", EmptyFile),
        (b"<script>alert(1)</script>", WrongKind),
        (b"GIF89a" + bytes(100), WrongKind),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), WrongKind),
        (a_photo()[:300], Unreadable),
        (b"%PDF-1.7 no end", Unreadable),
        (a_pdf()[:-200], Unreadable),
        (a_pdf(encryption=Encryption(owner="kantor", user="rahasia")), Encrypted),
        (a_pdf(encryption=Encryption(owner="kantor", user="")), Encrypted),
        (a_pdf(pages=101), TooManyPages),
        (a_photo(size=(8001, 6250), form="PNG"), TooManyPixels),
        (bytes(10 * 2**20 + 1), FileTooLarge),
    ],
)
async def test_what_may_not_come_in_stays_out_and_leaves_nothing(database: None, data: bytes, error: type[DomainError]) -> None:
    with pytest.raises(error):
        await keep(data, "surat.pdf")
    async with unit_of_work() as session:
        assert (await session.execute(text("SELECT count(*) FROM files"))).scalar_one() == 0


async def test_a_picture_is_not_a_document_and_a_document_no_picture(database: None) -> None:
    assert (await keep(a_pdf())).kind == "application/pdf"
    with pytest.raises(WrongKind) as refused:
        await keep(a_pdf(), purpose="test-picture")
    assert refused.value.params == {"accepted": "HEIC, JPG, PNG, WebP"}


async def test_only_the_owner_and_whom_the_purpose_names_may_see(database: None) -> None:
    kept = await keep(a_photo())
    async with unit_of_work() as session:
        for visitor in (MOTHER, OFFICER):
            assert (await visible(session, visitor, kept.id)).id == kept.id
        for nobody in (STRANGER, None):
            with pytest.raises(NoSuchFile):
                await visible(session, nobody, kept.id)


async def test_thumbnails_come_from_a_job_that_may_run_twice(database: None, run_jobs: RunJobs) -> None:
    kept = await keep(a_photo(size=(1200, 800)), purpose="test-picture")
    assert await run_jobs() == 1
    await service.make_thumbnails(kept.id)
    async with unit_of_work() as session:
        fresh = await visible(session, None, kept.id)
    data, kind = await service.read(fresh, 300)
    with Image.open(io.BytesIO(data)) as image:
        assert (kind, image.size) == ("image/webp", (480, 320))


async def test_the_page_serves_a_picture_to_everybody_and_a_document_to_nobody_else(client: httpx.AsyncClient) -> None:
    picture, document = await keep(a_photo(), purpose="test-picture"), await keep(a_photo(), "../../etc/ktp <b>.jpg")
    seen = await client.get(f"/berkas/{picture.id}")
    assert (seen.status_code, seen.headers["content-type"]) == (200, "image/jpeg")
    assert "immutable" in seen.headers["cache-control"]
    assert (await client.get(f"/berkas/{document.id}")).status_code == 404
    assert re.fullmatch(r"[\w.\- ()]+", document.filename)


async def test_a_token_opens_private_files_with_their_scope_and_public_ones_without(client: httpx.AsyncClient) -> None:
    async with unit_of_work() as session:
        owner = await people.person(session)
        all_but = await people.bearer(session, owner, *(name for name in SCOPES if name != "files:read"))
        reader = await people.bearer(session, owner, "files:read")
    mine = await keep(a_pdf(), "kk.pdf", owner=people.actor_of(owner))
    shown = await keep(a_photo(), purpose="test-picture", owner=people.actor_of(owner))
    told = [(await client.get(f"/berkas/{mine.id}", headers=headers)).status_code for headers in (all_but, reader)]
    assert told == [404, 200]
    assert (await client.get(f"/berkas/{shown.id}", headers=all_but)).status_code == 200


def test_the_limit_is_a_setting() -> None:
    assert get_settings().upload_limit == 10 * 2**20
