"""Ways that several journeys begin with."""

import io
import re

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


async def fill_form(citizen: Walker) -> None:
    await citizen.go("/layanan")
    await citizen.page.get_by_role("link", name=re.compile("^Akta kelahiran")).click()
    await citizen.see("Akta kelahiran")
    await citizen.press("Mulai permohonan")
    await citizen.see("Tentang anak")
    await citizen.fill(nama_anak="Besse Tenriola", jenis_kelamin="P", tanggal_lahir="2026-11-02", tempat_lahir="Makasar", anak_ke="2")
    await citizen.press("Simpan dan lanjut")
    await citizen.see("Tentang orang tua")
    await citizen.fill(nama_ibu="Andi Mappa", nik_ibu="73", nomor_kk="7371091203150004", orang_tua_menikah="ibu")
    await citizen.press("Simpan dan lanjut")
    await expect(citizen.page.get_by_text("NIK ada 16 angka")).to_be_visible()
    await citizen.picture("nik-salah")
    await citizen.fill(nik_ibu="7371095206900002")
    await citizen.press("Simpan dan lanjut")
    await citizen.see("Alamat dan kontak")
    await citizen.fill(kelurahan="Rappocini", telepon="0812 3456 7890")
    await citizen.press("Simpan dan lanjut")


async def attach_documents(citizen: Walker) -> None:
    await citizen.see("Berkas")
    for name, colour in (("surat_lahir", "beige"), ("kk", "lightblue"), ("ktp_ibu", "lavender")):
        card = citizen.page.locator(f"#berkas-{name}")
        await card.locator("input[type=file]").set_input_files(photograph(colour))
        await card.get_by_role("button", name="Unggah").click()
        await expect(card.get_by_text("Sudah diunggah")).to_be_visible()
    await citizen.picture("berkas")
    await citizen.follow("Lanjut")


async def submit(citizen: Walker) -> str:
    """Sent; the reference of the application."""
    await citizen.see("Periksa dan kirim")
    await citizen.press("Kirim permohonan")
    await citizen.see("Akta kelahiran")
    return await citizen.page.locator("#kasus .mono").first.inner_text()


APPLY = """async (answers) => {
  const token = document.querySelector("main [name=_csrf]").value;
  const ask = async (method, path, body) => {
    const isForm = body instanceof FormData;
    const headers = { "x-csrf-token": token, ...(isForm ? {} : { "content-type": "application/json" }) };
    const answer = await fetch(`/api/v1/applications${path}`, { method, headers, body: isForm ? body : JSON.stringify(body) });
    if (!answer.ok) throw Error(await answer.text());
    return answer.json();
  };
  const paper = Object.assign(document.createElement("canvas"), { width: 640, height: 480 });
  paper.getContext("2d").fillRect(40, 40, 500, 300);
  const picture = await new Promise((drawn) => paper.toBlob(drawn, "image/jpeg"));
  const { id } = await ask("POST", "", { service: "akta-kelahiran" });
  await ask("PATCH", `/${id}`, { answers });
  for (const name of ["surat_lahir", "kk", "ktp_ibu"]) {
    const form = new FormData();
    form.append("data", picture, `${name}.jpg`);
    await ask("PUT", `/${id}/documents/${name}`, form);
  }
  return (await ask("POST", `/${id}/submission`, {})).reference;
}"""


async def apply(citizen: Walker, child: str) -> str:
    """A birth certificate, complete and sent by the API from the page that stands open; its reference."""
    answers = {
        "nama_anak": child, "jenis_kelamin": "P", "tanggal_lahir": "2026-11-02", "tempat_lahir": "Makasar", "anak_ke": "1",
        "nama_ibu": citizen.name, "nik_ibu": "7371095206900002", "nomor_kk": "7371091203150004", "orang_tua_menikah": "ibu",
        "kelurahan": "73.71.09.1001", "telepon": "081234567890",
    }  # fmt: skip
    reference: str = await citizen.page.evaluate(APPLY, answers)
    return reference
