"""An embedded Valkey: the queue's carrier and the wake-ups, in memory only. The truth is in PostgreSQL, so nothing is kept on disk."""

import secrets
import signal
import socket
import subprocess
from pathlib import Path
from typing import Self

from common.embedded import binaries
from common.embedded.errors import PortTaken, StartFailed
from common.embedded.folders import make_private, plain_words
from common.embedded.processes import end, free_port, servant, spawn, wait_until

START_SECONDS = 10.0
STOP = ((signal.SIGTERM, 5.0),)


class Valkey:
    """One server on a loopback port, behind a password made for this start. `port` 0: any free one."""

    name = "valkey"

    def __init__(self, data_dir: Path, port: int = 0) -> None:
        self.data_dir = data_dir
        self.port = port
        self.process: subprocess.Popen[bytes] | None = None
        self._account = servant()
        self._password = secrets.token_urlsafe(24)
        self._log = data_dir / "valkey.log"

    @property
    def url(self) -> str:
        """Address of database 0; `/1` and on for others (there are 16)."""
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Return when it answers. Raises PortTaken or StartFailed, each one line."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """The part of `start` that must run on the thread that outlives the server; `wait` may run anywhere."""
        make_private(self.data_dir, self._account)
        self.port = self.port or free_port()
        with plain_words(self._log), self._log.open("wb") as log:
            self.process = spawn(
                [binaries.valkey_server(for_servant=self._account is not None), "-"],
                account=self._account,
                death_signal=signal.SIGTERM,
                cwd=self.data_dir,
                stdin=subprocess.PIPE,
                output=log,
            )
        assert self.process.stdin is not None
        self.process.stdin.write(self._configuration().encode())  # by stdin: an argument could be read by everybody in `ps`
        self.process.stdin.close()

    def wait(self) -> None:
        """Until the server answers PING."""
        assert self.process is not None
        process = self.process
        if wait_until(lambda: self._answers() or process.poll() is not None, START_SECONDS) and process.poll() is None:
            return
        said = self._log.read_text(errors="replace")
        self.stop()
        if "Address already in use" in said:
            raise PortTaken(f"port {self.port} is taken: choose another one for Valkey", port=self.port)
        raise StartFailed(f"Valkey did not start: {said.splitlines()[-1] if said else 'no answer'} (see {self._log})", log=self._log)

    def stop(self) -> None:
        """End it; stopping twice is no error."""
        if self.process is not None:
            end(self.process, STOP)
            self.process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def _configuration(self) -> str:
        lines = {
            "bind": "127.0.0.1",
            "port": self.port,
            "requirepass": self._password,
            "save": '""',
            "appendonly": "no",
            "maxmemory": "256mb",
            "maxmemory-policy": "noeviction",  # a queue that forgets would be swept again, but never silently
            "loglevel": "warning",
            "timeout": 0,
            "tcp-keepalive": 60,
        }
        return "".join(f"{name} {value}\n" for name, value in lines.items())

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as door:
                door.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                said = b""
                while said.count(b"\r\n") < 2 and (more := door.recv(256)):
                    said += more
                return said == b"+OK\r\n+PONG\r\n"
        except OSError:
            return False
