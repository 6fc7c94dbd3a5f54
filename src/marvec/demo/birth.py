"""Chapter 5, the birth certificate: one correction, three steps, issued, verified by anybody, revoked."""

import asyncio
from uuid import uuid4

from marvec.demo.checking import download, verify
from marvec.demo.errors import same
from marvec.demo.filing import Case, file
from marvec.demo.people import Person, sign_in
from marvec.demo.scene import BUYERS_KELURAHAN, Stage, states_of

ANSWERS = {
    "nama_anak": "Muhammad Fathir", "jenis_kelamin": "L", "tanggal_lahir": "2026-01-02", "tempat_lahir": "Makassar", "anak_ke": "1",
    "nama_ibu": "Andi Tenrii", "nik_ibu": "7371014107900003", "nomor_kk": "7371012345678901", "orang_tua_menikah": "ibu",
    "kelurahan": BUYERS_KELURAHAN, "telepon": "081234567890",
}  # fmt: skip
DOCUMENTS = ("surat_lahir", "kk", "ktp_ibu")
LIFE = ["submitted", "in_review", "correction", "submitted", "in_review", "in_review", "in_review", "issued"]


async def register_birth(stage: Stage, citizen: Person) -> None:
    report = stage.report
    with report.step("5", "the buyer applies for an akta kelahiran, with documents"):
        officer = stage.came(await sign_in(stage.url, "petugas"))
        case = await file("akta-kelahiran", citizen, officer, ANSWERS, DOCUMENTS)
    with report.step("5", "officer asks for one correction; the citizen mends it"):
        await _correct(case)
    with report.step("5", "officer approves by three steps; each is seen live") as step:
        step.note(await _approve(stage, case))
    with report.step("5", "citizen downloads the PDF; anybody verifies its code") as step:
        code, size = await download(case)
        await verify(stage.url, code, holds=True)
        step.note(f"{code}, {size // 1024} KiB")
    with report.step("5", "officer revokes; the page says so at once"):
        credential_id = (await case.look())["credential_id"]
        await officer.door.post(f"/credentials/{credential_id}/revocation", {"reason": "Demonstrasi: data anak keliru."})
        await verify(stage.url, code, holds=False)


async def _correct(case: Case) -> None:
    await case.desk("review")
    await case.hear("in_review")
    await case.desk("corrections", {"items": [{"target": "nama_ibu", "message": "Tulis seperti di KTP-el."}]})
    await case.hear("correction")
    await case.fill({"nama_ibu": "Andi Tenri"})
    await case.submit()
    await case.hear("submitted", times=2)
    await case.desk("review")
    await case.hear("in_review", times=2)


async def _approve(stage: Stage, case: Case) -> str:
    """The last step is sent while web and worker die: it is sent again under its key, and the certificate is one."""
    await case.step("verifikasi")
    stage.chaos.strike("worker")
    await case.step("pencatatan")
    key, sent = uuid4().hex, asyncio.Event()
    signing = asyncio.create_task(case.step("tanda-tangan", key=key, sent=sent))
    await sent.wait()
    stage.chaos.strike("web")
    signed = await signing
    same((await case.step("tanda-tangan", key=key))["credential_id"], signed["credential_id"], "the certificate of a repeated step")
    await case.hear("issued")
    same(list(states_of(case.citizen, case.channel)), LIFE, "moves that the citizen heard live")
    return await stage.chaos.healed()
