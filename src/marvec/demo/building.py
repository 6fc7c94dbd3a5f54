"""Chapter 5, the building approval: the officer sets a levy, and nothing is issued before it is paid."""

from marvec.demo.checking import download, verify
from marvec.demo.errors import same
from marvec.demo.filing import Case, file
from marvec.demo.people import Person, sign_in
from marvec.demo.scene import BUYERS_KELURAHAN, Stage, states_of
from marvec.demo.till import start

LEVY = 270_000
ANSWERS = {
    "nama_pemilik": "Andi Tenri", "nik": "7371014107900003", "fungsi": "hunian", "lokasi": "Jl. Contoh 12", "luas_bangunan": "60",
    "kelurahan": BUYERS_KELURAHAN,
}  # fmt: skip
DOCUMENTS = ("bukti_tanah", "pbb", "gambar")


async def approve_building(stage: Stage, citizen: Person) -> None:
    report = stage.report
    with report.step("5", "the same citizen applies for a PBG"):
        officer = stage.came(await sign_in(stage.url, "perizinan"))
        case = await file("pbg", citizen, officer, ANSWERS, DOCUMENTS)
    with report.step("5", "officer sets the levy and approves: not issued unpaid") as step:
        await _approve(case)
        step.note("Rp270.000 due, no certificate yet")
    with report.step("5", "citizen pays the levy; only then it is issued, once") as step:
        await _pay(stage, case)
        code, _ = await download(case)
        await verify(stage.url, code, holds=True)
        step.note(code)
        step.note(await stage.chaos.healed())


async def _approve(case: Case) -> None:
    await case.desk("review")
    await case.officer.door.put(f"/desk/applications/{case.id}/levy", {"amount": LEVY})
    for code in ("periksa", "tpa", "penetapan"):
        await case.step(code)
    await case.hear("awaiting_payment")
    refused = await case.citizen.door.answer_of("GET", f"/api/v1/applications/{case.id}/certificate")
    same(refused.status_code, 404, "the answer to asking for the certificate before the levy is paid")


async def _pay(stage: Stage, case: Case) -> None:
    intent_id = (await case.look())["fee_intent_id"]
    till = await start(case.citizen, intent_id)
    await till.pay()
    stage.chaos.strike("worker", "web")
    await case.hear("issued")
    same(list(states_of(case.citizen, case.channel)).count("issued"), 1, "times that the citizen heard of the issue")
    payment = await case.citizen.door.get(f"/payments/{intent_id}")
    same((payment["state"], payment["amount"], payment["refunded"]), ("succeeded", LEVY, 0), "the levy's payment")
