"""Every page of the city, by who opens it: `PLACES`. Addresses with an id are found by following links, as a person would.

That no page is forgotten is a promise: every GET of the access table is either a page that somebody here is shown, or one of `NO_PAGES`.
"""

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from pathlib import Path

from playwright.async_api import BrowserContext, Page

from marvec.seed.accounts import PASSWORD

TABLE = Path(__file__).resolve().parents[1] / "architecture" / "access.txt"
LOOKED_AT = 8  # pages of one pattern that are searched for links
NO_PAGES = (
    "/akun/data/{export_id:uuid}/unduh", "/api/openapi.json", "/apple-touch-icon.png", "/berkas/{file_id:uuid}",
    "/berkas/{file_id:uuid}/{width:int}", "/berkas/{file_id:uuid}/pratinjau", "/favicon.ico", "/healthz", "/manifest.webmanifest",
    "/metrics", "/permohonan/{application_id:uuid}/dokumen", "/readyz", "/robots.txt", "/sitemap.xml", "/sitemap/{name:str}", "/sw.js",
    "/peta/pilih", "/pesan/{conversation_id:uuid}/{seq:int}",  # pieces that other pages put in
    "/kotak-masuk", "/bayar/{intent_id:uuid}/kembali", "/tawaran/{offer_id:uuid}/pesanan", "/toko-saya/{slug:str}/rekening/kembali",
    "/toko-saya/{slug:str}/rekening/lanjut",  # second addresses of pages, and ways on
    "/toko-saya/{slug:str}/laporan/{month:str}/csv", "/toko-saya/{slug:str}/laporan/{month:str}/pdf",
)  # fmt: skip
PUBLIC = (
    "/", "/pasar", "/pasar?q=songkolo", "/pasar?q=songkolo&tampilan=daftar", "/pasar?q=zzzz", "/cari?q=punya+anak", "/cari?q=darurat",
    "/cari?q=zzzz", "/keranjang", "/layanan", "/layanan?q=bapakku+meninggal", "/layanan/peristiwa/punya-bayi",
    "/layanan/peristiwa/orang-meninggal", "/layanan/akta-kelahiran", "/layanan/pbg", "/kantor", "/kantor?q=disnaker", "/antrean",
    "/antrean/tempat/PKM-KASSI-KASSI", "/antrean/papan/PKM-KASSI-KASSI-UMUM", "/toko/kue-daeng-ngai/ulasan", "/peta",
    "/peta?kecamatan=Rappocini", "/cek", "/cek/MKS-AAAA-BBBB-CCCC-DDDD-E", "/masuk", "/masuk/kode", "/daftar", "/lupa-sandi", "/demo",
    "/dev/pesan", "/gaya", "/gaya?tema=gelap", "/api/docs", "/luring", "/tidak-ada", "/izin-jualan/spp-irt",
    "/akun/kembalikan/tautan-lama",
)  # fmt: skip
OF_ONE = (
    "/akun", "/akun/alamat", "/akun/data", "/akun/kontak", "/akun/pastikan", "/akun/keamanan/riwayat",
    "/akun/perangkat", "/akun/keamanan", "/akun/token", "/pemberitahuan", "/kotak-masuk/pilihan",
    "/pesan", "/permintaan", "/pesanan", "/ulasan", "/permohonan", "/antrean/saya", "/toko-saya",
    "/toko-saya/batas", "/toko-saya/saldo", "/keranjang",
)  # fmt: skip

Prepare = Callable[[Page, str], Awaitable[None]]


@dataclass(frozen=True)
class Place:
    """A person, the pages that are opened by address, and the patterns below which one page each is found by following links.

    `beside` are addresses below a found one: (pattern of that one, what follows). `prepare` is done once, before all.
    """

    name: str
    paths: tuple[str, ...]
    found: tuple[str, ...] = ()
    beside: tuple[tuple[str, str], ...] = ()
    prepare: Prepare | None = None

    @property
    def shown(self) -> set[str]:
        """The patterns of all its pages, by the access table."""
        told = [*self.paths, *self.found, *(pattern + more for pattern, more in self.beside)]
        return {pattern for pattern in map(pattern_of, told) if pattern}


async def arrive_new(page: Page, city: str) -> None:
    """Somebody who signed up a minute ago and has not confirmed the address."""
    await page.goto(f"{city}/daftar")
    for name, value in (("name", "Daeng Baru"), ("address", "baru@journey.example"), ("password", PASSWORD)):
        await page.fill(f"#isi [name={name}]", value)
    await page.check("#isi [name=consent]")
    await page.press("#isi [name=password]", "Enter")
    await page.wait_for_url("**/konfirmasi*")


