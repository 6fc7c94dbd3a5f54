"""A paper that came as a PDF is looked through beside the form, by the officer alone."""

from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from playwright.async_api import Browser

from civic.services import queries, service
from common.actor import Actor
from common.db import unit_of_work
from common.files import cleaning, purposes
from common.identity import queries as identity
from common.identity.cookies import SESSION_COOKIE
from common.identity.service import Client, open_session
from tests.civic.services.make import a_citizen, a_draft, attach
from tests.common.files.make import a_pdf
from tests.common.identity.make import enter, officer
from tests.conftest import new_client
from tests.marvec.acting import client_as, person

pytestmark = pytest.mark.usefixtures("database")


async def with_a_pdf(citizen: Actor) -> tuple[UUID, UUID]:
    """A file handed in, whose birth letter is a PDF and whose other papers are photos; -> its id and the PDF's."""
    draft = await a_draft(citizen)
    async with unit_of_work() as session:
        paper = await attach(session, citizen, draft.id, "surat_lahir", data=a_pdf(), filename="surat lahir.pdf")
        await service.submit(session, citizen, draft.id)
    return draft.id, paper


async def signed_in(app: Litestar, office: str) -> httpx.AsyncClient:
    client = new_client(app)
    async with unit_of_work() as session:
        await enter(session, client, await officer(session, office))
    return client


async def test_a_pdf_stands_in_a_frame_and_a_photo_as_a_picture_each_with_a_link(app: Litestar) -> None:
    file, paper = await with_a_pdf(await a_citizen())
    shown = (await (await signed_in(app, "DISDUKCAPIL")).get(f"/meja/{file}")).text
    assert shown.count("<iframe") == 1
    assert f'<iframe class="document" src="/berkas/{paper}/pratinjau#navpanes=0&amp;view=FitH" title=' in shown
    assert f'<a href="/berkas/{paper}" download>' in shown
    assert f'src="/berkas/{paper}/480"' not in shown
    assert shown.count("/480") == 2


async def test_the_officer_of_the_case_reads_it_inline_within_our_own_frame_and_in_a_sandbox(app: Litestar) -> None:
    _file, paper = await with_a_pdf(await a_citizen())
    client = await signed_in(app, "DISDUKCAPIL")
    seen = await client.get(f"/berkas/{paper}/pratinjau")
    kept = await cleaning.clean(a_pdf(), purposes.DOCUMENTS)
    assert (seen.status_code, seen.headers["content-type"], seen.content) == (200, "application/pdf", kept.data)
    assert seen.headers["content-disposition"] == 'inline; filename="surat lahir.pdf"'
    assert seen.headers.get_list("content-security-policy") == ["default-src 'none'; sandbox; frame-ancestors 'self'"]
    assert seen.headers.get_list("x-frame-options") == ["SAMEORIGIN"]
    assert (seen.headers["x-content-type-options"], seen.headers["cache-control"]) == ("nosniff", "private, no-store")
    download = await client.get(f"/berkas/{paper}")
    assert download.headers["content-disposition"] == 'attachment; filename="surat lahir.pdf"'
    assert download.headers.get_list("content-security-policy") == ["default-src 'none'; sandbox; frame-ancestors 'none'"]
    assert download.headers.get_list("x-frame-options") == ["DENY"]


async def test_nobody_else_gets_a_preview_not_even_its_owner_and_of_a_photo_there_is_none(app: Litestar) -> None:
    citizen = await a_citizen()
    file, paper = await with_a_pdf(citizen)
    async with unit_of_work() as session:
        photo = (await queries.documents(session, file))["kk"].file_id
        owner = await identity.by_id(session, citizen.person_id)
        theirs = new_client(app)
        await enter(session, theirs, owner)
    assert (await theirs.get(f"/berkas/{paper}")).status_code == 200  # the download is the owner's as ever
    assert (await theirs.get(f"/berkas/{paper}/pratinjau")).status_code == 404
    assert (await (await signed_in(app, "DPMPTSP")).get(f"/berkas/{paper}/pratinjau")).status_code == 404
    assert (await (await signed_in(app, "DISDUKCAPIL")).get(f"/berkas/{photo}/pratinjau")).status_code == 404
    async with client_as(app, person()) as stranger:
        assert (await stranger.get(f"/berkas/{paper}/pratinjau")).status_code == 404
    assert (await new_client(app).get(f"/berkas/{paper}/pratinjau", headers={"accept": "application/json"})).status_code == 401


@pytest.mark.browser
async def test_the_browser_draws_it_in_the_frame_without_a_complaint(server: str, browser: Browser) -> None:
    file, paper = await with_a_pdf(await a_citizen())
    async with unit_of_work() as session:
        token = await open_session(session, (await officer(session)).id, Client())
    async with await browser.new_context() as context:
        await context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": server}])
        page, complaints = await context.new_page(), list[str]()
        page.on("console", lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None)
        async with page.expect_response(f"{server}/berkas/{paper}/pratinjau") as answer:
            await page.goto(f"{server}/meja/{file}")
            await page.locator("iframe.document").scroll_into_view_if_needed()
        assert (await answer.value).status == 200
        await page.wait_for_load_state("load")
        drawn = [frame for frame in page.frames if frame.url.startswith(f"{server}/berkas/{paper}/pratinjau")]
        box = await page.locator("iframe.document").bounding_box()
    assert (len(drawn) > 0, complaints) == (True, [])
    assert box is not None and box["height"] > 200
