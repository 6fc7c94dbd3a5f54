"""What comes in and what goes out about carts."""

from uuid import UUID

from pydantic import BaseModel, Field

MOST_KINDS = 50


class PutLine(BaseModel):
    listing_id: UUID
    quantity: int = Field(1, ge=1, le=10_000)


class SetQuantity(BaseModel):
    """0 takes the line out."""

    quantity: int = Field(ge=0, le=10_000)


class CartLineOut(BaseModel):
    """`price` is today's, `seen_price` the one at putting in (rupiah a unit); `free` is how many pieces could be bought now.

    `for_sale` is false when the goods are hidden or gone; such a line counts for nothing.
    """

    listing_id: UUID
    title: str
    unit: str
    picture_id: UUID | None
    quantity: int
    price: int
    seen_price: int
    free: int
    for_sale: bool

    @property
    def amount(self) -> int:
        return self.quantity * self.price if self.for_sale else 0

    @property
    def price_changed(self) -> bool:
        return self.for_sale and self.price != self.seen_price

    @property
    def is_short(self) -> bool:
        return self.for_sale and self.free < self.quantity


class CartShop(BaseModel):
    """One seller's part: it becomes one order."""

    storefront_id: UUID | None
    name: str
    slug: str
    lines: list[CartLineOut]

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)


class CartOut(BaseModel):
    """`total` in rupiah, of what can be bought."""

    shops: list[CartShop]
    total: int
    count: int

    @property
    def lines(self) -> list[CartLineOut]:
        return [line for shop in self.shops for line in shop.lines]

    @property
    def buyable(self) -> list[CartLineOut]:
        return [line for line in self.lines if line.for_sale and not line.is_short]
