"""Approval, the fee, and the product. Never issued unpaid: the database holds that too (product_never_before_its_fee)."""

import asyncio
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from civic.promises import service as promises
from civic.services import answers as forms
from civic.services import catalogue, products, queries
from civic.services.catalogue import Service
from civic.services.errors import NoProduct
from civic.services.models import Application, State
from civic.services.products import Product, Workshop
from civic.services.service.telling import tell_given_back, tell_move
from common import clock
from common.actor import Actor
from common.audit.reading import Purpose
from common.credentials import certificate as paper
from common.credentials import queries as credentials
from common.credentials import service as issuing
from common.identity import queries as people
from common.payments import service as payments

PURPOSE = "application_fee"
TIME_TO_PAY = timedelta(days=14)  # then a new payment is opened; the fee stays due


async def approve(session: AsyncSession, actor: Actor, application: Application, service: Service) -> None:
    """The last step is done: issue at once when nothing is due, otherwise open the fee's payment in the same commit."""
    application.move_to(State.APPROVED, by=actor.person_id)
    await session.flush()  # one history row a move
    if not application.fee:
        return await _issue(session, actor, application, service)
    await _open_payment(session, application, application.fee)
    wait_for_money(application, service)
    application.move_to(State.AWAITING_PAYMENT, by=actor.person_id)
    await promises.pause(session, application.id)
    await tell_move(session, application)
    return None


async def ask_for_another_sum(session: AsyncSession, application: Application, service: Service) -> None:
    """The fee of a file that waits for its money was corrected (the file is locked): its payment is replaced, its time begins anew.

    A payment of the old sum that cannot be stopped any more is given back when it arrives (`on_paid`).
    """
    assert application.fee is not None and application.fee_intent_id is not None, "the file waits for its money"
    if application.fee == 0:
        await payments.cancel_intent(session, application.fee_intent_id)
        await promises.resume(session, application.id)
        return await _issue(session, await _signer(session, application), application, service)
    wait_for_money(application, service)
    application.fee_intent_id = await payments.replace_intent(
        session, application.fee_intent_id, amount=application.fee, expires_at=clock.now() + TIME_TO_PAY
    )
    return None


def wait_for_money(application: Application, service: Service) -> None:
    """From now on: reminders, then the last day."""
    now, fee = clock.now(), service.fee
    application.fee_reminders = 0
    application.fee_due_at = now + timedelta(days=fee.pay_within_days)
    application.fee_notice_at = now + timedelta(days=min(fee.remind_after_days, default=fee.pay_within_days))


async def on_paid(session: AsyncSession, application_id: UUID, intent_id: UUID, amount: int) -> None:
    """The fee has arrived. For a case that ended meanwhile, a second payment, or a sum that was corrected, the money goes back in full."""
    application = await queries.for_update(session, application_id)
    if application.fee_settled_at is not None and application.fee_intent_id == intent_id:
        return None
    if application.state != State.AWAITING_PAYMENT or application.fee_intent_id != intent_id:
        await payments.refund(session, intent_id=intent_id, amount=amount, reason="application_closed")
        return None
    if amount != application.fee:
        return await _paid_an_old_sum(session, application, intent_id, amount)
    service = catalogue.find(application.service, application.version)
    await payments.settle_fee(session, intent_id, application.office)
    application.fee_settled_at = clock.now()
    await session.flush()
    await promises.resume(session, application.id)
    await _issue(session, await _signer(session, application), application, service)
    return None


async def _paid_an_old_sum(session: AsyncSession, application: Application, intent_id: UUID, amount: int) -> None:
    """While the fee was corrected somebody paid what it had been: all of it goes back, and the new sum can be paid."""
    assert application.fee is not None, "a file that waits for money has a fee"
    await payments.refund(session, intent_id=intent_id, amount=amount, reason="levy_corrected")
    await _open_payment(session, application, application.fee)
    await tell_given_back(session, application, amount)


async def on_payment_closed(session: AsyncSession, application_id: UUID, intent_id: UUID) -> None:
    """A payment ended without money: the fee is still due, so a new one is opened."""
    application = await queries.for_update(session, application_id)
    if application.state != State.AWAITING_PAYMENT or application.fee_intent_id != intent_id or application.fee is None:
        return
    await _open_payment(session, application, application.fee)
    await tell_move(session, application)


async def certificate(session: AsyncSession, actor: Actor, application_id: UUID) -> tuple[str, bytes]:
    """File name and bytes of the product's PDF, for the applicant and the office. Raises NoProduct while there is none."""
    application = await queries.visible(session, actor, application_id, Purpose.CERTIFICATE)
    credential = await credentials.of_application(session, application.id)
    service = catalogue.of_case(application.service, application.version, application.office)
    if credential is None or service.product is None:
        raise NoProduct
    answers = forms.unseal(application.id, application.answers)
    lines = await _workshop(service).lines(session, application, answers)
    data = await asyncio.to_thread(paper.render, credential, office_name=service.office_name, lines=lines)
    return f"{service.code}-{credential.code}.pdf", data


async def _open_payment(session: AsyncSession, application: Application, fee: int) -> None:
    intent = await payments.open_intent(
        session,
        payer_id=application.applicant_id,
        purpose=PURPOSE,
        purpose_id=application.id,
        amount=fee,
        expires_at=clock.now() + TIME_TO_PAY,
    )
    application.fee_intent_id = intent.id


async def _issue(session: AsyncSession, officer: Actor, application: Application, service: Service) -> None:
    by = officer.person_id
    if service.product is not None:
        product = await _workshop(service).make(session, officer, application, forms.unseal(application.id, application.answers))
        credential = await issuing.issue(
            session,
            officer,
            kind=service.product.kind,
            title=service.product.title.id,
            holder_id=application.applicant_id,
            subject=product.subject,
            office=application.office,
            application_id=application.id,
            valid_until=_valid_until(service),
        )
        application.credential_id = credential.id
    application.move_to(State.ISSUED, by=by)
    await promises.end(session, application.id, done=True)
    await tell_move(session, application)


async def _signer(session: AsyncSession, application: Application) -> Actor:
    """Who did the last step signs the product, also when the payment arrives later."""
    last = (await queries.steps(session, application.id))[-1]
    names = await people.names_of(session, [last.done_by])
    return Actor(last.done_by, names.get(last.done_by, ""))


def _valid_until(service: Service) -> date | None:
    """The same day, so many years on (28 February for a 29th)."""
    if service.product is None or service.product.valid_years is None:
        return None
    today = clock.today()
    try:
        return today.replace(year=today.year + service.product.valid_years)
    except ValueError:
        return today.replace(year=today.year + service.product.valid_years, day=28)


def _workshop(service: Service) -> Workshop:
    """The room that makes this product, or the plain form: the public answers, and all answers on paper."""
    assert service.product is not None
    return products.WORKSHOPS.get(service.product.kind, PLAIN)


async def _make_plain(_session: AsyncSession, _officer: Actor | None, application: Application, answers: forms.Answers) -> Product:
    return Product(products.public_subject(catalogue.find(application.service, application.version), answers))


async def _plain_lines(_session: AsyncSession, application: Application, answers: forms.Answers) -> list[tuple[str, str]]:
    questions = catalogue.find(application.service, application.version).questions
    return [(str(one.label), forms.shown(one, answers[one.name], masked=True)) for one in questions if answers.get(one.name)]


PLAIN = Workshop(_make_plain, _plain_lines)
