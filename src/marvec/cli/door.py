"""The city's address: taken before anything else is started, kept while web processes come and go: no visitor is refused meanwhile."""

import errno
import socket

from common.embedded.errors import EmbeddedError, PortTaken

BACKLOG = 2048


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises PortTaken with another port that is free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.socket(family, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host, port))
        door.listen(BACKLOG)
    except OSError as error:
        door.close()
        if error.errno == errno.EADDRINUSE:
            other = free_port_near(host, port)
            raise PortTaken(f"port {port} is taken: try --port {other}", port=port, other=other) from error
        raise EmbeddedError(f"cannot listen on {host}:{port}: {error.strerror}") from error
    return door


def free_port_near(host: str, port: int) -> int:
    """The next port above that nobody listens on."""
    for candidate in range(port + 1, min(port + 200, 65536)):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            if probe.connect_ex((host, candidate)) != 0:
                return candidate
    return 0
