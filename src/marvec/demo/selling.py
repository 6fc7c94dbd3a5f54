"""Chapter 1: a seller signs up, opens a storefront in a real kelurahan, and publishes goods with picture, price and stock."""

from contextlib import suppress
from typing import Any

from marvec.demo.errors import Off, check, same
from marvec.demo.people import Person, sign_up
from marvec.demo.scene import SELLERS_KELURAHAN, Shop, Stage
from marvec.demo.till import fill_in_form
from marvec.demo.waiting import until
from marvec.seed.pictures import draw

STOCK = 100
SONGKOLO = {
    "title": "Songkolo begadang", "description": "Ketan hitam dengan serundeng dan ikan asin.", "category": "kue", "unit": "porsi",
    "price": 12_000, "stock": STOCK,
}  # fmt: skip
BARONGKO = {
    "title": "Barongko pisang", "description": "Dikukus dalam daun pisang.", "category": "kue", "unit": "biji", "price": 5_000, "stock": 60,
}  # fmt: skip


async def open_shop(stage: Stage) -> Shop:
    report = stage.report
    with report.step("1", "seller signs up and confirms the address"):
        seller = stage.came(await sign_up(stage.url, "Daeng Kanang", stage.letters))
    with report.step("1", "opens a storefront in Banta-Bantaeng") as step:
        shop = await _open_storefront(seller)
        step.note(f"/toko/{shop['slug']}")
    with report.step("1", "publishes two listings with picture, price, stock") as step:
        listing = await _publish(seller, shop["id"], SONGKOLO)
        await _publish(seller, shop["id"], BARONGKO)
        step.note(f"{listing['title']}: Rp12.000 a {listing['unit']}, {listing['stock']} free")
    with report.step("1", "goes through the provider's form, to be paid"):
        await _prepare_account(seller, shop["id"])
    return Shop(seller, shop["id"], listing["id"], STOCK)


async def close_shop(shop: Shop) -> None:
    """So that later demonstrations do not compete with this one."""
    with suppress(Off):
        await shop.seller.door.post(f"/storefronts/{shop.storefront_id}/pause")


async def _open_storefront(seller: Person) -> Any:
    about = "Kue tradisional, dibuat setiap pagi."
    shop = await seller.door.post("/storefronts", {"name": "Dapur Daeng Kanang", "about": about, "kelurahan_code": SELLERS_KELURAHAN})
    same(shop["kecamatan"], "Rappocini", "the storefront's kecamatan")
    return shop


async def _prepare_account(seller: Person, storefront_id: str) -> None:
    link = await seller.door.post_plain(f"/storefronts/{storefront_id}/account/links")
    await fill_in_form(link["url"])

    async def look() -> Any | None:
        account = await seller.door.get(f"/storefronts/{storefront_id}/account")
        return account if account["state"] == "ready" else None

    await until(look, "the seller's account is ready")


async def _publish(seller: Person, storefront_id: str, goods: dict[str, Any]) -> Any:
    door = seller.door
    listing = await door.post("/listings", {**goods, "storefront_id": storefront_id})
    picture = draw(goods["title"], goods["category"])
    listing = await door.upload("POST", f"/listings/{listing['id']}/pictures", "foto.jpg", picture)
    same(len(listing["pictures"]), 1, "pictures of the listing")
    listing = await door.post(f"/listings/{listing['id']}/publish")
    same((listing["state"], listing["price"], listing["stock"]), ("published", goods["price"], goods["stock"]), "the listing")
    shown = await door.ask("GET", f"/berkas/{listing['pictures'][0]}")
    check(shown.headers["content-type"] in ("image/jpeg", "image/webp"), "the picture is no picture")
    return listing
