"""`python -m common.embedded.sandbox --data DIR [--port 0] [--webhook-url URL --webhook-secret S] [--seed N] [--misbehave JSON]`."""

import argparse
import asyncio
import json
import socket
import sqlite3
import sys
from pathlib import Path

from common.embedded.sandbox.errors import ApiError
from common.embedded.sandbox.mischief import Plan
from common.embedded.sandbox.server import serve


def main(words: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT. Returns 0; 1 with one line on stderr when the port, the folder or an argument will not do."""
    args = _arguments().parse_args(words)
    webhook = (args.webhook_url, args.webhook_secret) if args.webhook_url else None
    try:
        plan = _plan(args.seed, args.misbehave)
        listener = _listen(args.host, args.port)
        asyncio.run(serve(listener, args.data, public_url=args.public_url, webhook=webhook, plan=plan))
    except (OSError, sqlite3.Error, ValueError, ApiError) as error:
        print(f"sandbox: {error}", file=sys.stderr)  # noqa: T201  (a program of its own)
        return 1
    return 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m common.embedded.sandbox", description="A small Stripe for development and tests. No real money."
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of its one file")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: any free one, printed")
    parser.add_argument("--public-url", default="", help="how people's browsers reach it; default: the address it listens on")
    parser.add_argument("--webhook-url", default="", help="where all events are delivered")
    parser.add_argument("--webhook-secret", default="whsec_sandbox")
    parser.add_argument("--seed", type=int, help="of the misbehaviour")
    parser.add_argument("--misbehave", help="JSON of chances, see mischief.Plan; absent: as it was when it stopped")
    return parser


def _plan(seed: int | None, misbehave: str | None) -> Plan | None:
    if seed is None and misbehave is None:
        return None
    values = json.loads(misbehave or "{}")
    if not isinstance(values, dict):
        raise ValueError("--misbehave must be a JSON object")
    return Plan.read(values | ({} if seed is None else {"seed": seed}))


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(1024)
    return listener


if __name__ == "__main__":
    sys.exit(main())
