"""What an invented shop sells: the city's ordinary goods of its trade, then variants of them."""

from dataclasses import dataclass
from functools import lru_cache

from marvec.listings import goods
from marvec.seed.moments import dice_of
from marvec.seed.people import InventedShop

TRADES = {
    "kopi-minuman": ("kopi", "minuman"),
    "tenun-fashion": ("tenun", "fashion"),
    "katering-acara": ("katering", "acara"),
    "jasa-kesehatan": ("kesehatan", "jasa"),
    "camilan": ("camilan", "rempah"),
}
EATEN = frozenset({"makanan", "kue", "ikan", "tani", "camilan", "minuman", "kopi", "rempah"})
VARIANTS_EATEN = (("paket keluarga", 3.6), ("pilihan pagi", 1.05), ("ukuran besar", 1.5), ("untuk oleh-oleh", 1.3))
SERVED = frozenset({"servis", "jasa", "jasa-rumah", "kesehatan", "wisata", "acara"})
VARIANTS_SERVED = (("akhir pekan", 1.15), ("hari ini juga", 1.3), ("paket hemat", 0.9), ("luar kecamatan", 1.2))
VARIANTS_MADE = (("pesanan khusus", 1.4), ("untuk hadiah", 1.15), ("paket hemat", 0.9), ("antar ke rumah", 1.2))
KINDRED = (
    {"Ganti layar HP", "Ganti baterai HP", "Servis laptop"},
    {"Servis motor ringan", "Tambal ban panggilan"},
    {"Servis AC cuci", "Servis kulkas dan mesin cuci"},
    {"Instalasi listrik rumah", "Servis pompa air"},
    {"Tukang batu harian", "Servis pompa air"},
    {"Sedot WC", "Servis pompa air"},
    {"Cuci karpet dan sofa", "Laundry kiloan", "Bersih-bersih rumah"},
    {"Angkut barang pindahan", "Bersih-bersih rumah"},
    {"Perawatan ibu dan bayi oleh bidan", "Rawat luka oleh perawat"},
    {"Khitan (sunat) anak", "Rawat luka oleh perawat"},
    {"Pijat urut rumahan", "Minyak gosok tradisional"},
    {"Sabun wajah buatan rumah", "Minyak gosok tradisional"},
    {"Les privat SD-SMP", "Cetak foto dan fotokopi"},
    {"Ojek langganan sekolah", "Les privat SD-SMP"},
)
"""Who does the first of these may well do the others; nobody who mends telephones also circumcises."""


UNTELLING = frozenset({"servis", "rumah", "lorong", "kecil", "daeng", "segar"})


@dataclass(frozen=True)
class Item:
    """One thing on a shelf; `price` in rupiah for one `unit`."""

    title: str
    description: str
    category: str
    unit: str
    price: int
    lead_minutes: int
    stock: int


def shelf(shop: InventedShop, count: int) -> list[Item]:
    """Always the same `count` things for the same shop, none of which the law keeps for holders of a credential."""
    dice = dice_of("shelf", shop.name)
    trades = TRADES.get(shop.category, (shop.category,))
    free = _free()
    own = [good for good in free if good.category in trades]
    if len(own) * (1 + len(VARIANTS_EATEN)) < count:  # most snacks need a credential: such a shop sells other food as well
        own += [good for good in free if good.category in ("makanan", "kue")]
    dice.shuffle(own)
    own.sort(key=lambda good: -_told(shop.name, good))
    kindred = _kindred(own[0].name)
    own = sorted((good for good in free if good.name in kindred), key=lambda good: -_told(shop.name, good)) or own
    wanted = [(good, "", 1.0) for good in own]
    for number in range(len(VARIANTS_EATEN)):
        wanted += [(good, *_variants(good)[number]) for good in own]
    return [_item(good, word, factor * dice.uniform(0.88, 1.16), dice.choice((3, 8, 20, 40, 60))) for good, word, factor in wanted[:count]]


@lru_cache(maxsize=1)
def _free() -> tuple[goods.Good, ...]:
    """What anybody may sell."""
    return tuple(good for good in goods.all_goods() if goods.credential_of(good) is None)


def _kindred(name: str) -> set[str]:
    return next((together for together in KINDRED if name in together), set())


def _variants(good: goods.Good) -> tuple[tuple[str, float], ...]:
    return VARIANTS_EATEN if good.category in EATEN else VARIANTS_SERVED if good.category in SERVED else VARIANTS_MADE


def _item(good: goods.Good, word: str, factor: float, stock: int) -> Item:
    name = good.name[:1].upper() + good.name[1:]
    price = max(500, round(good.price * factor / 500) * 500)
    return Item(f"{name} {word}".strip(), f"{good.meaning}.", good.category, good.unit, price, good.lead_minutes, stock)


def _told(shop: str, good: goods.Good) -> int:
    """How much the name of a shop tells of a thing: a word of its name counts more than one of its description."""
    said = _words(shop)
    return 2 * len(said & _words(good.name)) + len(said & _words(good.meaning))


def _words(text: str) -> set[str]:
    """Without what stands in every other name; of the short ones only abbreviations (AC, HP, WC)."""
    words = {word.strip(".,'()") for word in text.replace("-", " ").split()}
    return {word.lower() for word in words if len(word) > 3 or (len(word) > 1 and word.isupper())} - UNTELLING
