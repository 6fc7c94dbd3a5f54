"""The API's description: Litestar's OpenAPI 3.1 schema with our error answers added, and the same as rows for a plain page."""

import json
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from litestar import Litestar
from litestar.openapi import OpenAPIConfig
from litestar.routes import HTTPRoute
from pydantic import BaseModel

from common.guards import guards_of
from common.web.csrf import SESSION_COOKIE
from common.web.problems import PROBLEM

METHODS = ("get", "post", "put", "patch", "delete")
DESCRIPTION = (
    "Send `Authorization: Bearer <token>`, or the browser's session cookie with `X-CSRF-Token`. Lists take `limit` (1 to 100), `cursor`; "
    "the next page's address is in the `Link` header. POST takes an `Idempotency-Key`: repeated with the same body it has its effect once. "
    "Errors are RFC 9457 problem+json, their `code` is stable."
)
CONFIG = OpenAPIConfig(
    title="Marvec", version="1", description=DESCRIPTION, path="/api/schema", render_plugins=(), use_handler_docstrings=True
)
PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string", "description": "for people, in their language"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "for programs, stable"},
        "instance": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
TOKEN, BROWSER = "token", "browser"
SECURITY_SCHEMES = {
    TOKEN: {
        "type": "http",
        "scheme": "bearer",
        "description": "Made at /akun/token for named scopes. What an operation asks for stands in its `security`; `*` opens all.",
    },
    BROWSER: {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE, "description": "A browser's session; changes need `X-CSRF-Token`."},
}
FAILURES = {
    "400": "The body is no JSON or no form",
    "401": "Nobody is signed in, or the token has ended",
    "402": "The bank refused the payment",
    "403": "The person, or the token's scopes, may not",
    "404": "There is none, or none for this person",
    "409": "Its state has changed, or forbids this; `code` says which",
    "410": "It has ended",
    "413": "The body is too large",
    "415": "A body of this media type is not understood",
    "422": "A field is wrong; `errors` names each",
    "429": "Too often; `Retry-After` says when again",
    "503": "Something that this needs is away; `Retry-After` says when again",
}
OF_ALL, OF_BODIES, OF_CHANGES, OF_PERSONS = ("429", "503"), ("400", "413", "415", "422"), ("402", "409", "410"), ("401", "403")
IDEMPOTENCY_HEADER = {
    "name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "minLength": 8, "maxLength": 200},
    "description": "Repeated with the same body, the request has its effect once and gets the same answer.",
}  # fmt: skip


@dataclass(frozen=True)
class Operation:
    """One row of the documentation page."""

    method: str
    path: str
    summary: str
    description: str
    parameters: list[dict[str, Any]]
    body: str
    """The JSON schema of the body, indented; empty when there is none."""
    curl: str
    anchor: str


