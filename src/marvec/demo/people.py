"""Who takes part: a way in by HTTP, and an open socket."""

import asyncio
import mailbox
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pyotp

from common import clock
from marvec.demo.door import Door
from marvec.demo.errors import check, same
from marvec.demo.line import Line
from marvec.demo.waiting import until
from marvec.seed.accounts import PASSWORD

CODE = re.compile(r"\b\d{6}\b")


@dataclass
class Person:
    """Somebody who is signed in."""

    id: str
    name: str
    door: Door
    line: Line

    @property
    def inbox(self) -> str:
        """The channel that everybody has."""
        return f"person:{self.id}"

    async def leave(self) -> None:
        await self.line.close()
        await self.door.close()


class Letters:
    """A Maildir that receives what the server sends: where a code is looked for that the server does not show."""

    def __init__(self, folder: Path) -> None:
        self._box = mailbox.Maildir(folder, create=False)

    async def code_for(self, address: str) -> str:
        async def look() -> str | None:
            for letter in self._box:
                if letter["To"] == address and (found := CODE.search(str(letter.get_payload()))):
                    return found[0]
            return None

        return await until(look, f"a letter with a code comes to {address}")


async def sign_up(url: str, name: str, letters: Letters | None) -> Person:
    """A new account with a confirmed address, its token and its socket. The server shows codes (in demonstration mode) or sends letters."""
    door, address, password = Door(url), f"demo-{uuid4().hex[:16]}@marvec.example", f"kata sandi {uuid4().hex}"
    new = await door.post("/people", {"name": name, "email": address, "password": password, "consent": True})
    code = (new["confirmation"] or {}).get("code")
    if code is None and letters is not None:
        code = await letters.code_for(address)
    check(code is not None, "the server does not show confirmation codes: the demonstration needs MARVEC_DEMO=1, or --letters")
    person = await _enter(door, address, password, confirmation=code)
    me = await door.get("/people/me")
    same(me["assurance"], 1, "the level of a confirmed account")
    return person


async def sign_in(url: str, key: str) -> Person:
    """One of the seeded demonstration accounts."""
    return await _enter(Door(url), f"{key}@marvec.example", PASSWORD)


async def _enter(door: Door, address: str, password: str, confirmation: str | None = None) -> Person:
    asked: dict[str, object] = {
        "address": address,
        "password": password,
        "confirmation": confirmation,
        "token": True,
        "name": "marvec demo",
    }
    entered = await door.post("/sessions", asked)
    door.token = entered["token"]
    if (await door.get("/people/me"))["factor_due"]:
        code = await _set_up_authenticator(door.url, asked | {"token": False})
        door.token = (await door.post("/sessions", asked | {"code": code}))["token"]

    async def token() -> str:
        return str((await door.post_plain("/live/tokens"))["token"])

    person = Person(entered["person_id"], entered["name"], door, Line(door.url, token))
    await person.line.open()
    await person.line.subscribe(person.inbox)
    return person


async def _set_up_authenticator(url: str, asked: dict[str, object]) -> str:
    """In production a role counts with a second factor. -> the code to sign in with; the one before it turns the authenticator on."""
    door = Door(url, browser=True)  # keys are changed in a session
    mine = {"X-CSRF-Token": (await door.post("/sessions", asked))["form_token"]}
    begun = await door.ask("POST", "/api/v1/totp", headers=mine | {"Idempotency-Key": uuid4().hex})
    totp, now = pyotp.TOTP(begun.json()["secret"]), clock.now()
    code = {"code": totp.at(now - timedelta(seconds=totp.interval))}
    await door.ask("POST", "/api/v1/totp/confirmations", json=code, headers=mine | {"Idempotency-Key": uuid4().hex})
    await door.close()
    return totp.at(now)


async def all_leave(*people: Person) -> None:
    await asyncio.gather(*(person.leave() for person in people))
