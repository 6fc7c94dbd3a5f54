"""Who looks for an office finds it, and is told when nobody has verified it."""

import httpx

from civic.directory import queries


def test_every_office_and_health_centre_is_there_once() -> None:
    codes = [one.code for one in queries.all_offices()]
    assert len(codes) == len(set(codes)) == 115
    assert [heading for heading, _ in queries.by_kind(queries.find())] == list(queries.KINDS.values())


def test_all_words_must_be_found() -> None:
    assert [one.code for one in queries.find("dinas ketenagakerjaan")] == ["DISNAKER"]
    assert queries.find("dinas tidak-ada") == []


async def test_the_page_marks_what_is_not_verified(client: httpx.AsyncClient) -> None:
    unverified = (await client.get("/kantor", params={"q": "ketenagakerjaan"})).text
    verified = (await client.get("/kantor", params={"q": "disdukcapil"})).text
    assert "Dinas Ketenagakerjaan" in unverified and "belum diverifikasi" in unverified
    assert "Dinas Kependudukan dan Pencatatan Sipil" in verified and "belum diverifikasi" not in verified


async def test_the_list_goes_on_where_the_page_before_ended(client: httpx.AsyncClient) -> None:
    seen, cursor = [], ""
    while cursor is not None:
        answer = await client.get("/api/v1/offices", params={"limit": 50} | ({"cursor": cursor} if cursor else {}))
        seen += [one["code"] for one in answer.json()["items"]]
        cursor = answer.json()["next"]
    assert seen == [one.code for one in queries.all_offices()]
    (office,) = (await client.get("/api/v1/offices", params={"q": "disnaker"})).json()["items"]
    assert (office["fact_class"], office["verified"]) == ("C", False)
