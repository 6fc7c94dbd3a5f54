"""`marvec run`: the whole city on one machine, from the ground up, and down again in the other order."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click

from common.embedded.errors import StartFailed
from common.embedded.folders import Hold, make_private
from common.embedded.processes import die_with_parent, wait_until
from common.embedded.programs import Child, Output
from common.embedded.supervisor import Interrupted, Supervisor, interruptible
from marvec.cli.attach import forget, leave
from marvec.cli.city import City, check_room, check_whole
from marvec.cli.door import listen
from marvec.cli.narrator import TerminalNarrator
from marvec.cli.staff import staff
from marvec.cli.words import say

WEB_SECONDS = 60.0


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--data", default=Path("var"), show_default=True, type=click.Path(path_type=Path), help="Where everything is kept.")
@click.option("--processes", default=1, show_default=True, type=click.IntRange(1, 64), help="Web processes.")
@click.option("--demo/--no-demo", default=True, show_default=True, help="A small demonstration city, when the database is empty.")
def run(host: str, port: int, data: Path, processes: int, demo: bool) -> None:
    """The whole city on this machine: database, queue, payments sandbox, web and worker."""
    if os.environ.get("MARVEC_MODE") == "production":
        from common.settings import Settings  # noqa: PLC0415 - in development nothing can be missing

        Settings()
    data = data.absolute()
    make_private(data)
    hold = Hold(data)
    hold.take(_who_runs(data))
    check_room(data)
    check_whole(data)
    with listen(host, port) as door:
        shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, not bound
        city = City(data, f"http://{shown}:{door.getsockname()[1]}", demo)
        open_city(city, door, processes)
    hold.release()


def open_city(city: City, door: socket.socket, processes: int) -> None:
    """Start everything, watch it until a signal, stop everything."""
    output = Output()
    narrator = TerminalNarrator(output.outlet)
    supervisor = Supervisor(city.data / "run.json", narrator, {"address": city.address}, output)
    with interruptible():
        try:
            _start(city, supervisor, narrator, door, processes)
            supervisor.watch()
        except Interrupted:
            narrator.line(say("stopping"))
        finally:
            supervisor.stop()
            forget(city.data)
        narrator.line(say("closed"))


def _start(city: City, supervisor: Supervisor, narrator: TerminalNarrator, door: socket.socket, processes: int) -> None:
    """From the ground up; the sandbox, which nobody needs for a first page, loads beside all that."""
    _start_servers(city, supervisor, narrator)
    _lay_ground(city, narrator)
    supervisor.launch(*filter(None, [city.backup(supervisor.output)]))
    with narrator.step("code"):
        people = staff(city, supervisor.output, door, processes)
    with narrator.step("web"):
        supervisor.launch(*people.workers)
        supervisor.launch(*people.webs)
        _await_web(people.webs[0], door, supervisor.output)
    narrator.ready(city.address)
    _show_accounts(city, narrator)


def _start_servers(city: City, supervisor: Supervisor, narrator: TerminalNarrator) -> None:
    began = time.monotonic()
    supervisor.launch(*filter(None, [city.postgres]))
    supervisor.launch(*filter(None, [city.valkey]))
    told = city.environment()
    leave(city.data, city.operators_environment())
    os.environ.update(told)
    os.environ.pop("MARVEC_DATABASE_OWNER_URL", None)
    supervisor.facts["ports"] = city.ports()
    sandbox = city.sandbox(supervisor.output)
    supervisor.launch(*filter(None, [sandbox]))
    for name, server in (("database", city.postgres), ("queue", city.valkey)):
        if server:
            with narrator.step(name, began):
                server.wait()


def _lay_ground(city: City, narrator: TerminalNarrator) -> None:
    """Schema and demo city, when they are missing. `seeding` stands from before the first migration until the demo city is whole."""
    from marvec.cli import schema  # noqa: PLC0415 - its driver loads while the servers start

    unfinished = city.data / "seeding"
    version = schema.read_version(city.owner_url)
    if version is None and city.demo and not city.production:
        unfinished.touch()
    if schema.must_migrate(version) or not schema.is_open_to(city.database_url):
        with narrator.step("schema"):
            _run_to_end(city, "migrate")
    if unfinished.exists() and find_spec("marvec.seed"):
        with narrator.step("seed"):
            _run_to_end(city, "seed", "--core")  # the worker tells the rest of the history while people look around
    unfinished.unlink(missing_ok=True)


def _run_to_end(city: City, command: str, *more: str) -> None:
    words = [sys.executable, "-m", "marvec.cli", command, *more]
    done = subprocess.run(  # noqa: S603 - ourselves
        words,
        env=city.operators_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=die_with_parent(15),
    )
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise StartFailed(f"marvec {command} failed: {last[0] if last else f'exit {done.returncode}'}")


def _await_web(web: Child, door: socket.socket, output: Output) -> None:
    """Until the first answer, whatever its status."""
    host, port = door.getsockname()[:2]
    address = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound

    def answers() -> bool:
        _still_alive(web, output)
        connection = http.client.HTTPConnection(address, port, timeout=1)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status > 0
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    if not wait_until(answers, WEB_SECONDS, meanwhile=output.pump):
        raise StartFailed(f"the web process does not answer within {WEB_SECONDS:.0f} s")


def _still_alive(program: Child, output: Output) -> None:
    if program.process is not None and (code := program.process.poll()) is not None:
        output.pump()  # its last words first
        raise StartFailed(f"{program.name} ended at once (exit {code}); its last words are above")


def _who_runs(data: Path) -> str:
    """The line for a second start on the same data: where the first one is."""
    try:
        record = json.loads((data / "run.json").read_text())
        where = f" (pid {record['supervisor']}, {record['address']})"
    except (OSError, ValueError, KeyError):
        where = ""
    return f"a city is already running on {data}{where}: stop it first, or choose another --data"


def _show_accounts(city: City, narrator: TerminalNarrator) -> None:
    """The people one can sign in as, from `marvec.seed.accounts.ACCOUNTS` (label, login, password)."""
    if not city.demo or city.production or not find_spec("marvec.seed") or not find_spec("marvec.seed.accounts"):
        return
    narrator.line(say("accounts"))
    for account in import_module("marvec.seed.accounts").ACCOUNTS:
        narrator.line(f"  {account.label:<28}{account.login:<28}{account.password}")
