"""By life event, by office, by one's own words; and the officer's way to the next file."""

from datetime import UTC, datetime, timedelta

import httpx
from litestar import Litestar

from civic.promises.models import Promise
from civic.services import catalogue, life_events, occasions, queries, views
from common import clock, ids
from common.db import unit_of_work
from common.i18n import speaking
from tests.civic.services.make import a_citizen, handed_in
from tests.common.identity.make import enter, officer

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)


def test_every_occasion_leads_to_services_of_the_catalogue_or_says_where_else() -> None:
    for occasion in occasions.every():
        for way in map(occasions.way_to, occasion.services):
            assert way.link.startswith("/"), (occasion.code, way)
            assert way.name != "", occasion.code
    assert occasions.way_to(occasions.find("sakit").services[0]).link == "/antrean"


def test_a_reader_of_english_knows_every_service_by_an_english_name_also_those_that_are_not_here_yet() -> None:
    services = life_events.services()
    in_english = {}
    with speaking("en"):
        in_english = {service: life_events.name_of(service) for service in services}
    assert {service: name for service, name in in_english.items() if name in (service, life_events.name_of(service))} == {}
    assert in_english["imunisasi"] == "Immunisation and posyandu"


def test_grief_is_spoken_of_plainly() -> None:
    text = " ".join(
        [str(occasions.find("orang-meninggal").lead), catalogue.find("akta-kematian").model_dump_json(exclude={"code"})]
    ).casefold()
    for particle in (" ki’", " ta’", " ji", " mi ", " mi.", " pi ", " di’"):
        assert particle not in text, particle


async def test_people_are_led_by_their_own_words_and_an_emergency_shows_112(client: httpx.AsyncClient) -> None:
    said = await client.get("/layanan", params={"q": "bapakku meninggal"})
    assert said.headers["cache-control"] == "no-store"
    assert said.text.index('href="/layanan/akta-kematian"') < said.text.index("Menurut peristiwa hidup")
    assert 'href="tel:112"' in (await client.get("/layanan", params={"q": "rumah kebakaran"})).text
    assert "Belum ketemu" in (await client.get("/layanan", params={"q": "qqqq"})).text
    assert (await client.get("/layanan/peristiwa/tidak-ada")).status_code == 404
    assert "Kami turut berduka" in (await client.get("/layanan/peristiwa/orang-meninggal")).text


def a_promise(due: str) -> Promise:
    day = datetime.fromisoformat(due).date()
    return Promise(subject_kind="application", subject_id=ids.uuid7(), office="DISDUKCAPIL", working_days=3, started_at=NOON, due_on=day)


def test_a_clock_says_in_words_what_its_colour_shows() -> None:
    said = {"2026-11-27": ("Sisa 3 hari kerja", "good"), "2026-11-25": ("Batasnya besok", "warn")}
    said |= {"2026-11-24": ("Batasnya hari ini", "warn"), "2026-11-20": ("Terlambat 2 hari kerja", "bad")}
    with clock.frozen(NOON), speaking("id"):
        assert {due: views.clock_words(a_promise(due)) for due in said} == said


async def test_the_next_file_is_the_one_behind_and_after_the_last_the_first(database: None) -> None:
    citizen, cases = await a_citizen(), []
    for hours in range(3):
        with clock.frozen(NOON + timedelta(hours=hours)):
            cases.append(await handed_in(citizen))
    async with unit_of_work() as session:
        offices = {"DISDUKCAPIL"}
        assert await queries.waits_longest(session, offices) == cases[0]
        following = [await queries.next_on_desk(session, offices, await queries.for_update(session, case)) for case in cases]
    assert following == [cases[1], cases[2], cases[0]]


async def test_the_desk_is_filtered_by_links_and_has_its_keys(client: httpx.AsyncClient, app: Litestar) -> None:
    citizen = await a_citizen()
    birth, card = await handed_in(citizen), await handed_in(citizen, "akta-kematian")
    async with unit_of_work() as session:
        await enter(session, client, await officer(session))
    everything = (await client.get("/meja")).text
    assert f'href="/meja/{birth}"' in everything
    assert f'href="/meja/{card}" data-row' in everything
    assert f'href="/meja/{birth}" data-key="n"' in everything
    deaths = (await client.get("/meja?tampil=waiting&layanan=akta-kematian")).text
    assert f'href="/meja/{birth}" data-row' not in deaths
    shown = (await client.get(f"/meja/{birth}")).text
    assert f'href="/meja/{card}" data-key="n"' in shown
    assert "data-zoom" in shown
