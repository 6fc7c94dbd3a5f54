"""The API's description: Litestar's OpenAPI 3.1 schema with our error answers added, and the same as rows for a plain page."""

import json
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from litestar import Litestar
from litestar.openapi import OpenAPIConfig

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
    found: dict[str, Any] = json.loads(json.dumps(app.openapi_schema.to_schema(), default=str))
    found["paths"] = {path: item for path, item in found.get("paths", {}).items() if path.startswith("/api/")}
    found.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
    for item in found["paths"].values():
        for method, operation in item.items():
            if method in METHODS:
                _add_ours(method, operation)
    return found


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


def _add_ours(method: str, operation: dict[str, Any]) -> None:
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    responses = operation.setdefault("responses", {})
    responses.pop("400", None)  # what Litestar documents for malformed input; we answer 422
    responses["default"] = {"description": "What went wrong", "content": content}
    if method == "post":
        operation.setdefault("parameters", []).append(IDEMPOTENCY_HEADER)


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
