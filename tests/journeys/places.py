"""Every page that a person can open without doing something first, by who opens it; addresses with an id are found by looking."""

from dataclasses import dataclass

from playwright.async_api import BrowserContext, Page

from marvec.seed.accounts import PASSWORD

PUBLIC = (
    "/", "/pasar", "/pasar?q=songkolo", "/pasar?q=zzzz", "/cari?q=punya+anak", "/cari?q=darurat", "/keranjang", "/layanan",
    "/layanan?q=bapakku+meninggal", "/layanan/peristiwa/punya-bayi", "/layanan/peristiwa/orang-meninggal", "/layanan/akta-kelahiran",
    "/layanan/pbg", "/kantor", "/kantor?q=disnaker", "/antrean", "/antrean/tempat/PKM-KASSI-KASSI", "/antrean/papan/PKM-KASSI-KASSI-UMUM",
    "/peta", "/cek", "/masuk", "/daftar", "/lupa-sandi", "/demo", "/gaya", "/gaya?tema=gelap", "/api/docs", "/luring", "/tidak-ada",
)  # fmt: skip
OWN = ("/akun", "/akun/perangkat", "/akun/keamanan", "/akun/token", "/pemberitahuan", "/pesan", "/keluar")


@dataclass(frozen=True)
class Place:
    """A person of the demonstration (None: a stranger), the pages, and links to follow: (page, selector of the link)."""

    account: str | None
    paths: tuple[str, ...]
    links: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        return self.account or "siapa-saja"


PLACES = (
    Place(None, PUBLIC, (("/pasar", "main a[href^='/barang/']"), ("/pasar", "main a[href^='/toko/']"))),
    Place(
        "pembeli",
        (*OWN, "/permintaan", "/permintaan/baru", "/pesanan", "/keranjang"),
        (("/permintaan", "main .list a"), ("/pesanan", "main .list a"), ("/pesan", "main .list a")),
    ),
    Place(
        "penjual",
        ("/toko-saya", "/toko/baru", "/toko-saya/pesanan", "/toko-saya/peluang", "/pesan"),
        (
            ("/toko-saya", "main a[href$='/barang']"),
            ("/toko-saya", "main a[href*='/barang/baru']"),
            ("/toko-saya", "main a[href$='/angka']"),
            ("/toko-saya/kue-daeng-ngai/barang", "main .list a, main .card a[href*='/barang/']"),
            ("/toko-saya/pesanan", "main .list a"),
            ("/pesan", "main .list a"),
        ),
    ),
    Place(
        "ibu",
        ("/permohonan", "/antrean?kelurahan=73.71.09.1001", "/antrean/saya"),
        (
            ("/permohonan", "main a[href^='/permohonan/']"),
            ("/permohonan", "@isi"),
            ("/permohonan", "@berkas"),
            ("/antrean/saya", "main .list a"),
        ),
    ),
    Place("perawat", ("/meja/antrean", "/meja/antrean/PKM-KASSI-KASSI-UMUM")),
    Place("petugas", ("/meja",), (("/meja", "main a[href^='/meja/']"),)),
    Place(
        "operator",
        (
            "/operator",
            "/operator/pekerjaan",
            "/operator/buku-besar",
            "/operator/buku-besar/akun",
            "/operator/webhook",
            "/operator/jejak",
            "/operator/sengketa",
        ),
    ),
    Place("admin", ("/admin/peran",)),
)


async def sign_in(context: BrowserContext, city: str, account: str) -> None:
    page = await context.new_page()
    await page.goto(f"{city}/masuk")
    await page.fill("#isi [name=address]", f"{account}@marvec.example")
    await page.fill("#isi [name=password]", PASSWORD)
    await page.press("#isi [name=password]", "Enter")
    await page.wait_for_url("**/akun")
    await page.close()


async def addresses(page: Page, city: str, place: Place) -> list[str]:
    """The place's pages, and those that its links lead to now."""
    found = list(place.paths)
    for path, selector in place.links:
        await page.goto(city + path)
        form = selector.removeprefix("@") if selector.startswith("@") else ""
        link = page.locator("main a[href^='/permohonan/']" if form else selector).first
        if await link.count():
            address = str(await link.get_attribute("href"))
            found.append(f"{address.partition('?')[0]}/isi{'?bagian=berkas' if form == 'berkas' else ''}" if form else address)
    return list(dict.fromkeys(found))
