"""Every error becomes one of two answers: a page, or RFC 9457 `application/problem+json`; here and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import asyncpg
import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from pydantic import ValidationError
from sqlalchemy import exc
from sqlalchemy.exc import DBAPIError, IntegrityError

from common import errors, faults
from common.i18n import N_, gettext
from common.web.addresses import with_query
from common.web.answered import Answered
from common.web.templating import Page
from common.web.wording import in_words

log = structlog.get_logger(__name__)
PROBLEM = "application/problem+json"
REFUSED = 403
HUNG_UP = "client disconnected prematurely"
"""Litestar's words for a line that went away in the middle of a request: an everyday thing, and nobody is there to read the answer."""
TOO_MANY_PARTS = "Request Entity Too Large"
"""Its words for a form in more parts than allowed, with the status 400."""
TITLES = {
    400: N_("Kiriman ini belum benar. Periksa isiannya, lalu coba lagi."),
    401: N_("Silakan masuk dulu."),
    403: N_("Akun Anda tidak berhak melakukan ini."),
    404: N_("Yang Anda cari tidak ada di sini."),
    405: N_("Halaman ini tidak bisa dibuka dengan cara itu."),
    409: N_("Keadaannya sudah berubah. Muat ulang, lalu coba lagi."),
    410: N_("Ini sudah tidak berlaku. Mulai lagi dari halaman sebelumnya."),
    413: N_("Kiriman ini terlalu besar. Kecilkan berkasnya, lalu coba lagi."),
    415: N_("Format kirimannya tidak dikenal."),
    422: N_("Ada isian yang perlu diperbaiki."),
    429: N_("Terlalu banyak percobaan. Tunggu sebentar, lalu coba lagi."),
    500: N_("Maaf, ini salah kami. Sedang kami periksa dan data Anda tidak hilang."),
    503: N_("Marvec sedang sulit dihubungi. Coba lagi sebentar lagi."),
    507: N_("Penyimpanan kami sedang penuh, jadi ini belum tersimpan. Coba lagi nanti."),
}


@dataclass(frozen=True)
class Problem:
    """What went wrong, in the user's language. `fields`: name -> message; `help`: the path of a page that tells what to do."""

    status: int
    code: str
    title: str
    fields: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    help: str = ""


def of_domain(request: Request[Any, Any, Any], error: errors.DomainError) -> Response[Any]:
    retry = {"Retry-After": str(error.params.get("seconds", 30))} if error.status in (429, 503) else {}
    return answer(request, Problem(error.status, error.code, str(error), error.fields, retry, error.help))


def of_validation(request: Request[Any, Any, Any], error: ValidationError) -> Response[Any]:
    return answer(request, Problem(422, "invalid", gettext(TITLES[422]), in_words(error)))


def of_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """Litestar's own: 404, 405, a body that does not parse. Its validation of parameters answers 422 like everything malformed."""
    if isinstance(error, Answered):
        return error.response
    if isinstance(error, ValidationException):
        return answer(request, Problem(422, "invalid", gettext(TITLES[422]), _litestar_fields(error)))
    if HUNG_UP in error.detail:
        log.info("hung_up", path=_template_of(request))
        return answer(request, Problem(400, "hung_up", gettext(TITLES[400])))
    if error.detail == TOO_MANY_PARTS:
        return of_domain(request, errors.TooLarge())
    if error.status_code >= 500:
        return of_unknown(request, error)
    title = gettext(TITLES.get(error.status_code, TITLES[400]))
    kept = {name: value for name, value in (error.headers or {}).items() if name.lower() in ("allow", "retry-after", "www-authenticate")}
    return answer(request, Problem(error.status_code, f"http_{error.status_code}", title, headers=kept))


def of_commit(request: Request[Any, Any, Any], error: IntegrityError) -> Response[Any]:
    """A constraint had the last word, mostly because two people did the same at once: 409. Its name is logged, values never."""
    constraint = getattr(getattr(error.orig, "__cause__", None), "constraint_name", None)
    log.info("constraint_refused", constraint=constraint, path=_template_of(request))
    return answer(request, Problem(409, "conflict", gettext(TITLES[409])))


def of_database(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """What reached us in the driver's own words."""
    if (found := faults.meaning(error)) is None:
        return of_unknown(request, error)
    faults.note(found, error)
    return of_domain(request, found)


def of_unknown(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """A bug: logged with its trace and the request's id, and nothing of it told to anybody."""
    log.error("unhandled", error=type(error).__name__, path=_template_of(request), exc_info=error)
    return answer(request, Problem(500, "internal", gettext(TITLES[500])))


HANDLERS: dict[type[Exception] | int, Any] = {
    errors.DomainError: of_domain,
    ValidationError: of_validation,
    HTTPException: of_http,
    IntegrityError: of_commit,
    **dict.fromkeys((DBAPIError, exc.TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError), of_database),
    Exception: of_unknown,
}


def answer(request: Request[Any, Any, Any], problem: Problem) -> Response[Any]:
    """The problem as JSON for programs, as a page for people. That somebody was refused, identity puts on record."""
    if problem.status == REFUSED:
        request.scope["state"]["refused"] = problem.code
    if wants_json(request):
        body = msgspec.json.encode(_as_rfc9457(request, problem))
        return Response(body, status_code=problem.status, media_type=PROBLEM, headers=dict(problem.headers))
    shown: dict[str, Any] = {"problem": problem, "request_id": _request_id(request), "come_back": _come_back(request)}
    return Page("errors/problem.html", shown, problem.status, headers=dict(problem.headers))


def wants_json(request: Request[Any, Any, Any]) -> bool:
    """By Accept; without a preference, API paths speak JSON and all others HTML."""
    accepted = request.headers.get("accept", "")
    if "json" in accepted and "text/html" not in accepted:
        return True
    is_api = request.scope["path"].startswith("/api/")
    return is_api and "text/html" not in accepted


def _come_back(request: Request[Any, Any, Any]) -> str:
    """The sign-in page's address that leads back here afterwards; a form that was sent cannot be come back to."""
    if request.method != "GET":
        return "/masuk"
    return "/masuk?" + urlencode({"lanjut": with_query(request.scope, list(request.query_params.multi_items()))})


def _as_rfc9457(request: Request[Any, Any, Any], problem: Problem) -> dict[str, Any]:
    body: dict[str, Any] = {
        "type": f"urn:marvec:problem:{problem.code}", "title": problem.title, "status": problem.status, "code": problem.code,
        "instance": request.scope["path"], "request_id": _request_id(request),
    }  # fmt: skip
    if problem.help:
        body["help"] = problem.help
    if problem.fields:
        body["errors"] = [{"field": name, "message": message} for name, message in problem.fields.items()]
    return body


def _litestar_fields(error: ValidationException) -> dict[str, str]:
    cause = error.__cause__.__cause__ if error.__cause__ else None
    if isinstance(cause, ValidationError):  # Litestar wraps pydantic's error twice; its own words are in English
        return in_words(cause)
    extra = error.extra if isinstance(error.extra, list) else []
    return {str(item["key"]): str(item.get("message", "")) for item in extra if isinstance(item, dict) and "key" in item}


def _request_id(request: Request[Any, Any, Any]) -> str:
    return str(request.scope["state"].get("request_id", ""))


def _template_of(request: Request[Any, Any, Any]) -> str:
    return str(request.scope.get("path_template", ""))
