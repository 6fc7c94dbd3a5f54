"""Dates, times, money and distances as people here write them (`Kamis, 3 Desember 2026`, `pukul 08.00 WITA`, `Rp25.000`, `1,2 km`)."""

from datetime import date, datetime, timedelta, timezone

from common.i18n.locales import language

WITA = timezone(timedelta(hours=8), "WITA")
"""Makassar's time, without daylight saving. `common.clock` has the same; languages stand below it."""

DAYS = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS = {
    "id": ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"),
}


def tanggal(day: date | datetime, *, weekday: bool = True, short: bool = False) -> str:
    """A date: `Kamis, 3 Desember 2026`; `short`: `3 Des 2026`. An aware datetime is taken in WITA."""
    local = day.astimezone(WITA) if isinstance(day, datetime) else day
    month = MONTHS[language()][local.month - 1]
    plain = f"{local.day} {month[:3] if short else month} {local.year}"
    return f"{DAYS[language()][local.weekday()]}, {plain}" if weekday and not short else plain


def jam(moment: datetime) -> str:
    """The time of day in WITA: `pukul 08.00 WITA`; English `08:00 WITA`."""
    local = moment.astimezone(WITA)
    return f"pukul {local:%H.%M} WITA" if language() == "id" else f"{local:%H:%M} WITA"


def waktu(moment: datetime, *, short: bool = False) -> str:
    """Date and time in WITA: `Kamis, 3 Desember 2026, pukul 08.00 WITA`; `short`: `3 Des 2026, 08.00`."""
    if not short:
        return f"{tanggal(moment)}, {jam(moment)}"
    clock = moment.astimezone(WITA).strftime("%H.%M" if language() == "id" else "%H:%M")
    return f"{tanggal(moment, short=True)}, {clock}"


def rupiah(amount: int) -> str:
    """Whole rupiah: `Rp25.000`; English `Rp25,000`; a negative amount is `-Rp25.000`."""
    digits = f"{abs(amount):,}"
    return f"{'-' if amount < 0 else ''}Rp{digits.replace(',', '.') if language() == 'id' else digits}"


def jarak(km: float) -> str:
    """A distance given in kilometres: `350 m` (rounded to 50 m) below one, `1,2 km` below ten, then `12 km`."""
    if km < 0.975:
        return f"{max(50, round(km * 20) * 50)} m"
    number = f"{km:.1f}" if km < 9.95 else f"{km:.0f}"
    return f"{number.replace('.', ',') if language() == 'id' else number} km"