@lru_cache(maxsize=2)
def schema(app: Litestar) -> dict[str, Any]:
    """The whole description. Only paths under /api are in it."""
    found: dict[str, Any] = json.loads(json.dumps(app.openapi_schema.to_schema(), default=_plain))
    found["paths"] = {path: item for path, item in found.get("paths", {}).items() if path.startswith("/api/")}
    components = found.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
    components["securitySchemes"] = SECURITY_SCHEMES
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    told = FAILURES | {"default": "What went wrong"}
    components["responses"] = {code: {"description": words, "content": content} for code, words in told.items()}
    guarded = _guards(app)
    for path, item in found["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                _add_ours(method, operation, guarded[path, method])
    return found


def _plain(value: object) -> Any:
    """A default that is a value of ours, as JSON has it."""
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else str(value)


def _guards(app: Litestar) -> dict[tuple[str, str], list[str]]:
    """(path as OpenAPI writes it, method in small letters) -> the names of the guards, who may call it first."""
    routes = [route for route in app.routes if isinstance(route, HTTPRoute)]
    return {
        (route.path_format, method.lower()): guards_of(handler)
        for route in routes
        for handler in route.route_handlers
        for method in handler.http_methods
    }


@lru_cache(maxsize=2)
def schema_bytes(app: Litestar) -> bytes:
    return json.dumps(schema(app), ensure_ascii=False, separators=(",", ":")).encode()


def groups(app: Litestar, search: str, base_url: str) -> dict[str, list[Operation]]:
    """Operations by resource (the word after /api/v1/), those only whose text holds every word of `search`."""
    found: dict[str, list[Operation]] = defaultdict(list)
    words = search.lower().split()
    for path, item in sorted(schema(app)["paths"].items()):
        for method in METHODS:
            if method in item:
                row = _row(schema(app), path, method, item[method], base_url)
                if all(word in f"{row.method} {row.path} {row.summary} {row.description}".lower() for word in words):
                    found[path.removeprefix("/api/").removeprefix("v1/").split("/")[0]].append(row)
    return dict(found)


def _add_ours(method: str, operation: dict[str, Any], guards: list[str]) -> None:
    """Who may call it, how it fails, and the header that makes it happen once."""
    needed = [name.removeprefix("scope:") for name in guards if name.startswith("scope:")]
    anybody = guards[0] == "public"
    operation["security"] = [{TOKEN: needed}, {BROWSER: []}, *([{}] if anybody else [])]
    operation["description"] = "\n\n".join(filter(None, (operation.get("description"), _who_may(guards))))
    responses = operation.setdefault("responses", {})
    for code in _failures(method, operation, anybody=anybody):
        responses[code] = {"$ref": f"#/components/responses/{code}"}
    if method == "post":
        operation.setdefault("parameters", []).append(IDEMPOTENCY_HEADER)


def _who_may(guards: list[str]) -> str:
    who = {"public": "Anybody.", "signed_in": "Whoever is signed in."}.get(guards[0])
    kind, _, wanted = guards[0].partition(":")
    if who is None:
        who = f"Assurance level {wanted} or above." if kind == "assured" else f"Role: {wanted.replace('|', ' or ')}."
    return " ".join([who, *(f"Scope of a token: `{name.removeprefix('scope:')}`." for name in guards[1:] if name.startswith("scope:"))])


def _failures(method: str, operation: dict[str, Any], *, anybody: bool) -> list[str]:
    places = {parameter["in"] for parameter in operation.get("parameters", [])}
    found = {*OF_ALL, "default"}
    found |= {*OF_BODIES} if "requestBody" in operation else set()
    found |= {"422"} if places & {"query", "header", "path"} else set()
    found |= {"404"} if "path" in places else set()
    found |= {*OF_CHANGES} if method != "get" else set()
    return sorted(found | (set() if anybody else {*OF_PERSONS}))


def _row(whole: dict[str, Any], path: str, method: str, operation: dict[str, Any], base_url: str) -> Operation:
    content: dict[str, Any] = operation.get("requestBody", {}).get("content", {})
    media_type = next(iter(content), "")
    shape = _resolved(whole, content[media_type].get("schema", {})) if media_type else {}
    return Operation(
        method=method.upper(),
        path=path,
        summary=operation.get("summary", ""),
        description=operation.get("description", ""),
        parameters=operation.get("parameters", []),
        body=json.dumps(shape, indent=2, ensure_ascii=False) if shape else "",
        curl=_curl(base_url, path, method, media_type, shape),
        anchor=f"{method}-{path.strip('/').replace('/', '-').replace('{', '').replace('}', '')}",
    )


def _resolved(whole: dict[str, Any], node: Any, depth: int = 0) -> Any:
    """`$ref` replaced by what it names, to the depth that a reader can follow."""
    if isinstance(node, list):
        return [_resolved(whole, child, depth) for child in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node and depth < 4:
        return _resolved(whole, whole["components"]["schemas"].get(node["$ref"].rsplit("/", 1)[-1], {}), depth + 1)
    return {key: _resolved(whole, child, depth) for key, child in node.items()}


def _curl(base_url: str, path: str, method: str, media_type: str, shape: dict[str, Any]) -> str:
    parts = [f"curl -X {method.upper()} '{base_url}{path}'", "-H 'Authorization: Bearer $TOKEN'"]
    if method == "post":
        parts.append('-H "Idempotency-Key: $(uuidgen)"')
    if "json" in media_type:
        sample = {name: _sample(field) for name, field in shape.get("properties", {}).items()}
        parts += ["-H 'Content-Type: application/json'", f"-d '{json.dumps(sample, ensure_ascii=False)}'"]
    return " \\\n  ".join(parts)


def _sample(field: dict[str, Any]) -> Any:
    if "default" in field:
        return field["default"]
    kind = field.get("type") or next(
        (one.get("type") for one in field.get("oneOf", field.get("anyOf", [])) if one.get("type") != "null"), "string"
    )
    return {"integer": 1, "number": 1.5, "boolean": True, "array": [], "object": {}}.get(str(kind), field.get("enum", ["..."])[0])
