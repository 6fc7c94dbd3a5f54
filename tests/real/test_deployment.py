"""The files of docs/operations are taken by the programs that they are for."""

import re
import subprocess
from pathlib import Path

from common.settings import Settings
from tests.marvec.cli.make import ROOT
from tests.real import nginx
from tests.real.make import binary

UNITS = sorted((ROOT / "docs/operations/systemd").iterdir())
MOST_EXPOSED = 25  # of 100, as `systemd-analyze security` counts: "OK" ends at 50


def test_nginx_takes_our_configuration(tmp_path: Path) -> None:
    said = subprocess.run([*nginx.command(tmp_path, 8443, [8001, 8002]), "-t"], capture_output=True, text=True, check=False)
    assert said.returncode == 0 and "[warn]" not in said.stderr, said.stderr


def test_nginx_lets_through_what_the_city_takes() -> None:
    (megabytes,) = re.findall(r"client_max_body_size\s+(\d+)m;", nginx.OURS.read_text())
    assert int(megabytes) << 20 > Settings.model_fields["upload_limit"].default


def test_systemd_takes_our_units(tmp_path: Path) -> None:
    analyze, copies = binary("systemd-analyze"), []
    for unit in UNITS:
        copies.append(tmp_path / unit.name.replace("@.", "@8001."))
        copies[-1].write_text(unit.read_text().replace("/opt/marvec/current/.venv/bin/marvec", "/bin/true"))
    said = subprocess.run([analyze, "verify", "--man=no", *map(str, copies)], capture_output=True, text=True, check=False)
    ours = [line for line in said.stderr.splitlines() if "marvec" in line]
    assert (said.returncode, ours) == (0, []), said.stderr
    for copy in copies:
        if copy.suffix == ".service":
            words = [analyze, "security", "--offline=true", f"--threshold={MOST_EXPOSED}", str(copy)]
            exposed = subprocess.run(words, capture_output=True, text=True, check=False)
            assert exposed.returncode == 0, exposed.stdout[-2000:] + exposed.stderr