async def put_into_cart(page: Page, city: str) -> None:
    await sign_in(page, city, "pembeli")
    await page.goto(f"{city}/toko/kue-daeng-ngai")
    await page.locator("main a[href^='/barang/']").first.click()
    await page.locator("form[action='/keranjang'] button").first.click()
    await page.wait_for_load_state("networkidle")


DISPUTED, GOOD = "4000 0000 0000 0259", "4242 4242 4242 4242"


async def stir_the_bank(page: Page, city: str) -> None:
    """A bank takes one payment back, somebody refunds a part of another at the provider, and an operator has its lists compared."""
    await buy(page, city, DISPUTED)
    sandbox, headers = await buy(page, city, GOOD), {"Authorization": "Bearer sk_test_journey"}
    found = await (await page.request.get(f"{sandbox}/v1/payment_intents", headers=headers)).json()
    newest = next(intent["id"] for intent in found["data"] if intent["status"] == "succeeded")
    await page.request.post(f"{sandbox}/v1/refunds", headers=headers, form={"payment_intent": newest, "amount": "100000"})
    await page.context.clear_cookies()
    await sign_in(page, city, "operator")
    await page.goto(f"{city}/operator/penyedia")
    await page.get_by_role("button", name="Bandingkan sekarang").click()
    for path in ("/operator/uang", "/operator/sengketa-bank"):  # the provider's messages are on their way
        for _ in range(40):
            await page.goto(city + path)
            if await page.locator(f"main a[href^='{path}/']").count():
                break
            await page.wait_for_timeout(500)


async def buy(page: Page, city: str, card: str) -> str:
    """Order something and pay it; the sandbox's address."""
    await page.context.clear_cookies()
    await put_into_cart(page, city)
    await page.goto(f"{city}/checkout")
    await page.get_by_role("button", name="Pesan dan bayar").click()
    await page.get_by_role("button", name="Bayar dengan kartu atau QRIS").click()
    await page.wait_for_url("**/c/cs_*")
    sandbox = page.url.partition("/c/")[0]
    await page.fill("#number", card)
    await page.locator("button[value=card]").click()
    await page.wait_for_url(f"{city}/bayar/**")
    return sandbox


PLACES = (
    Place("siapa-saja", PUBLIC, ("/barang/{listing_id:uuid}", "/toko/{slug:str}")),
    Place("baru", ("/konfirmasi", *OF_ONE), prepare=arrive_new),
    Place(
        "pembeli",
        (*OF_ONE, "/", "/keluar", "/permintaan/baru", "/checkout"),
        (
            "/akun/alamat/baru", "/akun/alamat/{address_id:uuid}", "/barang/{listing_id:uuid}", "/barang/{listing_id:uuid}/laporkan",
            "/bayar/{intent_id:uuid}", "/permintaan/{request_id:uuid}", "/pesan/{conversation_id:uuid}",
            "/pesan/{conversation_id:uuid}/tawaran", "/pesanan/{reference:str}", "/tawaran/{offer_id:uuid}",
            "/tawaran/{offer_id:uuid}/balas",
        ),
        (("/pesanan/{reference:str}", "/ulasan"), ("/pesanan/{reference:str}", "/masalah")),
        put_into_cart,
    ),
    Place(
        "penjual",
        (
            "/", "/toko-saya", "/toko-saya/batas", "/toko-saya/saldo", "/toko/baru", "/toko-saya/pesanan", "/toko-saya/pesanan?tab=selesai",
            "/toko-saya/peluang", "/pesan",
        ),
        (
            "/toko-saya/{slug:str}", "/toko-saya/{slug:str}/barang", "/toko-saya/{slug:str}/barang/baru", "/toko-saya/{slug:str}/angka",
            "/toko-saya/{slug:str}/rekening", "/toko-saya/{slug:str}/laporan",
            "/toko-saya/{slug:str}/barang/{listing_id:uuid}", "/pesan/{conversation_id:uuid}", "/pesan/{conversation_id:uuid}/tawaran",
            "/pesanan/{reference:str}", "/tawaran/{offer_id:uuid}", "/toko/{slug:str}", "/toko/{slug:str}/ulasan",
            "/ulasan/{review_id:uuid}",
        ),
    ),
    Place(
        "ibu",
        ("/", "/permohonan", "/antrean?kelurahan=73.71.09.1001", "/antrean/saya"),
        ("/permohonan/{application_id:uuid}", "/permohonan/{application_id:uuid}/isi", "/antrean/{ticket_id:uuid}", "/cek/{code:str}"),
        (("/permohonan/{application_id:uuid}/isi", "?bagian=berkas"),),
    ),
    Place("perawat", ("/meja/antrean", "/meja/antrean/PKM-KASSI-KASSI-UMUM")),
    Place(
        "petugas",
        ("/", "/meja", "/meja?tampil=issued", "/meja/terlambat", "/meja/dokumen"),
        (
            "/meja/{application_id:uuid}", "/meja/{application_id:uuid}/kelahiran/{birth_id:uuid}",
            "/meja/dokumen/{credential_id:uuid}",
        ),
    ),
    Place("kepala", ("/meja/terlambat",)),
    Place(
        "operator",
        (
            "/operator", "/operator/pekerjaan", "/operator/buku-besar", "/operator/buku-besar/akun", "/operator/webhook", "/operator/jejak",
            "/operator/sengketa", "/operator/moderasi", "/operator/batas-jual", "/operator/panduan", "/operator/uang",
            "/operator/sengketa-bank", "/operator/penyedia", "/operator/keamanan",
        ),
        (
            "/operator/keamanan/{person_id:uuid}",
            "/operator/moderasi/{case_id:uuid}", "/operator/sengketa/{reference:str}", "/operator/batas-jual/{appeal_id:uuid}",
            "/operator/uang/{kind:str}/{id_:uuid}", "/operator/sengketa-bank/{dispute_id:uuid}", "/operator/penyedia/{check_id:uuid}",
        ),
        prepare=stir_the_bank,
    ),
    Place("admin", ("/admin/peran",)),
)  # fmt: skip


