"""What people type, and what it means."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import clock, regions
from marvec.search import places, plane
from marvec.search.canonical import split_wanted
from marvec.search.parse import parse
from marvec.search.schemas import Sort
from marvec.search.synonyms import names_city_service, terms_of
from marvec.search.words import words

TUESDAY = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def test_the_sentence_of_the_house_is_understood_whole() -> None:
    with clock.frozen(TUESDAY):
        said = parse("20 porsi songkolo untuk besok, antar ke Tamalate, paling banyak Rp 400.000")
    assert said.query.text == "songkolo"
    assert (said.quantity, said.unit, said.budget, said.query.max_price) == (20, "porsi", 400_000, 20_000)
    assert said.needed_on == date(2026, 11, 25)
    assert said.deliver_to == "Tamalate"
    assert len(said.deliver_kelurahan) == 11
    assert (said.query.kecamatan, said.query.kelurahan) == (None, None)


@pytest.mark.parametrize(
    ("typed", "text", "found"),
    [
        ("kue di kelurahan Kunjung Mae maks 15rb", "kue", {"kelurahan": "73.71.01.1003", "max_price": 15_000}),
        ("ikan bolu dekat tello baru", "ikan bolu", {"kelurahan": "73.71.09.1003"}),
        ("pisang di kec. makassar terdekat", "pisang", {"kecamatan": "Makassar", "sort": Sort.NEAREST}),
        ("coto makassar", "coto makassar", {}),
        ("coto di makassar", "coto", {}),
        ("sarung sutra di bawah 1,5 juta", "sarung sutra", {"max_price": 1_500_000}),
        ("jilbab paling murah", "jilbab", {"sort": Sort.CHEAPEST}),
        ("madu dari enrekang minimal 50 ribu", "madu dari enrekang", {"min_price": 50_000}),
        ("mauka beli coto", "coto", {}),
    ],
)
def test_prices_places_and_orders_are_taken_out_of_the_words(typed: str, text: str, found: dict[str, object]) -> None:
    query = parse(typed).query
    assert query.text == text
    assert query.model_dump(exclude_defaults=True, exclude={"text"}) == found


def test_a_number_of_pieces_is_no_price() -> None:
    with clock.frozen(TUESDAY):
        said = parse("paling banyak 20 biji jalangkote untuk sabtu")
    assert (said.query.text, said.quantity, said.unit, said.budget) == ("jalangkote", 20, "biji", None)
    assert said.needed_on == date(2026, 11, 28)


@pytest.mark.parametrize(
    ("typed", "text", "quantity", "unit", "max_price", "occasion"),
    [
        ("songkolo untuk arisan", "songkolo", None, None, None, "arisan"),
        ("kue untuk ulang tahun anak", "kue", None, None, None, "ulang tahun"),
        ("kue ulang tahun", "kue ulang tahun", None, None, None, None),
        ("songkolo untuk acara pengantin, paling banyak 500 ribu", "songkolo", None, None, 500_000, "pengantin"),
        ("5 songkok", "songkok", 5, "", None, None),
        ("sepuluh porsi songkolo", "songkolo", 10, "porsi", None, None),
        ("dua puluh lima bungkus nasi kuning untuk rapat", "nasi kuning", 25, "bungkus", None, "rapat"),
        ("ikan bolu 2 kg", "ikan bolu", 2, "kg", None, None),
        ("selusin jalangkote", "jalangkote", 12, "biji", None, None),
        ("2 lusin jalangkote", "jalangkote", 24, "biji", None, None),
        ("setengah kilo abon sapi maks 60rb", "abon sapi", 1, "0,5 kg", 120_000, None),
        ("1,5 kg ikan bolu", "ikan bolu", 1, "1,5 kg", None, None),
        ("songkolo paling banyak 50rb", "songkolo", None, None, 50_000, None),
        ("songkok di bawah 20 ribu", "songkok", None, None, 20_000, None),
        ("laptop maks 1,5 jt", "laptop", None, None, 1_500_000, None),
        ("songkolo 50k", "songkolo", None, None, 50_000, None),
        ("kue ulang tahun budget 200rb", "kue ulang tahun", None, None, 200_000, None),
        ("Rp50.000 barongko", "barongko", None, None, 50_000, None),
        ("50rb ke bawah songkolo", "songkolo", None, None, 50_000, None),
        ("katering 50 kotak @15rb", "katering", 50, "kotak", 15_000, None),
        ("10 porsi coto maks 30rb per porsi", "coto", 10, "porsi", 30_000, None),
        ("5 songkok paling banyak 50rb", "songkok", 5, "", 50_000, None),
        ("20 portions of songkolo for a wedding under 400k", "songkolo", 20, "porsi", 20_000, "wedding"),
        ("iphone 12 pro", "iphone 12 pro", None, None, None, None),
        ("kopi bubuk 250 gram", "kopi bubuk 250 gram", None, None, None, None),
    ],
)
def test_occasion_quantity_and_price_are_understood(
    typed: str, text: str, quantity: int | None, unit: str | None, max_price: int | None, occasion: str | None
) -> None:
    said = parse(typed)
    assert (said.query.text, said.quantity, said.unit, said.query.max_price, said.occasion) == (text, quantity, unit, max_price, occasion)


def test_a_range_of_prices_has_two_ends() -> None:
    query = parse("songkok 20 sampai 30 ribu").query
    assert (query.text, query.min_price, query.max_price) == ("songkok", 20_000, 30_000)


@pytest.mark.parametrize(
    ("text", "must", "better"),
    [
        ("songkolo hitam pedas", ["songkolo"], ["hitam", "pedas"]), ("enak songkolo", ["songkolo"], ["enak"]),
        ("kue lapis legit", ["kue", "lapis"], ["legit"]), ("kue ulang tahun coklat", ["kue ulang tahun"], ["coklat"]),
        ("songkok murah", ["songkok"], ["murah"]), ("enak murah", ["enak"], ["murah"]),
    ],
)  # fmt: skip
def test_the_thing_itself_must_fit_and_other_words_only_better(text: str, must: list[str], better: list[str]) -> None:
    assert split_wanted(text) == (must, better)


@given(st.text(max_size=300))
def test_any_text_is_understood_somehow(typed: str) -> None:
    said = parse(typed)
    assert len(said.query.text) <= 200
    terms = terms_of(typed)
    assert terms is None or set(terms.broad) <= set("abcdefghijklmnopqrstuvwxyz0123456789 &|()<->")


def test_accents_apostrophes_and_doubled_words_are_written_out() -> None:
    assert words("Jalangkoté, Pa'piong & oleh2") == ["jalangkote", "papiong", "oleh", "oleh"]


def test_bolu_stays_a_cake_and_is_a_milkfish_too() -> None:
    terms = terms_of("bolu")
    assert terms is not None
    assert terms.strong == "(bolu | bandeng)"


def test_neighbours_are_in_the_broad_query_only() -> None:
    terms = terms_of("jalangkote")
    assert terms is not None
    assert "pastel" not in terms.strong
    assert "pastel" in terms.broad
    assert "jalankote" not in terms.broad  # a misspelling finds the word, not the reverse


def test_the_name_of_a_city_service_is_told_from_goods() -> None:
    assert names_city_service("KTP")
    assert names_city_service("akta lahir")
    assert not names_city_service("coto")


def test_a_place_that_is_both_is_the_kecamatan_unless_said_otherwise() -> None:
    both, one = places.find("mariso"), places.find("mariso", rank="kelurahan")
    assert both is not None
    assert one is not None
    assert len(one[0].codes) == 1 < len(both[0].codes)


@given(st.sampled_from(regions.all_kelurahan()), st.sampled_from(regions.all_kelurahan()))
def test_the_plane_agrees_with_the_sphere_to_two_parts_in_a_thousand(one: regions.Kelurahan, other: regions.Kelurahan) -> None:
    east, north = (a - b for a, b in zip(plane.point(one.lat, one.lon), plane.point(other.lat, other.lon), strict=True))
    flat, round_ = (east**2 + north**2) ** 0.5, regions.distance_km(one.lat, one.lon, other.lat, other.lon)
    assert flat == pytest.approx(round_, rel=0.002, abs=0.001)
