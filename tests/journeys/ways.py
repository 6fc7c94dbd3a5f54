"""Ways that several journeys begin with."""

import io

from PIL import Image
from playwright.async_api import FilePayload, expect

from tests.journeys.walker import Walker


def photograph(colour: str) -> FilePayload:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(out, "JPEG")
    return {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


async def open_shop(seller: Walker, name: str, kelurahan: str = "Rappocini") -> None:
    """A new shop; the page to add its first thing stands open."""
    await seller.go("/toko/baru")
    await seller.see("Buka toko")
    await seller.fill(name=name, kelurahan_code=kelurahan, about="Tiap pagi.")
    await seller.press("Buka toko")
    await seller.see("Tambah barang")


async def offer_for_sale(seller: Walker, title: str, price: int, stock: int = 40) -> None:
    """From the page to add a thing: with a photograph, and shown."""
    await seller.page.get_by_label("Ambil foto").set_input_files(photograph("saddlebrown"))
    await seller.fill(title=title, category="Makanan", price=str(price), unit="porsi", stock=str(stock))
    await seller.press("Simpan dan tampilkan")
    await seller.see(title)
    await expect(seller.page.get_by_text("Tampil", exact=True)).to_be_visible()


async def pay(buyer: Walker, total: str) -> None:
    """From the page of the payment through the sandbox and back, to one's orders."""
    await buyer.see("Pembayaran")
    await buyer.press("Bayar dengan kartu atau QRIS")
    await buyer.see(total)
    await buyer.press(f"Bayar {total}")
    await buyer.see("Pembayaran")
    await expect(buyer.page.get_by_text("Uangnya sudah kami terima.")).to_be_visible()
    await buyer.follow("Lanjut")
    await buyer.see("Pesanan")