async def enter(context: BrowserContext, city: str, place: Place) -> None:
    """Be this person from now on; the first place is anybody's."""
    page = await context.new_page()
    if place.prepare:
        await place.prepare(page, city)
    elif place is not PLACES[0]:
        await sign_in(page, city, place.name)
    await page.close()


async def sign_in(page: Page, city: str, account: str) -> None:
    await page.goto(f"{city}/masuk")
    await page.fill("#isi [name=address]", f"{account}@marvec.example")
    await page.fill("#isi [name=password]", PASSWORD)
    await page.press("#isi [name=password]", "Enter")
    await page.wait_for_url("**/akun")


async def addresses(context: BrowserContext, city: str, place: Place, *, in_an_old_city: bool = False) -> list[str]:
    """All pages of the place, those with an id as its links lead to them now.

    A page that nothing leads to is an error, but in a city that ran for a while: its orders have expired.
    """
    found = await _follow(context, city, place)
    missing = set(place.found) - set(found)
    assert in_an_old_city or not missing, f"{place.name}: nothing leads to {sorted(missing)}"
    beside = [found[pattern].partition("?")[0] + more for pattern, more in place.beside if pattern in found]
    return list(dict.fromkeys([*place.paths, *(found[pattern] for pattern in place.found if pattern in found), *beside]))


async def _follow(context: BrowserContext, city: str, place: Place) -> dict[str, str]:
    """-> pattern: the first address of that pattern that a link leads to."""
    found: dict[str, str] = {}
    seen, looked_at = set(place.paths), Counter[str]()
    waiting = [path for path in place.paths if pattern_of(path)]
    while waiting and len(found) < len(place.found):
        pattern = pattern_of(path := waiting.pop(0))
        looked_at[pattern] += 1
        if looked_at[pattern] > LOOKED_AT:
            continue
        for link in _links(await (await context.request.get(city + path)).text()):
            if (to := pattern_of(link)) in place.found and link not in seen:
                seen.add(link)
                waiting.append(link)
                found.setdefault(to, link)
    return found


def _links(page: str) -> Iterator[str]:
    """The addresses that the page's own part leads to, in order."""
    main = page[page.find("<main") : page.find("</main>")]
    for href in re.findall(r'href="(/[^"#]*)', main):
        yield unescape(href)


def pattern_of(path: str) -> str:
    """The pattern of the access table that an address (or a pattern) belongs to; '' for none."""
    plain = path.partition("?")[0]
    return next((pattern for pattern, wanted in _patterns() if pattern == plain or wanted.fullmatch(plain)), "")


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Plain addresses before those with holes."""
    kinds = {"uuid": "[0-9a-f-]{36}", "int": "[0-9]+", "str": "[^/{}]+"}
    told = sorted(pages(), key=lambda pattern: "{" in pattern)
    return [(one, re.compile(re.sub(r"\{\w+:(\w+)\}", lambda hole: kinds[hole[1]], one.replace(".", r"\.")))) for one in told]


@lru_cache(maxsize=1)
def pages() -> frozenset[str]:
    """Every GET for people, by the access table."""
    lines = (line.split() for line in TABLE.read_text("utf-8").splitlines())
    return frozenset(path for method, path, *_ in lines if method == "GET" and not path.startswith("/api/v1/"))
