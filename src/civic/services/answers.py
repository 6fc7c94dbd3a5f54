"""Answers of a form: checked against the service's questions, in the words of the person who typed them.

A NIK that is well-formed is not verified. A mismatch with a stated birth date is a warning for the officer, never a refusal.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from civic.services.catalogue import Condition, Document, Question, Service
from common import clock, indonesia, money, regions, sealing
from common.i18n import gettext as _
from common.i18n import tanggal
from common.settings import get_settings

Answers = dict[str, str]
Sealed = Mapping[str, str]
LONGEST = {"text": 200, "textarea": 2000}
PURPOSE = "application-answers"
BLOCK = 32  # bytes: an answer of one letter and one of twenty are equally long


def check(service: Service, answers: Mapping[str, str], *, only: frozenset[str] | None = None, complete: bool = True) -> dict[str, str]:
    """What is wrong, by question. `only`: look at these; not `complete`: what is empty may stay empty for now."""
    wrong = {}
    for question in service.questions:
        if (only is not None and question.name not in only) or not applies(question.when, answers):
            continue
        value = answers.get(question.name, "")
        problem = _CHECKS[question.type](question, value) if value else (_("Wajib diisi.") if complete and question.required else "")
        if problem:
            wrong[question.name] = problem
    return wrong


def tidy(service: Service, given: Mapping[str, Any]) -> Answers:
    """Answers to questions of this service only, spaces trimmed, digits of numbers bare, phones in international form."""
    names = {question.name: question for question in service.questions}
    return {name: _tidy_one(names[name], str(value)) for name, value in given.items() if name in names}


def warnings(service: Service, answers: Mapping[str, str]) -> dict[str, str]:
    """What an officer should look at: by question, never a reason to refuse by itself."""
    found = {}
    born = answers.get("tanggal_lahir")
    for question in service.questions:
        if question.type != "nik" or not answers.get(question.name):
            continue
        info = indonesia.parse_nik(answers[question.name])
        if question.name == "nik" and born and info.valid and info.birth_date != born:
            found[question.name] = _("Tanggal lahir di NIK berbeda dari yang ditulis.")
        elif info.valid and info.regency_code != regions.CITY_CODE:
            found[question.name] = _("NIK ini pertama kali terdaftar di luar Makassar.")
    return found


def needed_documents(service: Service, answers: Mapping[str, str]) -> list[Document]:
    """The documents that these answers call for."""
    return [document for document in service.documents if applies(document.when, answers)]


def applies(condition: Condition | None, answers: Mapping[str, str]) -> bool:
    return condition is None or answers.get(condition.field) == condition.equals


def seal(application_id: UUID, answers: Answers) -> dict[str, str]:
    """Each answer by itself, bound to its application and its question, and of a length that says little about what was answered."""
    return {name: b64encode(_seal(_subject(application_id, name), value)).decode() for name, value in answers.items()}


def unseal(application_id: UUID, sealed: Sealed) -> Answers:
    answers: Answers = {}
    for name in sorted(sealed):  # what was once sealed as a whole, under no name, comes first
        opened = _unseal(_subject(application_id, name), b64decode(sealed[name]))
        answers |= {name: opened} if name else opened
    return answers


def seal_whole(application_id: UUID, answers: Answers) -> bytes:
    """All of it in one, for a register's entry."""
    return _seal(str(application_id), answers)


def unseal_whole(application_id: UUID, sealed: bytes) -> Answers:
    answers: Answers = _unseal(str(application_id), sealed)
    return answers


def _subject(application_id: UUID, name: str) -> str:
    return f"{application_id}:{name}" if name else str(application_id)


def _seal(subject: str, value: Any) -> bytes:
    plain = json.dumps(value, ensure_ascii=False).encode()
    padded = plain + b" " * (-len(plain) % BLOCK)
    return sealing.seal(get_settings().nik_key.get_secret_value(), padded, purpose=PURPOSE, subject=subject)


def _unseal(subject: str, sealed: bytes) -> Any:
    return json.loads(sealing.unseal(get_settings().nik_key.get_secret_value(), sealed, purpose=PURPOSE, subject=subject))


def shown(question: Question, value: str, *, masked: bool) -> str:
    """An answer for people's eyes; NIK and KK masked but for the last four digits when `masked`."""
    if question.type == "choice":
        return next((str(option.label) for option in question.options if option.value == value), value)
    if question.type == "date" and not _date(question, value):
        return tanggal(date.fromisoformat(value))
    if question.type == "kelurahan" and regions.is_kelurahan(value):
        place = regions.kelurahan(value)
        return f"{place.name}, {place.kecamatan}"
    return "•" * 12 + value[-4:] if masked and question.type in ("nik", "kk") and value else value


def _tidy_one(question: Question, value: str) -> str:
    value = " ".join(value.split()) if question.type != "textarea" else value.strip()
    if question.type in ("nik", "kk"):
        return value.replace(" ", "").replace(".", "").replace("-", "")
    if question.type == "phone":
        return indonesia.international_phone(value)
    if question.type == "number":
        return value.replace(".", "")
    return value


def _text(question: Question, value: str) -> str:
    longest = LONGEST.get(question.type, 200)
    return _("Terlalu panjang: paling banyak %(longest)s huruf.", longest=longest) if len(value) > longest else ""


def _date(question: Question, value: str) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return _("Tulis tanggalnya seperti ini: 2026-11-24.")
    if question.past and day > clock.today():
        return _("Tanggal ini belum tiba. Periksa lagi.")
    return _("Tahunnya terlalu lama. Periksa lagi.") if day.year < 1900 else ""


def _choice(question: Question, value: str) -> str:
    return "" if value in {option.value for option in question.options} else _("Pilih salah satu.")


def _nik(question: Question, value: str) -> str:
    return "" if indonesia.is_nik(value) else _("NIK ada 16 angka, sama seperti di KTP-el. Periksa lagi.")


def _kk(question: Question, value: str) -> str:
    return "" if money.is_number(value) and len(value) == 16 else _("Nomor KK ada 16 angka. Periksa lagi.")


def _phone(question: Question, value: str) -> str:
    return "" if indonesia.parse_phone(value).valid else _("Tulis nomor HP seperti ini: 0812-3456-7890.")


def _kelurahan(question: Question, value: str) -> str:
    return "" if regions.is_kelurahan(value) else _("Pilih kelurahan di Makassar.")


def _number(question: Question, value: str) -> str:
    if not (money.is_number(value) and len(value) < 10):
        return _("Tulis dengan angka.")
    low, high = question.minimum or 0, question.maximum or 10**9
    return "" if low <= int(value) <= high else _("Tulis angka antara %(low)s dan %(high)s.", low=low, high=high)


_CHECKS: dict[str, Callable[[Question, str], str]] = {
    "text": _text,
    "textarea": _text,
    "date": _date,
    "choice": _choice,
    "nik": _nik,
    "kk": _kk,
    "phone": _phone,
    "kelurahan": _kelurahan,
    "number": _number,
}
