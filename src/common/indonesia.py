"""What the country's library (`lokal-id`) knows: NIK, phone numbers, holidays.

It is loaded when first needed: its patterns take a quarter of a second to compile, which the city's start should not wait for.
The web process loads it in the background once it is up (`load`).
"""

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lokal import NikInfo, PhoneInfo


def parse_nik(text: str) -> "NikInfo":
    """What a NIK says of itself: `valid`, `birth_date` (ISO), `regency_code`. Well-formed is not verified."""
    from lokal import parse_nik  # noqa: PLC0415  see above

    return parse_nik(text)


def is_nik(text: str) -> bool:
    """Whether the text is a well-formed NIK."""
    return bool(parse_nik(text).valid)


def parse_phone(text: str) -> "PhoneInfo":
    """A phone number as people write it; `valid`, and its international form."""
    from lokal import parse_phone  # noqa: PLC0415  see above

    return parse_phone(text)


def international_phone(text: str) -> str:
    """`+62...`, or the text as it is when it is no phone number."""
    from lokal import normalize_phone  # noqa: PLC0415  see above

    return normalize_phone(text) or text


def is_working_day(day: date) -> bool:
    """Monday to Friday without national holidays and collective leave; years whose calendar is not decreed yet know weekends only."""
    from lokal import HOLIDAY_YEARS, is_working_day  # noqa: PLC0415  see above

    return bool(is_working_day(day)) if day.year in HOLIDAY_YEARS else day.weekday() < 5


def is_holiday(day: date) -> bool:
    """Whether a national holiday or a day of collective leave falls on it; none is known of years that are not decreed yet."""
    from lokal import HOLIDAY_YEARS, holidays_on  # noqa: PLC0415  see above

    return day.year in HOLIDAY_YEARS and bool(holidays_on(day))


def load() -> None:
    """Load the library now."""
    is_nik("")
