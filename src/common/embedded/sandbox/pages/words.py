"""The words of the pages in both languages. The sandbox stands alone, so it carries its own instead of the app's catalogue."""

LANGUAGES = ("id", "en")
_WORDS = {
    "title": ("Bayar", "Pay"),
    "sandbox": (
        "Ini halaman latihan: tidak ada uang sungguhan yang berpindah.",
        "This is a practice page: no real money moves.",
    ),
    "amount": ("Jumlah", "Amount"),
    "order": ("Untuk", "For"),
    "by_card": ("Kartu", "Card"),
    "number": ("Nomor kartu", "Card number"),
    "number_help": (
        "Pakai nomor uji di bawah. Jangan isi nomor kartu sungguhan.",
        "Use a test number from below. Never type a real card number.",
    ),
    "pay": ("Bayar", "Pay"),
    "decline": ("Batal membayar", "Cancel the payment"),
    "decline_help": ("Anda kembali ke Marvec tanpa membayar.", "You go back to Marvec without paying."),
    "tests": ("Nomor uji", "Test numbers"),
    "test_ok": ("berhasil", "succeeds"),
    "test_declined": ("ditolak bank", "declined by the bank"),
    "test_funds": ("saldo tidak cukup", "insufficient funds"),
    "test_secure": ("minta 3-D Secure", "asks for 3-D Secure"),
    "test_dispute": ("berhasil, lalu disengketakan", "succeeds, then is disputed"),
    "by_qris": ("QRIS", "QRIS"),
    "show_code": ("Tampilkan kode QRIS", "Show the QRIS code"),
    "code_alt": ("Kode QRIS untuk pembayaran ini", "QRIS code for this payment"),
    "scan_help": (
        "Ini pengganti aplikasi bank: tekan tombol di bawah seolah-olah kodenya sudah dipindai.",
        "This stands in for the bank app: press the button below as if you had scanned the code.",
    ),
    "code_ends": ("Berlaku sampai pukul %s WITA", "Valid until %s WITA"),
    "scanned": ("Saya sudah memindai: bayar", "I have scanned it: pay"),
    "secure": ("Pemeriksaan 3-D Secure", "3-D Secure check"),
    "secure_help": (
        "Bank penerbit kartu bertanya: apakah Anda sendiri yang membayar?",
        "The card’s bank asks: are you the one who is paying?",
    ),
    "approve": ("Ya, setujui", "Yes, approve"),
    "reject": ("Bukan saya, tolak", "Not me, reject"),
    "under_way": (
        "Anda sudah membayar. Bank akan menjawab sebentar lagi.",
        "You have paid. The bank will answer in a moment.",
    ),
    "paid": ("Pembayaran berhasil.", "The payment succeeded."),
    "not_paid": ("Pembayaran tidak jadi. Tidak ada uang yang diambil.", "The payment did not go through. No money was taken."),
    "closed": ("Pembayaran ini sudah ditutup.", "This payment is closed."),
    "go_back": ("Kembali ke Marvec", "Back to Marvec"),
    "try_again": ("Coba lagi", "Try again"),
    "not_found": (
        "Halaman ini tidak ada, atau tautannya tidak berlaku lagi. Mulai lagi dari Marvec.",
        "There is no such page, or its link has expired. Start again from Marvec.",
    ),
    "not_now": ("Keadaan pembayaran sudah berubah. Muat ulang halaman ini.", "The payment has changed in the meantime. Reload this page."),
    "card_declined": ("Kartu ditolak. Coba kartu lain.", "The card was declined. Try another one."),
    "incorrect_number": ("Nomor kartu keliru. Periksa lagi angkanya.", "The card number is wrong. Check its digits."),
    "expired_card": ("Kartu sudah kedaluwarsa. Coba kartu lain.", "The card has expired. Try another one."),
    "incorrect_cvc": ("Kode keamanan kartu keliru. Periksa lagi.", "The card’s security code is wrong. Check it again."),
    "payment_intent_authentication_failure": (
        "Pemeriksaan 3-D Secure gagal. Coba lagi, atau pakai kartu lain.",
        "The 3-D Secure check failed. Try again, or use another card.",
    ),
    "payment_intent_payment_attempt_expired": (
        "Kode QRIS tidak berlaku lagi. Tampilkan kode baru.",
        "The QRIS code has expired. Show a new one.",
    ),
    "payment_method_customer_decline": ("Pembayaran dibatalkan.", "The payment was cancelled."),
    "onboard": ("Buka rekening penerima", "Open an account for payouts"),
    "onboard_help": (
        "Di Stripe yang sungguhan, penjual mengisi data usaha dan rekening banknya di sini.",
        "On the real Stripe, sellers fill in their business and bank details here.",
    ),
    "onboard_done": ("Selesai dan kembali", "Finish and go back"),
    "other_language": ("English", "Bahasa Indonesia"),
}
WORDS = {language: {name: both[place] for name, both in _WORDS.items()} for place, language in enumerate(LANGUAGES)}
