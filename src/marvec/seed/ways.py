"""The ways that seeded orders went: to every state of the machine, by everybody who may move them. Hours are counted from the placing."""

from dataclasses import dataclass

from marvec.orders.machine import Handover, OrderState, Party

_S, _B, _L, _O, _T, _P = OrderState, Party.BUYER, Party.SELLER, Party.OPERATOR, Party.TIMER, Party.PAYMENT


@dataclass(frozen=True)
class Move:
    """`refund`: basis points of the total that an operator gives back."""

    to: OrderState
    by: Party
    hours: float
    because: str = ""
    refund: int = 0


@dataclass(frozen=True)
class Way:
    """`ago`: how long ago such an order was placed, for those that are still open: inside the patience of their state."""

    moves: tuple[Move, ...]
    handover: Handover = Handover.COURIER
    share: int = 0
    ago: float = 0.0

    @property
    def end(self) -> OrderState:
        return self.moves[-1].to if self.moves else OrderState.PLACED


_PAID, _ACCEPTED, _SHIPPED = Move(_S.PAID, _P, 0.05), Move(_S.ACCEPTED, _L, 0.6), Move(_S.SHIPPED, _L, 3)
_SENT = (_PAID, _ACCEPTED, _SHIPPED)
_READY = (_PAID, _ACCEPTED, Move(_S.READY, _L, 2))
_BROKEN = Move(_S.DISPUTED, _B, 12, "Dua bungkus sampai dalam keadaan rusak.")

OVER = (
    Way((*_SENT, Move(_S.COMPLETED, _B, 7)), share=42),
    Way((*_READY, Move(_S.COMPLETED, _B, 5)), Handover.PICKUP, share=24),
    Way((*_SENT, Move(_S.DELIVERED, _L, 8), Move(_S.COMPLETED, _T, 80)), share=12),
    Way((*_SENT, _BROKEN, Move(_S.COMPLETED, _O, 30, "Sebagian barang rusak: sebagian uang dikembalikan.", 3000)), share=3),
    Way((*_SENT, Move(_S.DELIVERED, _L, 8), _BROKEN, Move(_S.CANCELLED, _O, 36, "Barang tidak sesuai foto.")), share=2),
    Way((_PAID, Move(_S.DECLINED, _L, 1, "Maaf, bahan sedang habis.")), share=4),
    Way((_PAID, Move(_S.CANCELLED, _B, 0.4, "Salah pilih jumlah.")), share=3),
    Way((_PAID, Move(_S.CANCELLED, _T, 24.1)), share=2),
    Way((Move(_S.CANCELLED, _B, 0.1),), share=3),
    Way((Move(_S.EXPIRED, _T, 0.26),), share=5),
)
OPEN = (
    Way((*_SENT, _BROKEN), ago=20),
    Way((*_SENT, Move(_S.DELIVERED, _L, 9)), ago=16),
    Way(_READY, Handover.PICKUP, ago=9),
    Way(_SENT, ago=6),
    Way((_PAID, _ACCEPTED), ago=2),
    Way((_PAID,), ago=0.6),
    Way((), ago=0.0),
)
