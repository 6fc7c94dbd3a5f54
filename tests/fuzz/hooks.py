"""What schemathesis asks before each request: an id that exists stands in two of three paths, so that what lies behind it is reached."""

import json
import os
from itertools import count
from pathlib import Path
from typing import Any

import schemathesis

KNOWN: dict[str, list[str]] = json.loads(Path(os.environ["FUZZ_IDS"]).read_text())
_turn = count()


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    turn = next(_turn)
    for name in case.path_parameters or {}:
        if turn % 3 and (known := KNOWN.get(name)):
            case.path_parameters[name] = known[turn % len(known)]
