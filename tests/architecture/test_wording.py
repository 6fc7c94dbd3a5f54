"""The rules of `docs/texts.md` that a program can hold: one apostrophe, colour only where it belongs, sentences that one breath carries."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from civic.services import catalogue, products
from common.i18n import gettext, speaking
from common.i18n.catalogs import COLOUR, METHODS, _extract, messages_of, rooms
from common.i18n.texts import SOURCE_ROOT, catalog_files

PLAIN = {
    "civic/queues": "health: a number at the Puskesmas is no small talk",
    "civic/services": "law and grief: certificates, permits and levies; a death is told through these same sentences",
    "civic/registry": "law: what stands on a certificate",
    "civic/directory": "reached from the services and the queues, with the same words",
    "common/credentials": "law: is a document genuine",
    "common/payments": "fees: payments, levies and refunds",
    "common/embedded/sandbox": "fees: the practice page of payments",
    "common/account/templates/account/data.html": "law: consent, and what is kept when an account closes",
    "common/account/service": "law: the copy of one's data",
    "common/identity/schemas": "law: consent, NIK",
    "common/identity/letters.py": "a security code",
    "common/identity/templates/identity/sign_up.html": "law: consent",
    "common/identity/templates/identity/confirm.html": "a security code",
    "common/web/csrf.py": "shown over every form, a levy's too",
    "common/web/templates/components/forms.html": "the fields of every form, a death certificate's too",
    "common/errors.py": "said by every room",
    "common/guards.py": "said by every room",
    "common/states.py": "said by every room",
    "common/web/problems.py": "said by every room",
    "common/web/wording.py": "the fields of every form",
    "marvec/chat/warnings.py": "a security warning",
    "marvec/moderation": "warnings and closed shops: decisions that hurt",
    "marvec/payouts": "fees: commission, refunds and what the bank gets",
    "marvec/selling": "law: who may sell how much",
    "marvec/orders/machine.py": "refunds among its buttons",
    "marvec/orders/pages": "said after a refund too",
    "marvec/orders/service/disputing.py": "refunds",
    "marvec/orders/templates/orders/case.html": "refunds",
    "marvec/orders/templates/orders/confirm.html": "refunds",
    "marvec/orders/templates/orders/dispute.html": "refunds",
    "marvec/orders/templates/orders/disputes.html": "refunds",
}
"""What speaks without Makassar's particles in the source already, and why (rule 3)."""
PARTICLE = re.compile(r"\b(?:ki|maki|ta|di|iye|tabe|pale)(?:'|’)|\b(?:ji|mi|pi|mo)\b(?=[ .,!?:;]|$)|-(?:ki|ta|ji|mi|pi)\b", re.IGNORECASE)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
MOST_WORDS = 20


def sources() -> list[Path]:
    return [path for floor in ("common", "civic", "marvec") for path in sorted((SOURCE_ROOT / floor).rglob("*")) if path.suffix in METHODS]


@cache
def texts_of(path: Path) -> tuple[str, ...]:
    return tuple(text for found in _extract(path) for text in ([found] if isinstance(found, str) else found))


def every_text() -> dict[str, str]:
    """Each text of the source -> a file that says it."""
    return {text: str(path.relative_to(SOURCE_ROOT)) for path in sources() for text in texts_of(path)}


def forms_in(path: Path) -> Iterator[str]:
    """Every translation of a .po file, plural forms one by one."""
    with path.open("rb") as file:
        for message in read_po(file, locale="en"):
            if message.id:
                yield from [message.string] if isinstance(message.string, str) else message.string or ()


def data_texts() -> Iterator[tuple[str, str]]:
    """(where, Indonesian text) of the services' definitions and the occasions: these have one Indonesian form, for everybody."""
    for path in sorted((SOURCE_ROOT / "civic").rglob("*.toml")):
        for text in re.findall(r'\b(?:id|name_id) = "([^"]*)"', path.read_text(encoding="utf-8")):
            yield path.name, text


