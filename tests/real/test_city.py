"""The whole city in production mode on servers as a distribution ships them, through the demonstration and its kills.

PostgreSQL behind PgBouncer in transaction mode, Redis under a Sentinel, an S3 server, a mail server, nginx with our own configuration.
"""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import boto3
import pytest

from common.embedded.processes import free_port, wait_until
from tests.common.embedded.make import environment
from tests.marvec.cli.make import ROOT, marvec
from tests.real.make import PASSWORD, listens, open_folder, pgbouncer, real_postgres, redis_server, running, sentinel
from tests.real.nginx import nginx

AWS = {"AWS_ACCESS_KEY_ID": "rekaan", "AWS_SECRET_ACCESS_KEY": "rekaan", "AWS_DEFAULT_REGION": "us-east-1"}
KEYS = {
    "MARVEC_SECRET_KEY": "kunci-uji-pertama-0123456789-abcdefghij",
    "MARVEC_NIK_KEY": "kunci-uji-kedua-9876543210-klmnopqrst",
    "STRIPE_API_KEY": "sk_test_hanya_di_mesin_ini",
    "STRIPE_WEBHOOK_SECRET": "whsec_hanya_di_mesin_ini",
}


@pytest.mark.real
@pytest.mark.timeout(900)
def test_the_demonstration_passes_in_production_on_real_servers_while_processes_are_killed(tmp_path: Path) -> None:
    with ExitStack() as servers:
        folder = servers.enter_context(open_folder())
        told = servers.enter_context(real_servers(folder, tmp_path))
        assert marvec("migrate", **told).returncode == 0
        quick = {"MARVEC_MODE": "development", "MARVEC_DEMO_HISTORY": "0", "MARVEC_PASSWORD_COST": "low"}
        assert marvec("seed", **told | quick).returncode == 0  # its own jobs, too: in production they refuse
        servers.enter_context(kept(tmp_path, told))
        examined = marvec("doctor", **told)
        assert examined.returncode == 0, examined.stdout
        demo = [sys.executable, "-m", "marvec.demo", "--url", told["MARVEC_BASE_URL"], "--chaos", "--data", str(tmp_path)]
        done = subprocess.run(
            [*demo, "--letters", str(tmp_path / "letters")],
            capture_output=True,
            text=True,
            env=environment(**told),
            timeout=700,
            check=False,
        )
        said = (tmp_path / "keeper.log").read_text()
        assert done.returncode == 0, done.stdout + done.stderr + said[-4000:]
        assert "9 processes killed" in done.stdout
        for words in ("prepared statement", "timer_failed", "InvalidSQLStatementName", "Traceback"):
            assert words not in said, said
        assert marvec("ledger", "check", **told).returncode == 0
        assert marvec("audit", "verify", **told).returncode == 0


@contextmanager
def real_servers(folder: Path, own: Path) -> Iterator[dict[str, str]]:
    """Everything but our own processes; yields what these are told."""
    public, webs = free_port(), [free_port(), free_port()]
    letters, sandbox, bucket = free_port(), free_port(), free_port()
    python = [sys.executable, "-m"]
    with ExitStack() as servers:
        start = servers.enter_context
        postgres = start(real_postgres(folder))
        postgres.ask("CREATE EXTENSION earthdistance CASCADE")
        pooled = start(pgbouncer(folder, postgres))
        master, _ = start(redis_server(folder))
        watcher = start(sentinel(folder, master, away=30_000))
        box = [*python, "aiosmtpd", "-n", "-l", f"127.0.0.1:{letters}", "-c", "aiosmtpd.handlers.Mailbox", str(own / "letters")]
        start(running(box, letters, own))
        start(running([*python, "moto.server", "-H", "127.0.0.1", "-p", str(bucket)], bucket, own))
        hooks = ["--webhook-url", f"http://127.0.0.1:{webs[0]}/webhooks/stripe", "--webhook-secret", KEYS["STRIPE_WEBHOOK_SECRET"]]
        pay = [*python, "common.embedded.sandbox", "--data", str(own / "sandbox"), "--port", str(sandbox), *hooks]
        start(running(pay, sandbox, own))
        start(nginx(own, public, webs))
        told = {
            "MARVEC_MODE": "production",
            "MARVEC_BASE_URL": f"https://localhost:{public}",
            "MARVEC_DATABASE_URL": postgres.url(port=pooled),
            "MARVEC_DATABASE_POOLER": "transaction",
            "MARVEC_REDIS_URL": f"redis+sentinel://:{PASSWORD}@127.0.0.1:{watcher}/marvec/0",
            "MARVEC_STRIPE_API_BASE": f"http://127.0.0.1:{sandbox}",
            "MARVEC_SMTP_URL": f"smtp://127.0.0.1:{letters}",
            "MARVEC_FILES_URL": "s3://berkas/kota",
            "MARVEC_FILES_ENDPOINT_URL": f"http://127.0.0.1:{bucket}",
            "MARVEC_DATA_DIR": str(own / "data"),
            "SSL_CERT_FILE": str(own / "localhost.pem"),
            "NO_PROXY": "127.0.0.1,localhost",
            "WEB_PORTS": " ".join(map(str, webs)),
            **KEYS,
            **AWS,
        }
        with pytest.MonkeyPatch.context() as environ:
            for name, value in (AWS | {"NO_PROXY": told["NO_PROXY"]}).items():
                environ.setenv(name, value)
            environ.delenv("AWS_CA_BUNDLE", raising=False)
            boto3.client("s3", endpoint_url=told["MARVEC_FILES_ENDPOINT_URL"]).create_bucket(Bucket="berkas")
            yield told


@contextmanager
def kept(own: Path, told: dict[str, str]) -> Iterator[None]:
    """The worker and both web processes, until each is ready; their words stand in keeper.log."""
    ports, log = told["WEB_PORTS"].split(), own / "keeper.log"
    command = [sys.executable, "-m", "tests.real.keeper", str(own / "run.json"), told["MARVEC_BASE_URL"], *ports]
    with log.open("wb") as output:
        keeper = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment(**told), cwd=ROOT)
    try:
        ready = wait_until(lambda: all(map(listens, map(int, ports))) and "worker_ready" in log.read_text(), 120, pause=0.1)
        assert ready, log.read_text()
        yield
    finally:
        keeper.send_signal(signal.SIGTERM)
        keeper.wait(60)
