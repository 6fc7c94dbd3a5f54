"""The page of components stands in both languages and both themes."""

import httpx
import pytest


@pytest.mark.parametrize(("query", "told"), [("", "Semua bagian halaman"), ("?bahasa=en", "Every part of our pages")])
async def test_the_page_of_components_is_shown(client: httpx.AsyncClient, query: str, told: str) -> None:
    answer = await client.get(f"/gaya{query}")
    assert answer.status_code == 200
    assert told in answer.text


async def test_a_theme_can_be_asked_for_by_name(client: httpx.AsyncClient) -> None:
    assert '<html lang="id" data-theme="gelap">' in (await client.get("/gaya?tema=gelap")).text
    assert "data-theme" not in (await client.get("/gaya?tema=neon")).text
