"""A form that was refused comes back as it was typed, with all that is wrong with it."""

import httpx
import pytest
from litestar.datastructures import FormMultiDict

from common.errors import Invalid
from common.web import Form
from tests.common.web.make import Stall, csrf_of


async def test_values_and_every_error_come_back(visitor: httpx.AsyncClient) -> None:
    sent = {"title": "ab", "price": "dua ribu", "street": '12 <b>"', "_csrf": await csrf_of(visitor)}
    answer = await visitor.post("/lapak", data=sent)
    assert answer.status_code == 422
    assert "Ada isian yang perlu diperbaiki." in answer.text
    assert "Terlalu pendek: paling sedikit 3 huruf." in answer.text
    assert "Tulis dengan angka saja." in answer.text
    assert 'value="dua ribu"' in answer.text
    assert "12 &lt;b&gt;&#34;" in answer.text
    assert 'name="title" required aria-invalid="true" aria-describedby="h-title e-title"' in answer.text


async def test_a_domain_error_comes_back_on_the_form_with_its_status(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.post("/lapak", data={"title": "habis", "price": "1", "_csrf": await csrf_of(visitor)})
    assert (answer.status_code, 'value="habis"' in answer.text) == (409, True)
    assert "Kiriman ini terlalu besar. Kecilkan berkasnya, lalu coba lagi." in answer.text


async def test_a_form_with_a_file_rows_and_several_values_is_taken(visitor: httpx.AsyncClient) -> None:
    sent = {
        "title": " Coto ", "price": "25000", "days": ["senin", "rabu"], "lines.1.name": "b", "lines.1.quantity": "2", "lines.0.name": "a",
        "lines.0.quantity": "1", "street": "", "_csrf": await csrf_of(visitor),
    }  # fmt: skip
    answer = await visitor.post("/lapak", data=sent, files={"picture": ("a.jpg", b"\xff\xd8", "image/jpeg")})
    assert answer.status_code == 303
    shown = await visitor.get("/")
    assert "Coto|25000|[&#39;senin&#39;, &#39;rabu&#39;]|[(&#39;a&#39;, 1), (&#39;b&#39;, 2)]" in shown.text
    assert "Coto|25000" not in (await visitor.get("/")).text


def test_rows_and_lists_have_errors_by_their_own_names() -> None:
    form = Form.sent(FormMultiDict([("title", "Coto"), ("price", "1"), ("lines.0.name", "a"), ("lines.0.quantity", "0"), ("street", "12")]))
    with pytest.raises(Invalid) as error:
        form.parse(Stall)
    assert error.value.fields == {"lines.0.quantity": "Paling sedikit 1.", "street": "Isian ini belum benar. Periksa lagi."}


def test_one_ticked_box_is_still_a_list() -> None:
    form = Form.sent(FormMultiDict([("title", "Coto"), ("price", "1"), ("days", "senin")]))
    assert form.parse(Stall).days == ["senin"]
    assert form.has("days", "senin")


@pytest.mark.parametrize("name", ["title.x", "lines.0", "lines.9999999.name", "a.b.c.d", "", ".", "lines..name", "price.0.1"])
def test_names_made_up_by_a_stranger_do_no_harm(name: str) -> None:
    with pytest.raises(Invalid):
        Form.sent(FormMultiDict([(name, "x"), ("title", "ab")])).parse(Stall)


async def test_htmx_gets_the_piece_and_everybody_else_the_page(visitor: httpx.AsyncClient) -> None:
    piece = await visitor.get("/daftar", headers={"HX-Request": "true"})
    assert piece.text.startswith('<p id="piece">')
    assert "Rp25.000" in piece.text
    assert (await visitor.get("/daftar")).text.startswith("<!doctype html>")
    assert (await visitor.get("/daftar", headers={"HX-Request": "true", "HX-Boosted": "true"})).text.startswith("<!doctype html>")
    assert piece.headers["vary"] == "HX-Request, Accept-Encoding"
