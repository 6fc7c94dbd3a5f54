"""A product as anybody checks it: by its code, without signing in."""

from typing import Any

from marvec.demo.door import Door
from marvec.demo.errors import check, same
from marvec.demo.filing import Case

REVOKED = "Dicabut"  # what the page says of a revoked document


async def download(case: Case) -> tuple[str, int]:
    """-> the code that is in the file's name, and the size of the PDF in bytes."""
    paper = await case.citizen.door.ask("GET", f"/api/v1/applications/{case.id}/certificate")
    check(paper.content.startswith(b"%PDF-"), "the certificate is no PDF")
    name = paper.headers["content-disposition"].partition('filename="')[2].rstrip('"').removesuffix(".pdf")
    code = "-".join(name.split("-")[-6:])
    return code, len(paper.content)


async def verify(url: str, code: str, *, holds: bool) -> Any:
    """What anybody sees, as JSON and as a page."""
    anybody = Door(url)
    try:
        credential = await anybody.get(f"/credentials/{code}")
        same(credential["holds"], holds, f"whether {code} holds")
        page = await anybody.ask("GET", f"/cek/{code}", headers={"Accept": "text/html"})
        check(code in page.text, f"/cek/{code} does not show the code")
        same(REVOKED in page.text, not holds, f"whether /cek/{code} says '{REVOKED}'")
    finally:
        await anybody.close()
    return credential
