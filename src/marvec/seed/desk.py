"""Applications to the city: in every state that they rest in, with documents, corrections, fees, appointments and finished products."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from civic.services import catalogue, queries, service
from civic.services.models import Application, State
from common import clock
from common.actor import Actor
from common.files import service as files
from common.payments import queries as payments
from marvec.seed import people, pictures, till
from marvec.seed.moments import History, dice_of

CHILDREN = (
    ("Muhammad Fathir", "L"), ("Aisyah Ramadhani", "P"), ("Ahmad Zaky", "L"), ("Nur Azizah", "P"), ("Andi Raihan", "L"),
    ("Besse Khumairah", "P"), ("Muh. Alif", "L"), ("Zahra Tenri", "P"), ("Yusuf Mappasomba", "L"), ("Salsabila Rannu", "P"),
)  # fmt: skip
DOCUMENTS = {"akta-kelahiran": ("surat_lahir", "kk", "ktp_ibu"), "pbg": ("bukti_tanah", "pbb", "gambar"), "ktp-el": ("kk",)}
OFFICERS = {"akta-kelahiran": "petugas", "ktp-el": "petugas", "pbg": "perizinan"}
SPREAD = (
    ("akta-kelahiran", State.ISSUED, 12), ("akta-kelahiran", State.SUBMITTED, 4), ("akta-kelahiran", State.IN_REVIEW, 3),
    ("akta-kelahiran", State.CORRECTION, 2), ("akta-kelahiran", State.REJECTED, 2), ("akta-kelahiran", State.WITHDRAWN, 1),
    ("akta-kelahiran", State.DRAFT, 1), ("pbg", State.ISSUED, 4), ("pbg", State.AWAITING_PAYMENT, 2), ("pbg", State.SUBMITTED, 2),
    ("pbg", State.IN_REVIEW, 1), ("pbg", State.REJECTED, 1), ("ktp-el", State.SUBMITTED, 2), ("ktp-el", State.IN_REVIEW, 1),
    ("pbg", State.EXPIRED, 1),
)  # fmt: skip
FRESH = (State.SUBMITTED, State.IN_REVIEW, State.CORRECTION, State.DRAFT, State.AWAITING_PAYMENT)
OF_THE_MOTHER = (0, 12, 16)
"""Of the birth certificates: one issued, one handed in, one in the office's hands belong to the demonstration citizen."""


@dataclass(frozen=True)
class Case:
    number: int
    code: str
    end: State
    hours: float
    citizen: str


def cases() -> list[Case]:
    """Oldest first: what is over lies up to three months back, what is under way is of the last days."""
    dice, made = dice_of("desk"), []
    for code, end, many in SPREAD:
        for _ in range(many):
            hours = dice.uniform(4, 60) if end in FRESH else dice.uniform(24 * (40 if end is State.EXPIRED else 14), 24 * 85)
            made.append((code, end, hours))
    keyed = [(hours, code, end, _citizen(number)) for number, (code, end, hours) in enumerate(made)]
    told = [Case(number, code, end, hours, key) for number, (hours, code, end, key) in enumerate(sorted(keyed, reverse=True))]
    twin, other = _first(told, State.IN_REVIEW), _first(told, State.ISSUED)
    told[twin.number] = replace(twin, citizen=other.citizen)
    return told


def _first(told: Sequence[Case], end: State) -> Case:
    """The oldest birth certificate that rests in a state."""
    return next(case for case in told if (case.code, case.end) == ("akta-kelahiran", end))


async def first_draft(session: AsyncSession, mother: Actor) -> None:
    """What the core has: appointments, and a draft that is half filled in."""
    await service.open_slots(session)
    draft = await service.start(session, mother, "akta-kelahiran")
    await service.fill(session, mother, draft.id, {"nama_anak": "Aisyah Hasnah", "jenis_kelamin": "P", "nama_ibu": mother.name})


async def live_through(session: AsyncSession, history: History, case: Case) -> None:
    """From the start to the state in which the case rests, each move at its moment."""
    citizen, officer = await people.actor(session, case.citizen), await people.actor(session, OFFICERS[case.code])
    begun = history.ago(case.hours)
    with clock.frozen(begun):
        application = await _filled(session, citizen, case)
    if case.end is State.DRAFT:
        return
    with clock.frozen(begun + timedelta(minutes=25)):
        await service.submit(session, citizen, application.id)
    with clock.frozen(begun + timedelta(hours=1)):
        if case.end is State.WITHDRAWN:
            await service.withdraw(session, citizen, application.id)
        if case.end in (State.WITHDRAWN, State.SUBMITTED):
            return
        await service.take_up(session, officer, application.id)
    with clock.frozen(begun + timedelta(hours=2)):
        await _judge(session, officer, application, case)
    if case.code == "pbg" and case.end is State.ISSUED:
        with clock.frozen(begun + timedelta(hours=30)):
            await _pay_fee(session, application)
    if case.end is State.EXPIRED:
        with clock.frozen(begun + timedelta(days=catalogue.find(case.code).fee.pay_within_days, hours=3)):
            await service.pursue(session)


