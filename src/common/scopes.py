"""What an API token can be allowed: the one table of scopes. Routes, sockets and files name them; a test walks all of them.

A token carries some of these or `*`, and is a stranger wherever no scope is asked for. The keys of the account (password, addresses,
factor, tokens, devices) are in no scope: only a browser's session changes them.
"""

from common.i18n import N_

EVERYTHING = "*"
SCOPES = {
    "account:read": N_("membaca data akun"),
    "account:write": N_("mengubah nama, bahasa, NIK, dan alamat kirim"),
    "admin:read": N_("membaca daftar peran"),
    "admin:write": N_("memberi dan mencabut peran"),
    "applications": N_("mengurus permohonan layanan kota"),
    "chat:read": N_("membaca percakapan"),
    "chat:write": N_("menulis pesan"),
    "desk": N_("bekerja di meja kantor"),
    "files:read": N_("membuka berkas pribadi"),
    "identity:check": N_("memeriksa NIK"),
    "ledger:read": N_("membaca buku besar"),
    "ledger:write": N_("memutuskan tentang uang"),
    "listings:read": N_("membaca barang sendiri yang belum tayang"),
    "listings:write": N_("mengubah barang jualan"),
    "live:connect": N_("menerima kabar langsung"),
    "market:read": N_("membaca permintaan dan pencarian tersimpan"),
    "market:write": N_("mengubah permintaan dan pencarian tersimpan"),
    "moderation:read": N_("membaca laporan"),
    "moderation:write": N_("memutuskan laporan"),
    "notifications:read": N_("membaca pemberitahuan"),
    "notifications:write": N_("mengubah pemberitahuan"),
    "operations:read": N_("melihat keadaan sistem"),
    "operations:write": N_("mengulang pekerjaan yang gagal"),
    "orders:read": N_("membaca pesanan"),
    "orders:write": N_("memesan dan mengurus pesanan"),
    "payouts:read": N_("membaca saldo toko"),
    "payouts:write": N_("mengurus rekening toko"),
    "queues": N_("mengambil nomor antrean"),
    "reports:write": N_("melaporkan barang atau pesan"),
    "storefronts:read": N_("membaca toko sendiri"),
    "storefronts:write": N_("mengubah toko"),
}
STAFF = frozenset({
    "admin:read", "admin:write", "desk", "identity:check", "ledger:read", "ledger:write", "moderation:read", "moderation:write",
    "operations:read", "operations:write",
})  # fmt: skip
"""Of use to who holds a role: others are not offered them."""
