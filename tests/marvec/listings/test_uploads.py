"""What becomes of a shop's pictures on their way in and out, as the seller meets it."""

import asyncio
from typing import Any
from uuid import UUID

import psutil
from litestar import Litestar

from common.actor import Actor
from common.db import hot, unit_of_work
from common.files import cleaning, purposes
from common.files.stores import store
from marvec.listings import queries
from tests.common.files.make import a_pdf, a_photo
from tests.conftest import RunJobs
from tests.marvec.acting import client_as, person, submit
from tests.marvec.listings.make import on_sale
from tests.marvec.storefronts.make import shop

PHOTO = ("pictures", ("a.jpg", a_photo(), "image/jpeg"))


async def a_thing(seller: Actor) -> tuple[UUID, str]:
    """On sale; its id and the address of its editor."""
    async with unit_of_work() as session:
        mine = await shop(session, seller)
        listing = await on_sale(session, seller, mine)
    return listing.id, f"/toko-saya/{mine.slug}/barang/{listing.id}"


async def kept() -> int:
    async with hot() as connection:
        return int(await connection.fetchval("SELECT count(*) FROM files"))


async def keys() -> set[str]:
    return {key for key, _written in await store().keys()}


async def test_a_form_of_which_one_file_is_refused_is_shown_again_and_keeps_none(database: None, app: Litestar, run_jobs: RunJobs) -> None:
    seller = person()
    listing_id, here = await a_thing(seller)
    before = await keys()
    async with client_as(app, seller) as client:
        sent = await submit(client, here, f"{here}/gambar", files=[PHOTO, ("pictures", ("b.pdf", a_pdf(), "application/pdf"))])
    assert sent.status_code == 422
    assert "Pilih berkas HEIC, JPG, PNG, WebP." in sent.text
    await run_jobs()
    assert (await kept(), await keys()) == (0, before)
    async with unit_of_work() as session:
        assert await queries.pictures_of(session, listing_id) == []


async def test_a_full_quota_is_a_sentence_and_a_code_in_one_s_language(database: None, app: Litestar) -> None:
    seller = person()
    _, here = await a_thing(seller)
    async with hot() as connection:
        full = "INSERT INTO file_usage (owner_id, files, bytes, most_files) VALUES ($1, 0, 0, 0)"
        await connection.execute(full, seller.person_id)
    async with client_as(app, seller) as client:
        sent = await submit(client, here, f"{here}/gambar", files=[PHOTO])
        assert (sent.status_code, "Tempat berkas Anda sudah penuh" in sent.text) == (409, True)
        address = f"/api/v1/listings/{here.rsplit('/', 1)[1]}/pictures"
        told = await client.post(address, files={"data": PHOTO[1]}, params={"bahasa": "en"})
    assert (told.status_code, told.json()["code"]) == (409, "file_quota_reached")
    assert told.json()["title"].startswith("Your space for files is full: at most 0 files")


async def test_a_picture_that_is_taken_down_is_gone(database: None, app: Litestar, run_jobs: RunJobs) -> None:
    seller = person()
    listing_id, here = await a_thing(seller)
    before = await keys()
    async with client_as(app, seller) as client:
        await submit(client, here, f"{here}/gambar", files=[PHOTO])
        async with unit_of_work() as session:
            (picture,) = await queries.pictures_of(session, listing_id)
        await run_jobs()
        assert len(await keys() - before) == 4
        await submit(client, here, f"{here}/gambar/{picture}/hapus", {})
        assert (await client.get(f"/berkas/{picture}")).status_code == 404
    await run_jobs()
    assert (await kept(), await keys()) == (0, before)


async def test_while_a_file_is_looked_into_no_transaction_is_open_not_even_with_an_idempotency_key(database: None, app: Litestar) -> None:
    seller = person()
    listing_id, _here = await a_thing(seller)
    await cleaning.clean(a_photo(), purposes.IMAGES)
    decoders = [child for child in psutil.Process().children() if "common.files.decoder.program" in child.cmdline()]
    for decoder in decoders:
        decoder.suspend()
    key = {"Idempotency-Key": "gambar-pertama-1", "content-type": "multipart/form-data; boundary=batas"}
    async with client_as(app, seller) as client:
        address = f"/api/v1/listings/{listing_id}/pictures"
        coming = asyncio.create_task(client.post(address, files={"data": PHOTO[1]}, headers=key))
        await asyncio.sleep(0.5)
        async with hot() as connection:
            open_ones = await connection.fetchval("SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'")
        for decoder in decoders:
            decoder.resume()
        first = await coming
        again = await client.post(address, files={"data": PHOTO[1]}, headers=key)
    assert open_ones == 0
    assert (first.status_code, again.status_code, await kept()) == (201, 201, 1)


async def test_without_a_file_or_with_two_the_api_says_so(database: None, app: Litestar) -> None:
    seller = person()
    listing_id, _here = await a_thing(seller)
    async with client_as(app, seller) as client:
        sendings: list[list[tuple[str, Any]]] = [
            [("data", PHOTO[1]), ("data", PHOTO[1])],
            [("data", (None, b"teks"))],
            [("data", (None, b"teks")), ("data", PHOTO[1]), ("lain", PHOTO[1])],
            [("lain", PHOTO[1])],
        ]
        answers = [await client.post(f"/api/v1/listings/{listing_id}/pictures", files=files) for files in sendings]
        answers.append(await client.post(f"/api/v1/listings/{listing_id}/pictures"))
    assert [answer.status_code for answer in answers] == [422] * 5, [answer.text for answer in answers]
    assert [[wrong["field"] for wrong in answer.json()["errors"]] for answer in answers] == [["data"]] * 5
    assert await kept() == 0
