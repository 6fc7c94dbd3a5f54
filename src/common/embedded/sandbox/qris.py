"""A dynamic QRIS code: the text that a bank app reads. Of our own sandbox: the merchant is nobody's, no bank accepts it.

Source: EMVCo QR Code Specification for Payment Systems, Merchant-Presented Mode 1.1, tags as in Bank Indonesia's QRIS.
"""

_MERCHANT = "MARVEC KOTAK PASIR"
_CITY = "MAKASSAR"
_NUMBER = "9360000000000000000"  # a PAN of no institution


def payload(reference: str, amount: int) -> str:
    """The code for one payment of `amount` sen (Rp 1 is 100), `reference` is what comes back with the payment (up to 25 characters)."""
    rupiah = f"{amount // 100}.{amount % 100:02}" if amount % 100 else str(amount // 100)
    merchant = _tag("00", "ID.CO.QRIS.WWW") + _tag("01", _NUMBER) + _tag("03", "UMI")
    body = "".join((
        _tag("00", "01"), _tag("01", "12"), _tag("26", merchant), _tag("52", "5399"), _tag("53", "360"), _tag("54", rupiah),
        _tag("58", "ID"), _tag("59", _MERCHANT), _tag("60", _CITY), _tag("62", _tag("05", reference[-25:])), "6304",
    ))  # fmt: skip
    return body + f"{crc16(body.encode()):04X}"


def crc16(data: bytes) -> int:
    """CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xFFFF (EMVCo, tag 63)."""
    value = 0xFFFF
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1) ^ 0x1021 if value & 0x8000 else value << 1
        value &= 0xFFFF
    return value


def _tag(number: str, value: str) -> str:
    return f"{number}{len(value):02}{value}"
