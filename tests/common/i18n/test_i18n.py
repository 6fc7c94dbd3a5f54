"""The languages, and how people here write dates, money and distances."""

from datetime import UTC, date, datetime

import pytest

from common.i18n import choose, gettext, jam, jarak, language, lazy, locale, ngettext, prefer, rupiah, speaking, tanggal, waktu

MOMENT = datetime(2026, 12, 3, 0, 0, tzinfo=UTC)  # eight in the morning in Makassar


def test_dates_and_times_are_those_of_makassar() -> None:
    with speaking("id"):
        assert tanggal(MOMENT) == "Kamis, 3 Desember 2026"
        assert tanggal(date(2026, 8, 17), short=True) == "17 Agu 2026"
        assert jam(MOMENT) == "pukul 08.00 WITA"
        assert waktu(MOMENT) == "Kamis, 3 Desember 2026, pukul 08.00 WITA"
        assert waktu(MOMENT, short=True) == "3 Des 2026, 08.00"
    with speaking("en"):
        assert waktu(MOMENT) == "Thursday, 3 December 2026, 08:00 WITA"


def test_a_late_evening_in_utc_is_the_next_day_here() -> None:
    assert tanggal(datetime(2026, 12, 31, 16, 0, tzinfo=UTC)) == "Jumat, 1 Januari 2027"


@pytest.mark.parametrize(
    ("amount", "indonesian", "english"), [(25000, "Rp25.000", "Rp25,000"), (0, "Rp0", "Rp0"), (-1500, "-Rp1.500", "-Rp1,500")]
)
def test_money(amount: int, indonesian: str, english: str) -> None:
    with speaking("id"):
        assert rupiah(amount) == indonesian
    with speaking("en"):
        assert rupiah(amount) == english


@pytest.mark.parametrize(
    ("km", "text"), [(0.01, "50 m"), (0.35, "350 m"), (0.97, "950 m"), (0.98, "1,0 km"), (1.23, "1,2 km"), (9.96, "10 km"), (12.4, "12 km")]
)
def test_distance(km: float, text: str) -> None:
    assert jarak(km) == text


def test_messages_speak_the_language_of_the_moment_they_are_shown() -> None:
    waiting = lazy("Paling sedikit %(ge)s.", ge=3)
    assert (gettext("Wajib diisi."), str(waiting)) == ("Wajib diisi.", "Paling sedikit 3.")
    with speaking("en"):
        assert (gettext("Wajib diisi."), str(waiting)) == ("Required.", "At least 3.")
        assert gettext("belum ada terjemahannya 100%") == "belum ada terjemahannya 100%"
        assert ngettext("%(n)s benda aneh", "%(n)s benda aneh", 2) == "2 benda aneh"


def test_plain_indonesian_is_the_same_without_the_colour() -> None:
    with speaking("id-baku"):
        assert gettext("Mau ki’ cari apa hari ini?") == "Anda mau cari apa hari ini?"
        assert (gettext("Wajib diisi."), language(), rupiah(25000), jam(MOMENT)) == ("Wajib diisi.", "id", "Rp25.000", "pukul 08.00 WITA")


@pytest.mark.parametrize(
    ("asked", "cookie", "browser", "spoken"),
    [
        (None, None, "", "id"), (None, None, "en-US,en;q=0.9", "en"), (None, None, "en-US,id;q=0.1", "id"),
        (None, None, "nl,en;q=0.5", "en"),
        (None, "en", "id", "en"), ("id-baku", None, "en", "id-baku"), (None, "id-baku", "en", "id-baku"),
        ("id", "en", "en", "id"), ("xx", None, "fr", "id"), (None, None, "*;;,,=", "id"),
    ],
)  # fmt: skip
def test_who_chooses_the_language(asked: str | None, cookie: str | None, browser: str, spoken: str) -> None:
    choose(asked, cookie, browser)
    assert locale() == spoken


def test_a_persons_setting_yields_to_the_choice_on_this_device() -> None:
    choose(None, None, "")
    prefer("en")
    assert locale() == "en"
    choose("id", None, "")
    prefer("en")
    assert locale() == "id"
    choose(None, None, "")
