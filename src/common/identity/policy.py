"""Rules of identity: pure functions."""

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Literal

from email_validator import EmailNotValidError, validate_email

from common import indonesia
from common.actor import Actor, Role
from common.identity.models import Person

CONSENT_PURPOSE = "account"
CONSENT_VERSION = "2026-01"
SHORTEST_PASSWORD = 8
NOBODY = "Akun ditutup"
"""The name that lists show of a closed account, in the city's language."""
LONGEST_PASSWORD = 128
NIK_OFFICE = "DISDUKCAPIL"
NO_PASSWORD = "$argon2id$closed"  # noqa: S105  no hash at all: nothing fits it
IDLE = timedelta(days=30)
LONGEST = timedelta(days=90)
"""How long a session lives, unused, and in all."""
LOCAL_PASSWORDS = frozenset({
    "bismillah", "bismillah1", "sayangku", "sayang123", "rahasia1", "katasandi", "makassar", "makassar1", "indonesia", "indonesia1",
    "losari123", "pantailosari", "ewako123", "psm makassar",
})  # fmt: skip
"""Common here, and missing from the list of the world's (`zxcvbn`)."""
BROWSERS = {
    "Edg": "Edge", "OPR/": "Opera", "SamsungBrowser": "Samsung Internet", "UCBrowser": "UC Browser", "Firefox": "Firefox",
    "Chrome": "Chrome", "CriOS": "Chrome", "Safari": "Safari", "httpx": "httpx", "curl": "curl",
}  # fmt: skip
SYSTEMS = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS": "macOS", "Linux": "Linux"}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a person can be reached: a phone in E.164 (`+6281234567890`) or an e-mail address in lower case."""

    kind: Literal["phone", "email"]
    text: str


def address_of(text: str) -> Address | None:
    """What a person typed, normalised: an e-mail address has an @, everything else must be an Indonesian mobile or landline number."""
    text = text.strip()
    if "@" in text:
        return _email_of(text)
    found = indonesia.parse_phone(text)
    return Address("phone", found.e164) if found.valid and found.e164 else None


def _email_of(text: str) -> Address | None:
    """RFC 5322 as far as mail servers accept it. Nobody is asked whether the host exists: the code tells."""
    try:
        found = validate_email(text, check_deliverability=False, globally_deliverable=False, allow_smtputf8=False)
    except EmailNotValidError:
        return None
    return Address("email", (found.ascii_email or "").lower()) if "." in (found.ascii_domain or "") else None


def confirmed_addresses(person: Person) -> list[Address]:
    """Those that count: the e-mail first, where letters cost nothing."""
    found: list[Address] = []
    if person.email and person.email_confirmed_at:
        found.append(Address("email", person.email))
    if person.phone and person.phone_confirmed_at:
        found.append(Address("phone", person.phone))
    return found


def masked(address: str) -> str:
    """`+62•••••7890`, `s•••@contoh.id`: enough to recognise one's own, too little to write to."""
    local, at, host = address.partition("@")
    return f"{local[:1]}•••@{host}" if at else f"{address[:3]}•••••{address[-4:]}"


def masked_nik(nik: str) -> str:
    """`7371••••••••0003`: neither birth date nor gender can be read from it."""
    return f"{nik[:4]}{'•' * 8}{nik[-4:]}"


def weak_password(password: str, *known: str) -> bool:
    """Too common, one symbol repeated, or a part of what is known of the person. Length is the schema's (NIST SP 800-63B, 5.1.1.2)."""
    low = password.casefold()
    return (
        low in LOCAL_PASSWORDS or low in _common_passwords() or len(set(low)) < 3 or any(low in word.casefold() for word in known if word)
    )


@lru_cache(maxsize=1)
def _common_passwords() -> frozenset[str]:
    """The 30,000 most used of the world, as far as they are long enough to be refused for that. Loaded when somebody chooses a password."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415  a megabyte that most processes never need

    return frozenset(word for word in FREQUENCY_LISTS["passwords"] if len(word) >= SHORTEST_PASSWORD)


def assurance(*, confirmed: bool, officer_seen: bool, dukcapil_verified: bool) -> int:
    """0 new, 1 address confirmed, 2 NIK given and seen by an officer, 3 verified with Dukcapil. A higher step needs those below."""
    if not confirmed:
        return 0
    if not officer_seen:
        return 1
    return 3 if dukcapil_verified else 2


def nik_warnings(nik: str, born_on: str | None) -> list[str]:
    """Codes of what looks odd, never a reason to refuse: `birth_date` (the NIK tells another date), `region` (an unknown area code)."""
    found = indonesia.parse_nik(nik)
    odd = ["birth_date"] if born_on and found.birth_date and found.birth_date[2:] != born_on[2:] else []
    return odd + [issue.code for issue in found.warnings]


def may_check_nik(actor: Actor) -> bool:
    """An officer of Disdukcapil."""
    return actor.has(Role.OFFICER, NIK_OFFICE)


def may_read_nik(actor: Actor, owner: object) -> bool:
    """The owner, or who checks it."""
    return actor.person_id == owner or may_check_nik(actor)


def local_path(asked: str | None, otherwise: str = "/") -> str:
    """`asked` when it is a path on this site, else `otherwise`. Browsers read backslashes as slashes and skip control characters."""
    if not asked or not asked.startswith("/") or asked[1:2] in ("/", "\\") or "\\" in asked or any(ord(c) < 33 for c in asked):
        return otherwise
    return asked


def device_of(user_agent: str) -> str:
    """A browser and a system in words (`Chrome, Android`), so that no full user agent string is kept."""
    found = [next((name for mark, name in table.items() if mark in user_agent), "") for table in (BROWSERS, SYSTEMS)]
    return ", ".join(part for part in found if part)
