"""Pictures for the demonstration's goods, composed here: a ground, a scene by category, and a band of Lontara diamonds.

Drawn at 640 x 480 with plain shapes: one takes 4 ms and weighs some 20 kB. The same thing always looks the same.
"""

import io
import random

from PIL import Image, ImageDraw

from marvec.seed.pictures import dishes, goods, paper, places
from marvec.seed.pictures.ground import SIZE, Painter, diamonds, dusk, table

PAINTERS: dict[str, tuple[Painter, ...]] = {
    "makanan": (dishes.bowl, dishes.plate, dishes.parcel),
    "kue": (dishes.cakes, dishes.tray, dishes.parcel),
    "ikan": (dishes.fish,),
    "tani": (goods.basket, goods.leaves),
    "camilan": (dishes.jar, goods.bag),
    "minuman": (dishes.glass,),
    "kopi": (dishes.cup, goods.bag),
    "rempah": (dishes.jar, goods.basket),
    "katering": (dishes.tray, dishes.cone),
    "sembako": (goods.bag, goods.basket),
    "fashion": (goods.dress, goods.cloth),
    "tenun": (goods.cloth,),
    "kerajinan": (goods.weaving, places.boat),
    "jasa": (goods.tools,),
    "jasa-rumah": (goods.tools, places.house),
    "servis": (goods.phone, goods.tools),
    "acara": (places.tent, dishes.cone),
    "wisata": (places.boat, places.island),
    "kesehatan": (goods.bottle,),
}
BY_WORD: tuple[tuple[str, Painter], ...] = (
    ("songkolo", dishes.parcel), ("ketupat", dishes.parcel), ("buras", dishes.parcel), ("barongko", dishes.parcel),
    ("doko-doko", dishes.parcel), ("pa'piong", dishes.parcel), ("otak-otak", dishes.parcel), ("jalangkote", dishes.cakes),
    ("bakar", dishes.plate),
    ("coto", dishes.bowl), ("sop ", dishes.bowl), ("pallu", dishes.bowl), ("bakso", dishes.bowl), ("kapurung", dishes.bowl),
    ("barobbo", dishes.bowl), ("bassang", dishes.bowl), ("pisang ijo", dishes.bowl), ("nasi", dishes.plate), ("ayam", dishes.plate),
    ("nasu", dishes.plate), ("mie", dishes.plate), ("gado", dishes.plate), ("lawa", dishes.plate), ("sarabba", dishes.cup),
    ("kopi susu", dishes.glass), (" hp", goods.phone), ("laptop", goods.phone), ("minyak", goods.bottle), ("ac cuci", goods.tools),
    ("kulkas", goods.tools), ("motor", goods.tools), ("ban ", goods.tools), ("tukang", goods.tools), ("listrik", goods.tools),
    ("pompa", goods.tools), ("bersih", places.house), ("karpet", places.house), ("laundry", places.house), ("pinisi", places.boat),
    ("perahu", places.boat), ("tenda", places.tent), ("penginapan", places.island),
)  # fmt: skip
"""What the name of a thing tells of how it looks; for the rest the category does."""
UNDER_THE_SKY = frozenset({"wisata", "acara", "jasa-rumah"})


def draw(title: str, category: str, view: int = 0, shop: str = "") -> bytes:
    """A JPEG that is always the same for the same thing of the same shop, and view of it. Alike in every shop is only what is drawn."""
    by_category = random.Random(f"{title}/{category}").choice(PAINTERS.get(category, (goods.bag,)))  # noqa: S311  always the same picture
    painter = next((painter for word, painter in BY_WORD if word in f"{title} ".lower()), by_category)
    dice = random.Random(f"{title}/{category}/{shop}/{view}")  # noqa: S311
    image = Image.new("RGB", SIZE)
    canvas = ImageDraw.Draw(image)
    (dusk if category in UNDER_THE_SKY else table)(canvas, dice)
    painter(canvas, dice)
    diamonds(canvas, dice)
    return _jpeg(image)


def document(title: str) -> bytes:
    """A JPEG of an invented document, as a phone photographs it."""
    image = Image.new("RGB", (480, 640), paper.DESK)
    paper.sheet(ImageDraw.Draw(image), title)
    return _jpeg(image)


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()
