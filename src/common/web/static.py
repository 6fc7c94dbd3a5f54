"""Our own static files, built once at start: one stylesheet, small modules, htmx, pictures; hashed names, packed, cached for ever."""

import gzip
import hashlib
import json
import mimetypes
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from litestar.types import Receive, Scope, Send

FOLDER = Path(__file__).parent / "static"
PREFIX = "/static/"
FOREVER = b"public, max-age=31536000, immutable"
PACKED = (".css", ".js", ".svg", ".webmanifest", ".txt")
FIRST_CSS = ("tokens.css", "base.css", "layout.css")
ON_EVERY_PAGE = ("menu.js", "once.js", "pwa.js")
"""Modules that every page has: sent as one file, `app.js`, because a request costs 300 ms on a weak line."""


class Asset(NamedTuple):
    name: str
    """The hashed name: `app-1a2b3c4d.css`."""
    kind: str
    body: bytes
    packed: bytes | None


def url(name: str) -> str:
    """The address of an asset by its plain name: `asset("app.css")` -> `/static/app-1a2b3c4d.css`. Raises KeyError."""
    return PREFIX + assets()[name].name


@lru_cache(maxsize=1)
def assets() -> Mapping[str, Asset]:
    """Plain name -> asset. JavaScript modules import each other by plain relative names, which are rewritten to the hashed ones."""
    made = {
        "app.css": _asset("app.css", _stylesheet()),
        "themes.css": _asset("themes.css", _themes()),
        "htmx.js": _asset("htmx.js", _htmx()),
        "app.js": _asset("app.js", _on_every_page()),
    }
    for path in sorted((FOLDER / "img").iterdir()):
        made[path.name] = _asset(path.name, path.read_bytes())
    modules = {path.name: path.read_text("utf-8") for path in sorted((FOLDER / "js").glob("*.js")) if path.name not in ON_EVERY_PAGE}
    while modules:
        ready = [name for name, text in modules.items() if not _imports(text) & modules.keys()]
        if not ready:
            raise ValueError(f"modules import each other in a circle: {sorted(modules)}")
        for name in ready:
            made[name] = _asset(name, _with_hashed_imports(modules.pop(name), made).encode())
    return made


@lru_cache(maxsize=1)
def worker() -> bytes:
    """The service worker (`/sw.js`): our file, with the version of all assets and the addresses of the shell before it."""
    version = hashlib.sha256("".join(sorted(asset.name for asset in assets().values())).encode()).hexdigest()[:10]
    shell = [PREFIX + asset.name for name, asset in assets().items() if name.endswith((".css", ".js")) and name != "htmx.js"]
    head = f"const VERSION = {json.dumps(version)};\nconst SHELL = {json.dumps(shell)};\n"
    return head.encode() + (FOLDER / "worker" / "sw.js").read_bytes()


@lru_cache(maxsize=1)
def by_hashed_name() -> Mapping[str, Asset]:
    return {asset.name: asset for asset in assets().values()}


async def serve(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application of `/static/`: from memory, packed where the client can unpack."""
    asset = by_hashed_name().get(scope["path"].strip("/"))
    if asset is None:
        await _answer(send, 404, [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")], b"")
        return
    headers = [(b"content-type", asset.kind.encode()), (b"cache-control", FOREVER), (b"vary", b"accept-encoding")]
    accepted = next((value for name, value in scope["headers"] if name == b"accept-encoding"), b"")
    body = asset.body
    if asset.packed is not None and b"gzip" in accepted:
        body = asset.packed
        headers.append((b"content-encoding", b"gzip"))
    await _answer(send, 200, headers, b"" if scope.get("method") == "HEAD" else body, len(body))


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes, length: int | None = None) -> None:
    headers.append((b"content-length", str(len(body) if length is None else length).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _asset(name: str, body: bytes) -> Asset:
    stem, dot, suffix = name.partition(".")
    digest = hashlib.sha256(body).hexdigest()[:10]
    kind = "text/javascript; charset=utf-8" if suffix == "js" else mimetypes.guess_type(name)[0] or "application/octet-stream"
    if suffix in ("css", "svg", "txt"):
        kind += "; charset=utf-8"
    packed = gzip.compress(body, 9, mtime=0) if dot + suffix in PACKED else None
    return Asset(f"{stem}-{digest}{dot}{suffix}", kind, body, packed)


def _stylesheet() -> bytes:
    """Tokens, ground and layout first, then one file per component by name; comments and needless space taken out."""
    folder = FOLDER / "css"
    rest = sorted(path.name for path in folder.glob("*.css") if path.name not in FIRST_CSS)
    text = "\n".join((folder / name).read_text("utf-8") for name in (*FIRST_CSS, *rest))
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    return re.sub(r"\s*([{};,])\s*", r"\1", text).replace(";}", "}").strip().encode()


def _themes() -> bytes:
    """Both themes under a name, whatever the device prefers: the blocks of tokens.css, light and dark, for the page of components."""
    light, dark = re.findall(r":root \{(.*?)\}", (FOLDER / "css" / "tokens.css").read_text("utf-8"), flags=re.DOTALL)[:2]
    return f"[data-theme=terang]{{{light}color-scheme:light}}[data-theme=gelap]{{{light}{dark}color-scheme:dark}}".encode()


def _on_every_page() -> bytes:
    """Each in a block of its own, so that their names do not meet."""
    return "".join(f"{{\n{(FOLDER / 'js' / name).read_text('utf-8')}}}\n" for name in ON_EVERY_PAGE).encode()


def _htmx() -> bytes:
    return files("js_lib_htmx").joinpath("static/htmx/htmx.min.js").read_bytes()


def _imports(text: str) -> set[str]:
    return set(re.findall(r"""from\s+["']\./([\w.-]+)["']""", text))


def _with_hashed_imports(text: str, made: Mapping[str, Asset]) -> str:
    return re.sub(r"""(from\s+["'])\./([\w.-]+)(["'])""", lambda m: f"{m[1]}./{made[m[2]].name}{m[3]}", text)
