"""uvicorn's websocket, with what ASGI has no word for: how much of what we send may wait in this machine, and letting a peer go at once."""

import socket
from asyncio.transports import BaseTransport

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from common.live.socket import ABORT

MOST_UNSENT = 32 * 1024
"""Bytes in the buffer of the process, and again in that of the system. Little, so that what a slow peer has not taken is known here."""


class Protocol(WebSocketsSansIOProtocol):
    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=MOST_UNSENT)
        plain = transport.get_extra_info("socket")
        if plain is not None and plain.family in (socket.AF_INET, socket.AF_INET6) and hasattr(socket, "TCP_NOTSENT_LOWAT"):
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, MOST_UNSENT)

    async def run_asgi(self) -> None:
        extensions = self.scope["extensions"]
        assert extensions is not None
        extensions[ABORT] = {"abort": self.transport.abort}
        await super().run_asgi()
