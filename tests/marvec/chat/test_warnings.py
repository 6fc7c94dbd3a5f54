"""Who asks for a code, or plays the officer, is shown up to the receiver; ordinary trade talk is left alone."""

import pytest

from marvec.chat.warnings import SENTENCES, rules, warning_of
from tests.marvec.chat.make import conversation, person, say


@pytest.mark.parametrize(
    "text",
    [
        "Kirim kode OTP-nya sekarang ya",
        "tolong kasih tau kode yang masuk di hp ta",
        "Berapa kode verifikasinya pak?",
        "mana kode yang 6 angka itu, cepat",
        "Kode OTP sudah masuk? kirimkan ke saya",
        "sebutkan PIN dan sandi anda",
        "please send me the code you received",
        "Balas dengan k0de? tidak, balas dengan kode yang tadi",
    ],
)
def test_asking_for_a_code_is_warned_of(text: str) -> None:
    assert warning_of(text) == "asks_for_code"


@pytest.mark.parametrize(
    "text",
    [
        "Saya petugas Dukcapil, aktivasi IKD Bapak harus hari ini",
        "Dari Disdukcapil Makassar: klik tautan ini untuk KTP digital",
        "Untuk aktifkan IKD transfer biaya administrasi Rp 50.000",
        "Identitas Kependudukan Digital Anda belum aktif. Unduh apk berikut",
    ],
)
def test_playing_the_officer_is_warned_of(text: str) -> None:
    assert warning_of(text) == "fake_officer"


@pytest.mark.parametrize(
    "text",
    [
        "Kirim kode pos rumah ta’ supaya ongkirnya bisa dihitung",
        "Minta kode warna yang merah, kak",
        "Jangan berikan kode OTP kepada siapa pun!",
        "Bisa kirim besok pagi? Berapa ongkirnya ke Tamalate?",
        "Songkolo 20 porsi, antar ke Antang, bayar di tempat",
        "KTP sudah saya kirim ke kantor kelurahan",
        "Aktivasi IKD hanya di kantor, jangan percaya yang lewat telepon",
        "Kasih saya diskon sedikit kah?",
        "pin bros bunga masih ada? kirim fotonya",
    ],
)
def test_ordinary_talk_is_left_alone(text: str) -> None:
    assert warning_of(text) is None


def test_every_rule_has_its_sentence() -> None:
    assert {rule.code for rule in rules()} == SENTENCES.keys()


async def test_the_warning_stands_with_the_message(database: None) -> None:
    daeng = person()
    talk = await conversation(daeng, person())
    assert (await say(daeng, talk, "Kirim kode OTP ta’")).warning == "asks_for_code"
    assert (await say(daeng, talk, "Kirim songkolo ta’")).warning is None
