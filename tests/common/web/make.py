"""A small application with the web room around it, for stories that need no other room."""

import re
from typing import Annotated, Any

import httpx
from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.response import Redirect
from pydantic import BaseModel, ConfigDict, Field, field_validator
from sqlalchemy.exc import IntegrityError

from common.errors import Conflict, NotFound, Unauthenticated
from common.i18n import N_
from common.web import page, pages, reshow, see_other
from common.web.site import make_app
from common.web.templating import Page

BASE = "http://testserver"


class OutOfStock(Conflict):
    code = "out_of_stock"
    message = N_("Kiriman ini terlalu besar. Kecilkan berkasnya, lalu coba lagi.")


class Line(BaseModel):
    name: str
    quantity: int = Field(ge=1)


class Stall(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)

    title: str = Field(min_length=3)
    price: int = Field(ge=0)
    days: list[str] = []
    lines: list[Line] = []
    street: str | None = None
    picture: UploadFile | None = None

    @field_validator("street")
    @classmethod
    def not_a_number(cls, value: str | None) -> str | None:
        if value is not None and value.isdigit():
            raise ValueError(N_("Isian ini belum benar. Periksa lagi."))
        return value


class Thing(BaseModel):
    name: str = Field(min_length=3)
    count: int


@get("/", guards=[pages.public], sync_to_thread=False)
def home() -> Page:
    return page("web/form_of_the_tests.html")


@post("/lapak", guards=[pages.public])
async def open_stall(request: Request[Any, Any, Any]) -> Redirect:
    async with reshow(request, "web/form_of_the_tests.html") as form:
        stall = form.parse(Stall)
        if stall.title == "habis":
            raise OutOfStock
    return see_other("/lapak/baru", f"{stall.title}|{stall.price}|{stall.days}|{[(x.name, x.quantity) for x in stall.lines]}")


@get("/rusak", guards=[pages.public], sync_to_thread=False)
def broken() -> None:
    raise RuntimeError("kata sandi: rahasia")


@get("/bentrok", guards=[pages.public], sync_to_thread=False)
def clash() -> None:
    raise IntegrityError("INSERT ...", {"nik": "7371"}, Exception("duplicate key value (nik)=(7371)"))


@get("/rahasia", guards=[pages.public], sync_to_thread=False)
def private() -> None:
    raise Unauthenticated


@get("/hilang", guards=[pages.public], sync_to_thread=False)
def missing() -> None:
    raise NotFound


@get("/daftar", guards=[pages.public], sync_to_thread=False)
def fragmentary() -> Page:
    return page("web/form_of_the_tests.html", fragment="piece")


@post("/api/v1/things", guards=[pages.public])
async def make_thing(data: Thing) -> Thing:
    """Make a thing."""
    return data


@post("/hooks/pay", guards=[pages.public], opt={"csrf_exempt": True})
async def webhook(request: Request[Any, Any, Any]) -> Response[None]:
    return Response(None, status_code=200)


@get("/api/v1/things/{count:int}", guards=[pages.public], sync_to_thread=False)
def show_thing(count: Annotated[int, "its number"]) -> Thing:
    return Thing(name="benda", count=count)


HANDLERS = [pages.router, home, open_stall, broken, clash, private, missing, fragmentary, make_thing, webhook, show_thing]


def small_app(folder: Any, handlers: list[Any] | None = None, **rest: Any) -> Litestar:
    """The application; `folder` receives the one template that the stories use."""
    (folder / "web").mkdir(exist_ok=True)
    (folder / "web" / "form_of_the_tests.html").write_text(TEMPLATE, encoding="utf-8")
    return make_app([folder], route_handlers=handlers or HANDLERS, **rest)


def browser(app: Litestar, **headers: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]  # Litestar's narrower ASGI types
    return httpx.AsyncClient(transport=transport, base_url=BASE, headers={"Accept": "text/html", **headers})


async def csrf_of(client: httpx.AsyncClient, path: str = "/") -> str:
    """The token in the form on a page, as a browser would send it."""
    found = re.search(r'name="_csrf" value="([^"]+)"', (await client.get(path)).text)
    assert found
    return found[1]


TEMPLATE = """\
{% extends "layout.html" %}
{% from "components/forms.html" import field, textarea, select, money, kelurahan, checkbox, radios, file, form_message %}
{% from "components/buttons.html" import button %}
{% from "components/things.html" import badge, price, timeline, bubble, empty, card, tabs, pagination, notice %}
{% block title %}Lapak{% endblock %}
{% block content %}
<h1>Lapak</h1>
<form method="post" action="/lapak" enctype="multipart/form-data">{{ csrf_field() }}{{ form_message(form) }}
{{ field(form, "title", "Nama", help="Singkat saja.") }}{{ money(form, "price", "Harga") }}
{{ textarea(form, "street", "Jalan", required=false) }}
{{ select(form, "size", "Ukuran", [("s", "Kecil"), ("l", "Besar")], required=false) }}{{ kelurahan(form, required=false) }}
{{ checkbox(form, "agree", "Setuju") }}
{{ radios(form, "kind", "Jenis", [("a", "A"), ("b", "B")]) }}{{ file(form, "picture", "Foto", required=false) }}
{{ button("Simpan") }}</form>
{% block piece %}<p id="piece">{{ badge("Aktif", "good") }} {{ price(25000) }}</p>{% endblock %}
{{ notice("Catatan") }}{{ empty("Kosong") }}{{ tabs([("a", "/a", "A")], "a", "Bagian") }}{{ pagination(request, "abc") }}
<ul>{{ bubble("Halo", own=true) }}</ul>{{ timeline([{"label": "Dibayar", "at": none, "note": "", "done": true, "current": false}]) }}
{% call card("Barang", url="/barang/1") %}isi{% endcall %}
{% endblock %}
"""
