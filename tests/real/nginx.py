"""Our own configuration of nginx, with the ports and a certificate of the test."""

import datetime
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from common.embedded.processes import free_port
from tests.marvec.cli.make import ROOT
from tests.real.make import binary, running

OURS = ROOT / "docs/operations/nginx/marvec.conf"


@contextmanager
def nginx(own: Path, port: int, webs: list[int]) -> Iterator[None]:
    """https://localhost:<port> before the processes at `webs`; its certificate is `own/localhost.pem`."""
    with running(command(own, port, webs), port, own):
        yield


def command(own: Path, port: int, webs: list[int]) -> list[str]:
    """Everything but the start."""
    program = binary("nginx")
    _certify(own)
    ours = OURS.read_text()
    for old, new in (
        ("listen 80;", f"listen 127.0.0.1:{free_port()};"),
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("marvec.example", "localhost"),
        ("/etc/ssl/marvec/fullchain.pem", str(own / "localhost.pem")),
        ("/etc/ssl/marvec/privkey.pem", str(own / "localhost.key")),
        ("127.0.0.1:8001", f"127.0.0.1:{webs[0]}"),
        ("127.0.0.1:8002", f"127.0.0.1:{webs[1]}"),
        ("$host;", f"localhost:{port};"),
    ):
        assert old in ours, old
        ours = ours.replace(old, new)
    folders = "".join(f"{kind}_temp_path {own}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    whole = f"daemon off; pid {own}/nginx.pid; error_log {own}/nginx.err; events {{}} http {{ access_log off;\n{folders}{ours}}}"
    (own / "nginx.conf").write_text(whole if os.geteuid() else "user root;\n" + whole)
    return [program, "-c", str(own / "nginx.conf"), "-e", str(own / "nginx.err")]


def _certify(own: Path) -> None:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (own / "localhost.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    (own / "localhost.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
