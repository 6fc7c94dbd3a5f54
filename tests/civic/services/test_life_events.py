"""People ask in their own words, and are led to the service that they mean; an emergency comes before all else."""

import pytest

from civic.services import life_events


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("punya anak", "akta-kelahiran"), ("istriku melahirkan", "akta-kelahiran"), ("bapakku meninggal", "akta-kematian"),
        ("KTP hilang", "ktp-el"), ("mau urus imb rumah", "pbg"), ("anakku demam", "antrean-puskesmas"), ("ini hoaks?", "klarifikasi-hoaks"),
        ("ada pungli di kantor lurah", "aduan-inspektorat"), ("pindah rumah ke Tallo", "pindah-datang"), ("buka usaha kue", "nib"),
    ],
)  # fmt: skip
def test_peoples_words_lead_to_the_service(text: str, service: str) -> None:
    assert service in [event.service for event in life_events.find(text)]


@pytest.mark.parametrize("text", ["darurat", "rumah terbakar", "kebakaran di lorong", "ada orang pingsan", "suami pukul, KDRT", "112"])
def test_an_emergency_comes_first(text: str) -> None:
    assert life_events.find(text)[0].emergency


@pytest.mark.parametrize("text", ["songkolo bagadang", "Konro bakar", "Bolu bakar", "sarung sutra", "", "kue", "   "])
def test_goods_are_no_services(text: str) -> None:
    assert life_events.find(text) == []
