"""The API describes itself: a valid OpenAPI 3.1 document, and a page that needs nobody else's server."""

import httpx
from litestar import Litestar
from openapi_spec_validator import OpenAPIV31SpecValidator

from common.web.apidocs import schema
from tests.common.web.make import BASE


async def test_the_description_is_valid_and_holds_the_api_alone(visitor: httpx.AsyncClient) -> None:
    described = (await visitor.get("/api/openapi.json")).json()
    OpenAPIV31SpecValidator(described).validate()
    assert set(described["paths"]) == {"/api/v1/things", "/api/v1/things/{count}"}


async def test_every_operation_says_how_it_fails(visitor: httpx.AsyncClient) -> None:
    described = (await visitor.get("/api/openapi.json")).json()
    operation = described["paths"]["/api/v1/things"]["post"]
    for code in ("413", "422", "429", "503", "default"):
        named = operation["responses"][code]["$ref"].rsplit("/", 1)[-1]
        assert list(described["components"]["responses"][named]["content"]) == ["application/problem+json"]
    assert "Idempotency-Key" in [parameter["name"] for parameter in operation["parameters"]]


async def test_every_operation_says_who_may_and_which_scope_a_token_needs(app: Litestar) -> None:
    described = schema(app)
    OpenAPIV31SpecValidator(described).validate()
    place, look = described["paths"]["/api/v1/orders"]["post"], described["paths"]["/api/v1/listings/{listing_id}"]["get"]
    assert place["security"] == [{"token": ["orders:write"]}, {"browser": []}]
    assert {"401", "403", "409"} <= set(place["responses"])
    assert {} in look["security"]
    assert ("404" in look["responses"], "401" in look["responses"]) == (True, False)
    assert "Role: operator. Scope of a token: `ledger:read`." in described["paths"]["/api/v1/bank-disputes"]["get"]["description"]
    assert set(described["components"]["securitySchemes"]) == {"token", "browser"}


async def test_the_page_lists_searches_and_shows_a_line_to_try(visitor: httpx.AsyncClient) -> None:
    whole = (await visitor.get("/api/docs")).text
    assert f"curl -X POST &#39;{BASE}/api/v1/things&#39;" in whole
    assert "{&#34;name&#34;: &#34;...&#34;, &#34;count&#34;: 1}" in whole
    found = (await visitor.get("/api/docs?q=make+thing")).text
    assert ("POST /api/v1/things" in found, "GET /api/v1/things/{count}" in found) == (True, False)
    assert "Tidak ada yang cocok." in (await visitor.get("/api/docs?q=zzz")).text
    assert "https://" not in whole


async def test_no_page_of_the_framework_loads_foreign_scripts(visitor: httpx.AsyncClient) -> None:
    for path in ("/api/schema", "/api/schema/swagger", "/api/schema/redoc", "/api/schema/openapi.json", "/schema"):
        assert (await visitor.get(path)).status_code == 404