def sentences(text: str) -> list[str]:
    return [one for one in re.split(r"(?<=[.!?])\s+|\n+|(?<=:)\s+(?=[A-Z])", text) if one]


def test_an_apostrophe_in_a_text_is_the_curved_one() -> None:
    assert {text: where for text, where in every_text().items() if re.search(r"\w'|'\w", text)} == {}
    said = [form for code in ("en", "id-baku") for path in catalog_files(code) for form in forms_in(path)]
    assert len(said) > 1_400
    assert [form for form in said if re.search(r"\w'|'\w", form)] == []


def test_plain_indonesian_has_no_particle() -> None:
    said = [form for path in catalog_files("id-baku") for form in forms_in(path)]
    assert len(said) > 40
    assert [form for form in said if PARTICLE.search(form)] == []


@pytest.mark.parametrize(
    ("text", "has"),
    [("Tunggu ki’", True), ("KTP ta'", True), ("gratis ji", True), ("Selesai mi.", True), ("besok pi", True), ("Aduan-ta", True),
     ("demi kami resmi", False), ("kopi dan api", False), ("pagi, janji, gaji", False), ("mimpi", False), ("di mana", False),
     ("kota, data", False)],
)  # fmt: skip
def test_a_particle_is_told_from_the_end_of_a_word(text: str, has: bool) -> None:
    assert (PARTICLE.search(text) is not None) is has


@pytest.mark.parametrize("place", PLAIN)
def test_fees_health_law_and_grief_are_told_plainly(place: str) -> None:
    found = [
        path
        for path in sources()
        if str(path.relative_to(SOURCE_ROOT)) == place or str(path.relative_to(SOURCE_ROOT)).startswith(place + "/")
    ]
    assert found, f"{place} is gone: mend the list"
    assert {text: PLAIN[place] for path in found for text in texts_of(path) if PARTICLE.search(text)} == {}


def test_the_data_of_the_services_is_plain() -> None:
    found = list(data_texts())
    assert len(found) > 100
    assert [one for one in found if PARTICLE.search(one[1]) or "'" in one[1]] == []


def test_refunds_are_told_plainly_wherever_they_are_told() -> None:
    money_back = re.compile(r"dikembalikan|kembalikan|uang kembali|retribusi", re.IGNORECASE)
    assert [text for text in every_text() if money_back.search(text) and PARTICLE.search(text)] == []


def test_no_text_calls_a_person_kamu_or_kita_or_mixes_two_ways_to_say_you() -> None:
    assert [
        text for text in every_text() if re.search(r"\b(?:kita|kamu|kau|ko)\b|\w{4,}mu\b(?<!temu)(?<!tamu)(?<!ilmu)(?<!jamu)", text)
    ] == []
    assert [text for text in every_text() if re.search(r"\b(?:ki|ta)’", text) and "Anda" in text] == []


def test_a_sentence_is_said_in_one_breath() -> None:
    spoken = [*every_text(), *(text for _where, text in data_texts())]
    assert [one for text in spoken for one in sentences(text) if len(PLACEHOLDER.sub("x", one).split()) > MOST_WORDS] == []


def test_what_a_document_shows_to_anybody_is_said_in_english_too() -> None:
    shown = []
    for service in catalogue.current():
        named = {question.name: question.label for question in service.questions}
        shown += [named[name] for name in service.product.public] + [service.product.title] if service.product else []
    assert {label.id for label in shown} == set(products.SHOWN)
    with speaking("en"):
        assert [(label.id, gettext(label.id)) for label in shown] == [(label.id, label.en) for label in shown]


def test_every_room_is_read() -> None:
    """The walk above sees what the catalogs see."""
    known = {form for room in rooms() for found in messages_of(room) for form in ([found] if isinstance(found, str) else found)}
    assert known <= set(every_text())
    assert any(COLOUR.search(text) for text in known)
