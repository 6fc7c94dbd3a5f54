# Makes .venv from a lock, once; sourced by the scripts beside it. Nothing is asked of the machine but Python 3.11 or newer.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
PYTHON=$ROOT/.venv/bin/python
unset PYTHONDONTWRITEBYTECODE # our own modules, compiled once, load half a second sooner

give_up() { echo "$(basename "$0"): $*" >&2; exit 1; }

find_python() {
    for name in ${MARVEC_PYTHON:-} python3 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo "$name"; return; fi
    done
    give_up "Python 3.11 or newer is needed. Debian, Ubuntu: apt-get install python3 python3-venv. macOS: brew install python@3.12"
}

# Not `uv sync`: its lock would carry addresses. What the lock says is compared as a whole, with the place where .venv was made.
wanted() { echo "$ROOT"; cat "$ROOT/$1" "$ROOT/pyproject.toml"; }

set_up() { # <lock>: .venv holds at least what the lock names
    local lock=$1 stamp=$ROOT/.venv/made-from-$1 began=$SECONDS
    if [ -x "$PYTHON" ] && wanted "$lock" | cmp -s - "$stamp"; then return; fi
    echo "Making .venv from $lock ..."
    [ -x "$ROOT/.venv/bin/uv" ] && [ -x "$PYTHON" ] && "$PYTHON" -c '' 2>/dev/null || make_venv
    rm -f "$ROOT/.venv/made-from-"*
    # Where the system has certificates, its own count: a closed network's registry is signed by nobody else.
    if [ -e /etc/ssl/certs/ca-certificates.crt ] || [ -e /etc/ssl/cert.pem ]; then export UV_SYSTEM_CERTS=true; fi
    (cd "$ROOT" && .venv/bin/uv pip install -q -p .venv --compile-bytecode --require-hashes -r "$lock" \
        && .venv/bin/uv pip install -q -p .venv --no-deps -e .) || give_up "the packages of $lock could not be installed (see above)"
    wanted "$lock" > "$stamp"
    if [ "$lock" = requirements-dev.lock ]; then wanted requirements.lock > "$ROOT/.venv/made-from-requirements.lock"; fi
    echo "  environment             $((SECONDS - began)) s"
}

make_venv() {
    local python; python=$(find_python) || exit 1
    "$python" -c 'import ensurepip' 2>/dev/null || give_up "this Python cannot make environments. Debian, Ubuntu: apt-get install python3-venv"
    "$python" -m venv --clear "$ROOT/.venv" || give_up "cannot write $ROOT/.venv"
    "$PYTHON" -m pip install -q --disable-pip-version-check --require-hashes -r "$ROOT/scripts/uv.lock" \
        || give_up "uv could not be installed (is there a network?)"
}