async def _filled(session: AsyncSession, citizen: Actor, case: Case) -> Application:
    application = await service.start(session, citizen, case.code)
    await service.fill(session, citizen, application.id, _answers(citizen, case))
    for name in DOCUMENTS[case.code]:
        paper = pictures.document(name.replace("_", " "))
        upload = await files.look_into(citizen, data=paper, filename=f"{name}.jpg", purpose=service.PURPOSE)
        await service.attach(session, citizen, application.id, name, upload)
    if catalogue.find(case.code).slot is not None:
        await service.open_slots(session)
        free = await queries.free_slots(session, case.code)
        await service.book_slot(session, citizen, application.id, free[case.number % len(free)].id)
    return application


async def _judge(session: AsyncSession, officer: Actor, application: Application, case: Case) -> None:
    steps = [step.code for step in catalogue.find(case.code).steps]
    if case.end is State.CORRECTION:
        asked = [{"target": "tempat_lahir", "message": "Tulis seperti pada surat keterangan lahir."}]
        await service.ask_correction(session, officer, application.id, asked)
    elif case.end is State.REJECTED:
        await service.reject(session, officer, application.id, "Berkas milik orang lain. Silakan ajukan lagi dengan berkas sendiri.")
    elif case.end is State.IN_REVIEW:
        await _steps(session, officer, application, steps[: case.number % 2])
    else:
        await _steps(session, officer, application, steps[:-1])
        if catalogue.find(case.code).fee.kind == "levied":
            await service.set_levy(session, officer, application.id)
        await _steps(session, officer, application, steps[-1:])


async def _steps(session: AsyncSession, officer: Actor, application: Application, codes: Sequence[str]) -> None:
    for code in codes:
        await service.complete_step(session, officer, application.id, code)


async def _pay_fee(session: AsyncSession, application: Application) -> None:
    assert application.fee_intent_id is not None, "a levied case that is approved waits for its fee"
    await till.pay(session, application.fee_intent_id)
    intent = await payments.by_id(session, application.fee_intent_id)
    await service.on_paid(session, application.id, intent.id, intent.amount)


def _citizen(number: int) -> str:
    return "ibu" if number in OF_THE_MOTHER else people.buyer_keys()[1 + number % people.BUYERS]


def _answers(citizen: Actor, case: Case) -> dict[str, Any]:
    """Of invented people; the NIKs are well-formed and nobody's."""
    twin = _twin_of(case)
    of = (twin or case).number + 1
    nik, family, place = f"737101410790{of:04d}", f"737101234567{of:04d}", "73.71.01.1001"
    name, sex = CHILDREN[case.number % len(CHILDREN)]
    if case.code == "akta-kelahiran":
        return {
            "nama_anak": f"{name} {citizen.name.split()[-1]}", "jenis_kelamin": sex, "tanggal_lahir": _born(case, twin).isoformat(),
            "tempat_lahir": "Makassar", "anak_ke": "2" if twin else "1", "nama_ibu": citizen.name, "nik_ibu": nik, "nomor_kk": family,
            "orang_tua_menikah": "ibu", "kelurahan": place, "telepon": f"0812345{case.number:05d}",
        }  # fmt: skip
    if case.code == "pbg":
        return {
            "nama_pemilik": citizen.name, "nik": nik, "fungsi": "hunian", "lokasi": f"Jl. Contoh {case.number}", "kelurahan": place,
            "luas_bangunan": str(36 + case.number % 7 * 12),
        }  # fmt: skip
    return {"keperluan": "baru", "nama": citizen.name, "nik": nik, "nomor_kk": family, "tanggal_lahir": "1990-07-01", "kelurahan": place}


def _twin_of(case: Case) -> Case | None:
    """The child that has been in the office's hands for longest is the twin of the one registered first: an officer sees both."""
    told = cases()
    return _first(told, State.ISSUED) if case == _first(told, State.IN_REVIEW) else None


def _born(case: Case, twin: Case | None) -> date:
    """Nine days before the application, or before that of the twin."""
    applied = clock.now() - timedelta(hours=twin.hours - case.hours) if twin else clock.now()
    return applied.astimezone(clock.WITA).date() - timedelta(days=9)
