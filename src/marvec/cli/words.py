"""What the command line says, in the language of the person's terminal (LC_ALL, LC_MESSAGES, LANG): Indonesian or English.

It stands before the settings and the catalogues of the app: it must speak even when nothing else can be loaded.
"""

import os

from common.embedded.errors import EmbeddedError

INDONESIAN = {
    "already_running": "sudah ada yang berjalan di {path}: hentikan dulu, atau pilih --data lain",
    "port_taken": "port {port} sudah dipakai: coba --port {other}",
    "disk_full": "disk untuk {path} penuh: kosongkan sebagian, lalu mulai lagi",
    "not_writable": "{path} tidak bisa ditulisi: periksa izinnya, atau pilih --data lain",
    "wrong_version": "data ini milik PostgreSQL {data}, program ini PostgreSQL {program}",
    "newer_database": "basis data (versi {database}) lebih baru daripada program ini (versi {code}): perbarui programnya",
    "no_database": "basis data tidak terjangkau: {reason}",
    "not_the_owner": "tabel-tabel tertutup bagi peran {role}: lihat Peran basis data di docs/operations/panduan.md",
    "no_extensions": "peran ini tidak boleh membuat ekstensi {names}: minta superuser menjalankan di basis data {database}: {statement}",
    "migrated": "skema basis data versi {version}",
    "ready": "Marvec siap di {address}   ({seconds:.1f} detik; Ctrl-C untuk berhenti)",
    "accounts": "Akun demo (orang rekaan):",
    "fell": "{name} berhenti ({how}); dinyalakan lagi{later}",
    "hung": "{name} diam sejak {seconds:.0f} detik; dihentikan dan diganti",
    "later": " dalam {pause:.1f} detik",
    "stopping": "Menutup kota...",
    "stopped": "{name} berhenti",
    "closed": "Semua berhenti dengan rapi.",
    "step_database": "basis data",
    "step_queue": "antrean",
    "step_sandbox": "bak pasir pembayaran",
    "step_code": "program",
    "step_schema": "skema",
    "step_seed": "kota demo",
    "step_web": "web",
    "step_worker": "pekerja",
}
ENGLISH = {
    "port_taken": "port {port} is taken: try --port {other}",
    "migrated": "schema of the database at version {version}",
    "ready": "Marvec is ready at {address}   ({seconds:.1f} s; Ctrl-C stops it)",
    "accounts": "Demo accounts (invented people):",
    "fell": "{name} ended ({how}); starting it again{later}",
    "hung": "{name} has been silent for {seconds:.0f} s; ending it",
    "later": " in {pause:.1f} s",
    "stopping": "Closing the city...",
    "stopped": "{name} stopped",
    "closed": "Everything stopped cleanly.",
    "step_database": "database",
    "step_queue": "queue",
    "step_sandbox": "payments sandbox",
    "step_code": "program",
    "step_schema": "schema",
    "step_seed": "demo city",
    "step_web": "web",
    "step_worker": "worker",
}


def indonesian() -> bool:
    """Whether the terminal's language is Indonesian."""
    wanted = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return wanted.startswith("id")


def say(key: str, **facts: object) -> str:
    """The sentence `key` with its facts."""
    return (INDONESIAN if indonesian() else ENGLISH)[key].format(**facts)


def one_line(error: EmbeddedError) -> str:
    """An error as one line: in Indonesian where we have the words, else the error's own."""
    sentence = (INDONESIAN if indonesian() else ENGLISH).get(error.code)
    try:
        return sentence.format(**error.facts) if sentence else str(error)
    except KeyError:
        return str(error)
