"""Frames of the Centrifuge client protocol, JSON, version 2: commands in, replies and pushes out (centrifugal/protocol `client.proto`)."""

from typing import Any

import msgspec
from msgspec import Raw, Struct

REJECT_UNRECOVERED = 2  # bit of SubscribeRequest.flag: answer error 112 when the position cannot be recovered
PING = {"type": "websocket.send", "text": "{}"}

Event = dict[str, Any]  # an ASGI event
_encode = msgspec.json.Encoder().encode


class ConnectRequest(Struct):
    token: str = ""
    data: Any = None
    name: str = ""


class SubscribeRequest(Struct):
    channel: str
    recover: bool = False
    epoch: str = ""
    offset: int = 0
    flag: int = 0


class ChannelRequest(Struct):
    """unsubscribe, presence, presence_stats"""

    channel: str


class PublishRequest(Struct):
    channel: str
    data: Any = None


class StreamPosition(Struct):
    offset: int = 0
    epoch: str = ""


class HistoryRequest(Struct):
    """`limit` 0: the position only; negative: as many as may be had."""

    channel: str
    limit: int = 0
    since: StreamPosition | None = None
    reverse: bool = False


class RpcRequest(Struct):
    method: str = ""
    data: Any = None


class RefreshRequest(Struct):
    token: str


class Command(Struct):
    """One command; an empty one is a pong."""

    id: int = 0
    connect: ConnectRequest | None = None
    subscribe: SubscribeRequest | None = None
    unsubscribe: ChannelRequest | None = None
    publish: PublishRequest | None = None
    presence: ChannelRequest | None = None
    presence_stats: ChannelRequest | None = None
    history: HistoryRequest | None = None
    rpc: RpcRequest | None = None
    refresh: RefreshRequest | None = None
    ping: Struct | None = None


read_commands = msgspec.json.Decoder(Command).decode_lines
PONG = Command()


def reply(command_id: int, kind: str, result: Any) -> Event:
    return _text(_encode({"id": command_id, kind: result}))


def error_reply(command_id: int, code: int, message: str, *, temporary: bool) -> Event:
    return _text(_encode({"id": command_id, "error": {"code": code, "message": message, "temporary": temporary}}))


def publication(channel: str, data: Raw, offset: int) -> Event:
    """A push, encoded once for all sockets; offset 0 marks a passing signal that is not in the stream."""
    pub: dict[str, Any] = {"data": data, "offset": offset} if offset else {"data": data}
    return _text(_encode({"push": {"channel": channel, "pub": pub}}))


def unsubscribed(channel: str, code: int, reason: str) -> Event:
    return _text(_encode({"push": {"channel": channel, "unsubscribe": {"code": code, "reason": reason}}}))


def raw(data: Any) -> Raw:
    return Raw(_encode(data))


def _text(body: bytes) -> Event:
    return {"type": "websocket.send", "text": body.decode()}
