"""Frames of the Centrifuge client protocol, JSON, version 2: commands in, replies and pushes out (centrifugal/protocol `client.proto`)."""

import re
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Raw, Struct

REJECT_UNRECOVERED = 2  # bit of SubscribeRequest.flag: answer error 112 when the position cannot be recovered
PING = {"type": "websocket.send", "text": "{}"}

MOST_COMMANDS = 1000  # in one frame
ID_FIRST_OR_LAST = re.compile(r'\A\s*\{\s*"id"\s*:\s*(\d{1,10})\b|"id"\s*:\s*(\d{1,10})\s*\}\s*\Z')

Offset = Annotated[int, Meta(ge=0, le=2**63 - 1)]  # what a column of the database holds
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
    offset: Offset = 0
    flag: int = 0
    type: int = 0
    tf: Any = None


class ChannelRequest(Struct):
    """unsubscribe, presence, presence_stats"""

    channel: str


class PublishRequest(Struct):
    channel: str
    data: Any = None


class StreamPosition(Struct):
    offset: Offset = 0
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


class Unreadable(Struct):
    """A line that is no command; its sender waits for the answer to this id."""

    id: int


PONG = Command()
_read_all = msgspec.json.Decoder(Command).decode_lines
_read_one = msgspec.json.Decoder(Command).decode


def read_commands(text: str) -> list[Command | Unreadable]:
    """The lines of a frame. Raises MsgspecError for what is no JSON or has no id to be answered under."""
    try:
        return [*_read_all(text)]
    except (msgspec.MsgspecError, RecursionError):
        return [_read(line) for line in text.split("\n") if line.strip()]


def _read(line: str) -> Command | Unreadable:
    try:
        return _read_one(line)
    except (msgspec.MsgspecError, RecursionError) as error:
        found = ID_FIRST_OR_LAST.search(line)
        if found is None or not (number := int(found[1] or found[2])):
            raise msgspec.MsgspecError from error
        return Unreadable(number)


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
