"""What each command of the protocol does. Connect, subscribe and unsubscribe keep their order; the others of a connection run at once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from common.actor import Actor
from common.errors import DomainError
from common.live import pacing, protocol, queries, tokens
from common.live.errors import (
    BAD_REQUEST,
    INTERNAL,
    INVALID_TOKEN,
    MALFORMED,
    METHOD_NOT_FOUND,
    NO_SCOPE,
    NOT_AVAILABLE,
    PERMISSION_DENIED,
    SERVER_ERROR,
    TOO_MANY_ERRORS,
    TOO_MANY_REQUESTS,
    UNKNOWN_CHANNEL,
    UNRECOVERABLE_POSITION,
    Disconnect,
    Refusal,
    refusal_of,
)
from common.live.hub import Hub
from common.live.protocol import Command, Unreadable
from common.live.registry import CALLS, Namespace, find
from common.live.socket import PING_SECONDS, Socket

log = structlog.get_logger(__name__)
MOST_AT_ONCE = 128  # commands of one connection that may be under way
MOST_HISTORY, MOST_HISTORY_BYTES = 1000, 256 * 1024
CONNECT_SCOPE = "live:connect"

Answer = Callable[[Hub, Socket, Any], Awaitable[Any]]


async def obey(hub: Hub, socket: Socket, command: Command | Unreadable) -> None:
    """Do one command and answer it. Raises Disconnect when the protocol is broken."""
    if command == protocol.PONG:
        socket.heard_pong(asyncio.get_running_loop().time())
    elif command.id <= 0 or (socket.actor is None and (isinstance(command, Unreadable) or command.connect is None)):
        raise MALFORMED
    elif _is_too_fast(socket, command):
        _refuse(socket, command, TOO_MANY_REQUESTS)
    elif isinstance(command, Unreadable):
        _refuse(socket, command, BAD_REQUEST)
    elif (kind := next((name for name in IN_ORDER if getattr(command, name) is not None), None)) is not None:
        await _answer(hub, socket, command, kind, IN_ORDER[kind])
    elif (kind := next((name for name in AT_ONCE if getattr(command, name) is not None), None)) is not None:
        _start(hub, socket, command, kind)
    else:
        _refuse(socket, command, METHOD_NOT_FOUND)


def _is_too_fast(socket: Socket, command: Command | Unreadable) -> bool:
    """Whether this person goes on too fast. Who does not mind being told so loses the connection."""
    who = socket.claimed.person_id if socket.claimed is not None else socket.client
    call = CALLS.get(command.rpc.method) if isinstance(command, Command) and command.rpc is not None else None
    pacer = pacing.SIGNALS if call is not None and call.signal else pacing.COMMANDS
    if not pacer.take(who):
        return False
    if pacing.REFUSALS.take(who):
        raise TOO_MANY_ERRORS
    return True


def _start(hub: Hub, socket: Socket, command: Command, kind: str) -> None:
    socket.tasks = socket.tasks if socket.tasks is not None else set()
    if len(socket.tasks) >= MOST_AT_ONCE:
        _refuse(socket, command, TOO_MANY_REQUESTS)
        return
    task = asyncio.get_running_loop().create_task(_answer_or_close(hub, socket, command, kind))
    socket.tasks.add(task)
    task.add_done_callback(socket.tasks.discard)


async def _answer_or_close(hub: Hub, socket: Socket, command: Command, kind: str) -> None:
    try:
        await _answer(hub, socket, command, kind, AT_ONCE[kind])
    except Disconnect as disconnect:
        socket.close(disconnect)


async def _answer(hub: Hub, socket: Socket, command: Command, kind: str, answer: Answer) -> None:
    try:
        if kind == "subscribe":
            await _subscribe(hub, socket, command)
            return
        result = protocol.reply(command.id, kind, await answer(hub, socket, getattr(command, kind)))
    except Refusal as refusal:
        _refuse(socket, command, refusal)
    except DomainError as error:
        _refuse(socket, command, refusal_of(error))
    except Disconnect:
        raise
    except Exception as error:  # one command's failure is not the connection's
        log.exception("live_command_failed", kind=kind, error=type(error).__name__)
        _refuse(socket, command, INTERNAL)
    else:
        socket.push(result)


def _refuse(socket: Socket, command: Command | Unreadable, refusal: Refusal) -> None:
    socket.push(protocol.error_reply(command.id, refusal.code, refusal.message, temporary=refusal.temporary))


async def _connect(hub: Hub, socket: Socket, request: protocol.ConnectRequest) -> dict[str, Any]:
    if socket.actor is not None:
        raise MALFORMED
    result: dict[str, Any] = {"client": socket.client, "version": "marvec", "ping": int(PING_SECONDS), "pong": True}
    if request.token:
        result |= await _let_in(hub, socket, request.token)
    elif socket.cookie_actor is not None:
        if not (await hub.admit(socket, socket.cookie_actor)).may_use(CONNECT_SCOPE):
            raise NO_SCOPE
    else:
        raise INVALID_TOKEN
    socket.heard_pong(asyncio.get_running_loop().time())
    return result


async def _refresh(hub: Hub, socket: Socket, request: protocol.RefreshRequest) -> dict[str, Any]:
    return {"client": socket.client, "version": "marvec"} | await _let_in(hub, socket, request.token)


async def _let_in(hub: Hub, socket: Socket, token: str) -> dict[str, Any]:
    """Take the token's actor; somebody else's token does not change who a connection is."""
    actor, left = tokens.read(token)
    if socket.actor is not None and socket.actor.person_id != actor.person_id:
        raise INVALID_TOKEN
    await hub.admit(socket, actor)
    socket.expires_at = asyncio.get_running_loop().time() + left
    return {"expires": True, "ttl": max(int(left), 1)}


async def _subscribe(hub: Hub, socket: Socket, command: Command) -> None:
    request = command.subscribe
    assert request is not None
    if request.type or request.tf is not None:  # not refused, a client that filters would get everything
        raise NOT_AVAILABLE
    namespace, _, actor = await _allowed(socket, request.channel)
    since = (request.offset, request.epoch) if request.recover else None
    subscription = await hub.subscribe(socket, request.channel, namespace, since)
    if request.recover and subscription.missed is None and request.flag & protocol.REJECT_UNRECOVERED:
        subscription.end()
        raise UNRECOVERABLE_POSITION
    socket.push(protocol.reply(command.id, "subscribe", subscription.result(hub.epoch, recovering=request.recover)))
    subscription.begin()
    if namespace.presence and not socket.closed:
        hub.presence.join(request.channel, socket.client, actor)


async def _unsubscribe(hub: Hub, socket: Socket, request: protocol.ChannelRequest) -> dict[str, Any]:
    hub.unsubscribe(socket, request.channel)
    return {}


async def _publish(hub: Hub, socket: Socket, request: protocol.PublishRequest) -> dict[str, Any]:
    namespace, key, actor = _owned(socket, request.channel)
    if namespace.publish is None or not actor.may_use(namespace.publish_scope):
        raise PERMISSION_DENIED
    await namespace.publish(actor, key, request.data)
    return {}


async def _presence(hub: Hub, socket: Socket, request: protocol.ChannelRequest) -> dict[str, Any]:
    namespace, key, actor = await _allowed(socket, request.channel)
    if not namespace.presence:
        raise NOT_AVAILABLE
    strangers = {str(one) for one in await namespace.strangers(actor.person_id, key)} if namespace.strangers is not None else ()
    entries = await hub.presence.who(request.channel)
    infos = {
        client: {"user": entry.person, "client": client, "conn_info": {"name": entry.name}}
        for client, entry in sorted(entries.items())
        if entry.person not in strangers
    }
    return {"presence": infos}


async def _presence_stats(hub: Hub, socket: Socket, request: protocol.ChannelRequest) -> dict[str, Any]:
    infos = (await _presence(hub, socket, request))["presence"]
    return {"num_clients": len(infos), "num_users": len({info["user"] for info in infos.values()})}


async def _history(hub: Hub, socket: Socket, request: protocol.HistoryRequest) -> dict[str, Any]:
    """Offsets are gap-free, so the newest `limit` are those after last - limit."""
    namespace, key, _ = await _allowed(socket, request.channel)
    last = (await queries.positions([request.channel]))[request.channel]
    if request.since is not None and request.since.epoch not in ("", hub.epoch):
        raise UNRECOVERABLE_POSITION
    limit = MOST_HISTORY if request.limit < 0 else min(request.limit, MOST_HISTORY)
    since = request.since.offset if request.since is not None else 0
    if request.reverse:
        top = min(since - 1, last) if request.since is not None else last
        found = await queries.read(namespace, key, max(top - limit, 0), limit) if limit else []
        found = queries.cut([one for one in reversed(found) if one[0] <= top], MOST_HISTORY_BYTES)
    else:
        found = queries.cut(await queries.read(namespace, key, since, limit), MOST_HISTORY_BYTES) if limit else []
    return {"publications": [{"data": data, "offset": offset} for offset, data in found], "epoch": hub.epoch, "offset": last}


async def _rpc(hub: Hub, socket: Socket, request: protocol.RpcRequest) -> dict[str, Any]:
    call = CALLS.get(request.method)
    if call is None:
        raise METHOD_NOT_FOUND
    assert socket.actor is not None
    if not socket.actor.may_use(call.scope):
        raise PERMISSION_DENIED
    return {"data": await call.method(socket.actor, request.data)}


async def _ping(hub: Hub, socket: Socket, request: object) -> dict[str, Any]:
    return {}


def _owned(socket: Socket, channel: str) -> tuple[Namespace, str, Actor]:
    found = find(channel)
    if found is None:
        raise UNKNOWN_CHANNEL
    namespace, key = found
    try:
        is_spelt = namespace.spelling(key) == key
    except ValueError:  # a key that is none
        is_spelt = False
    if not is_spelt:
        raise BAD_REQUEST
    assert socket.actor is not None
    return namespace, key, socket.actor


async def _allowed(socket: Socket, channel: str) -> tuple[Namespace, str, Actor]:
    namespace, key, actor = _owned(socket, channel)
    if not actor.may_use(namespace.scope) or not await namespace.may_subscribe(actor, key):
        raise PERMISSION_DENIED
    return namespace, key, actor


async def _never(hub: Hub, socket: Socket, request: object) -> None:
    raise SERVER_ERROR


IN_ORDER: dict[str, Answer] = {"connect": _connect, "subscribe": _never, "unsubscribe": _unsubscribe, "refresh": _refresh, "ping": _ping}
AT_ONCE: dict[str, Answer] = {
    "rpc": _rpc,
    "publish": _publish,
    "history": _history,
    "presence": _presence,
    "presence_stats": _presence_stats,
}
