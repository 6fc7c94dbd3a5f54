"""Facts that cross from one room to another: frozen dataclasses, published in the transaction, heard by jobs.

Each hearer gets an outbox row of its own, so one that fails does not hold the others back.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from common import outbox
from common.jobs import job

Event = TypeVar("Event")
HEARERS: dict[type[Any], list[str]] = {}


async def publish(session: AsyncSession, event: object) -> None:
    """Promise that everybody who hears this kind of fact will, once the transaction commits."""
    for name in HEARERS.get(type(event), []):
        await outbox.enqueue(session, name, event=msgspec.to_builtins(event))


def hears(
    kind: type[Event], name: str
) -> Callable[[Callable[[AsyncSession, Event], Awaitable[None]]], Callable[[AsyncSession, Event], Awaitable[None]]]:
    """Register `async def f(session, event)` as the job `name` for facts of `kind`."""

    def register(function: Callable[[AsyncSession, Event], Awaitable[None]]) -> Callable[[AsyncSession, Event], Awaitable[None]]:
        async def run(session: AsyncSession, *, event: dict[str, Any]) -> None:
            await function(session, msgspec.convert(event, kind))

        job(name)(run)
        HEARERS.setdefault(kind, []).append(name)
        return function

    return register


# --- payments


@dataclass(frozen=True)
class PaymentSucceeded:
    """Money of an intent has arrived in full."""

    intent_id: UUID
    purpose: str
    purpose_id: UUID
    amount: int


@dataclass(frozen=True)
class PaymentClosed:
    """An intent ended without money: cancelled or expired."""

    intent_id: UUID
    purpose: str
    purpose_id: UUID


@dataclass(frozen=True)
class PaymentDisputed:
    """The payer's bank disputes a payment, or has decided; `state`: opened, withdrawn, lost or won."""

    intent_id: UUID
    purpose: str
    purpose_id: UUID
    amount: int
    state: str
    dispute_id: UUID


@dataclass(frozen=True)
class PaymentReassigned:
    """An operator decided where money of a payment belongs that nobody had planned to move."""

    intent_id: UUID
    purpose: str
    purpose_id: UUID


@dataclass(frozen=True)
class EvidenceDue:
    """The payer's bank takes evidence until `due_by`, and nobody has handed any to it."""

    intent_id: UUID
    purpose: str
    purpose_id: UUID
    due_by: datetime


@dataclass(frozen=True)
class EvidenceSubmitted:
    """What seller and operator had to say was handed to the payer's bank, which decides now."""

    intent_id: UUID
    purpose: str
    purpose_id: UUID
    dispute_id: UUID


@dataclass(frozen=True)
class SellerAccountChanged:
    """What a shop's account at the provider may do, or what the provider asks for, is another than before.

    `standing` names the new state: who finds another one by now leaves the telling to the later fact. `paused`: it could do more before.
    """

    storefront_id: UUID
    standing: str
    paused: bool


# --- identity


@dataclass(frozen=True)
class PersonConfirmed:
    """More is known of a person than before: an address was confirmed, or the NIK given."""

    person_id: UUID


# --- orders


@dataclass(frozen=True)
class SaleTurnedAway:
    """An order was refused because its seller may not sell more this month (`on`: the city's day)."""

    seller_id: UUID
    on: date


@dataclass(frozen=True)
class OrderMoved:
    """An order entered a new state."""

    order_id: UUID
    reference: str
    state: str
    buyer_id: UUID
    storefront_id: UUID


# --- offers


@dataclass(frozen=True)
class OfferMoved:
    """An offer was made (`open`) or answered, in a conversation about a subject (`listing`, `request`, ...)."""

    offer_id: UUID
    conversation_id: UUID
    subject_kind: str
    subject_id: UUID | None
    state: str


# --- listings


@dataclass(frozen=True)
class ListingPublished:
    """A listing became visible, or changed while visible."""

    listing_id: UUID


# --- chat


@dataclass(frozen=True)
class MessageReported:
    """Somebody asks the house to look at a message. `reason` is what the person wrote."""

    conversation_id: UUID
    seq: int
    reporter_id: UUID
    reason: str


# --- civic


@dataclass(frozen=True)
class PromiseNearsItsDay:
    """The day that an office had promised is near, and the work is not done."""

    subject_kind: str
    subject_id: UUID
    office: str
    due_on: date


@dataclass(frozen=True)
class PromiseBroken:
    """The day that an office had promised has passed; `renewed_due_on` is promised instead."""

    subject_kind: str
    subject_id: UUID
    office: str
    due_on: date
    renewed_due_on: date


@dataclass(frozen=True)
class PromiseEscalated:
    """A broken promise is still not kept, `days_late` working days after its day: `to` the head of the office, or the operator."""

    subject_kind: str
    subject_id: UUID
    office: str
    due_on: date
    to: str
    days_late: int
