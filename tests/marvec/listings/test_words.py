"""What titles name, and what nobody may sell: both are told from innocent neighbours."""

import pytest

from marvec.listings import goods, naming, prohibited

FORBIDDEN = """
Sabu murah|s4bu|s a b u|S.A.B.U|s-a-b-u siap antar|saabu|sabuu|5abu|s@bu|sabu-sabu|s*bu|sаbu|pist0l|Pistol rakitan|p i s t o l|P1stol|pisto1
pistoll|KTP palsu|ktp aspal|SIM tembak|jasa ijazah palsu|k t p palsu|KTP p4lsu
palsu sertifikat tanah|ijazah S1 tanpa kuliah|buku nikah palsu
gan-ja kering|g4nja|ganja|kok41n|h3roin|heroim|marijuan|exstasi|pil koplo|narkobaa|sinte gorila|tramadol|obat aborsi|uang palsu|Upal
senjata api|papporo|granat|amunisi 9mm|detonatr|bom ikan|telur penyu
"""
INNOCENT = """
sabun|sabun cuci|sabuk kulit|pistol air|pistol mainan anak|Pistol air jumbo|kartu ucapan|sambu|sambusa|labu|sapu ijuk|satu|tenun Sabu
Sarung Sabu asli|gigi palsu|bulu mata palsu|bunga palsu|sarung KTP kulit|dompet SIM|kartu SIM perdana|ganjal pintu|gantungan kunci|granit
keramik granit|heroik|kulit sintetis|rumput sintetis|lem tembak|Piston motor|KTP holder|sertifikat laminating|cetak undangan|map ijazah
bingkai ijazah|badik hias|peluru timah pancing|tolak peluru|boneka penyu|kaos kakatua|bom cokelat|bath bomb|kue granat|ekstrak vanili
kacang ginjal|busur derajat|tembakau|kaus stop narkoba|foto KTP|fotokopi KTP|shampo|Shabu shabu daging sapi|Kuah shabu-shabu
Songkolo begadang 24 jam|Pisang ijo 5 porsi|HP 4 GB 64|kaos ukuran 5 XL
"""


def phrases(text: str) -> list[str]:
    return [phrase for phrase in text.replace("\n", "|").split("|") if phrase]


@pytest.mark.parametrize("title", phrases(FORBIDDEN))
def test_what_nobody_may_sell_is_recognised_in_any_spelling(title: str) -> None:
    found = prohibited.found_in(title)
    assert found is not None
    assert found.law


@pytest.mark.parametrize("title", phrases(INNOCENT))
def test_its_innocent_neighbours_are_not(title: str) -> None:
    assert prohibited.found_in(title) is None


def test_none_of_the_city_s_goods_is_prohibited() -> None:
    assert [good.name for good in goods.all_goods() if prohibited.found_in(good.name, good.meaning)] == []


@pytest.mark.parametrize(("title", "certain"), [("Sabu murah", True), ("s4bu", True), ("pistoll", True), ("heroim", False)])
def test_a_slip_of_the_pen_is_only_a_guess(title: str, certain: bool) -> None:
    found = prohibited.found_in(title)
    assert found is not None
    assert found.certain is certain


def test_a_description_is_held_to_certain_spellings() -> None:
    assert prohibited.found_in("Gula pasir", "sebenarnya s4bu") is not None
    assert prohibited.found_in("Gula pasir", "manis, bukan heroim") is None


@pytest.mark.parametrize(
    ("title", "word", "credential"),
    [
        ("Bageaa kenari rumahan", "Bagea", "spp-irt"), ("Baggea kenari", "Bagea", "spp-irt"), ("Oleh-oleh bagea", "Bagea", "spp-irt"),
        ("Kripik singkong pedas", "keripik", "spp-irt"), ("Madu hutan asli", "Madu hutan", "spp-irt"),
        ("Katering harian", "katering", "slhs"),
        ("Abon ayam", "abon", "spp-irt"), ("Jalangkotte", "Jalangkote", None), ("Kopi green bean Toraja", "Kopi green bean Toraja", None),
        ("Khitan (sunat) anak", "Khitan (sunat) anak", "sip"),
    ],
)  # fmt: skip
def test_a_title_names_its_good_however_it_is_spelt(title: str, word: str, credential: str | None) -> None:
    found = naming.named_in(title)
    assert found is not None
    assert (found.word, found.credential) == (word, credential)


@pytest.mark.parametrize(
    "title", ["Mesin kopi", "Roti bakar madu", "Gado-gado + kerupuk", "Kacang rebus", "Bagel keju", "Kue abon", "Cetakan bagea"]
)
def test_a_thing_for_or_with_a_gated_good_is_not_that_good(title: str) -> None:
    found = naming.named_in(title)
    assert found is None or found.credential is None


def test_every_good_of_the_list_is_named_by_its_own_name() -> None:
    assert {good.name for good in goods.all_goods() if (named := naming.named_in(good.name)) is None or named.good != good} == set()


@pytest.mark.parametrize(("said", "word", "same"), [
    ("bageaa", "bagea", True), ("kripik", "keripik", True), ("keripki", "keripik", True), ("bagel", "bagea", False),
    ("sabun", "sabu", False),
    ("songkolo", "songkok", False),
])  # fmt: skip
def test_words_are_the_same_but_for_doubled_letters_and_one_slip_in_long_ones(said: str, word: str, same: bool) -> None:
    assert naming.same_word(said, word) is same
