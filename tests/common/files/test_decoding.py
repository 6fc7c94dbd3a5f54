"""Files of strangers are decoded in processes of their own: small, bounded, replaced when they fall, gone with their parent."""

import ast
import asyncio
import io
import os
import pwd
import signal
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator
from pathlib import Path

import pillow_heif
import psutil
import pytest
from PIL import Image
from PIL.Image import Exif

from common import ids
from common.actor import Actor
from common.db import hot
from common.errors import DomainError
from common.files import cleaning, purposes, service
from common.files.decoder import pool
from common.files.errors import CheckingBusy, NotChecked, TooComplex
from tests.architecture.test_house import SRC, calls, sources
from tests.common.files.make import a_photo

BOMB = (8000, 6250)  # what 200 kB can be as a PNG
MOTHER = Actor(ids.uuid7(), "Daeng Ngintang")
MEGABYTE = 2**20

purposes.register(purposes.Purpose("test-decoded"))
pillow_heif.register_heif_opener()


@pytest.fixture(autouse=True)
async def fresh() -> AsyncIterator[None]:
    """No decoder of another test is there."""
    await pool.close_decoders()
    yield
    await pool.close_decoders()


def decoders(parent: psutil.Process | None = None) -> list[psutil.Process]:
    return [child for child in (parent or psutil.Process()).children() if "common.files.decoder.program" in child.cmdline()]


async def clean(data: bytes) -> Image.Image:
    cleaned = await cleaning.clean(data, purposes.IMAGES)
    return Image.open(io.BytesIO(cleaned.data))


def a_picture(form: str, **options: object) -> bytes:
    image, out = Image.effect_noise((120, 80), 60).convert("RGB"), io.BytesIO()
    exif = Exif()
    exif[0x010E], exif[0x0112] = "keterangan-rahasia", 6
    exif.get_ifd(0x8825).update({1: "S", 2: (5.0, 8.0, 7.0)})
    image.save(out, form, exif=exif.tobytes(), **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        (a_picture("JPEG", comment=b"komentar-rahasia", xmp=b"<x:xmpmeta>rahasia"), "JPEG"),
        (a_picture("MPO", save_all=True, append_images=[Image.new("RGB", (120, 80))]), "JPEG"),
        (a_picture("HEIF"), "JPEG"),
        (a_picture("WEBP", xmp=b"<x:xmpmeta>rahasia"), "WEBP"),
        (a_picture("PNG"), "WEBP"),
    ],
    ids=["jpeg", "mpo", "heic", "webp", "png"],
)
async def test_what_phones_write_comes_in_upright_and_silent(data: bytes, kept: str) -> None:
    image = await clean(data)
    assert (image.format, image.size, dict(image.getexif())) == (kept, (80, 120), {})
    out = (await cleaning.clean(data, purposes.IMAGES)).data
    assert [word for word in (b"rahasia", b"Exif", b"EXIF", b"xmp", b"XMP", b"MPF") if word in out] == []


async def test_transparency_stays_and_palettes_are_mixed() -> None:
    for mode in ("RGBA", "LA", "P", "1", "L", "CMYK"):
        out = io.BytesIO()
        Image.new(mode, (3000, 30)).save(out, "JPEG" if mode == "CMYK" else "PNG")
        image = await clean(out.getvalue())
        assert (image.size, image.mode == "RGBA") == ((2048, 20), mode in ("RGBA", "LA")), mode


async def test_the_attack_of_twelve_pictures_leaves_this_process_as_small_as_it_was(database: None) -> None:
    """3.8 GB they took once, in here. They are looked into while the pool is this process's own, and no transaction is open meanwhile."""
    out = io.BytesIO()
    Image.new("RGB", BOMB, "teal").save(out, "PNG")
    bomb = out.getvalue()
    await service.look_into(MOTHER, data=a_photo(), filename="a.jpg", purpose="test-decoded")
    me, rest, peak, open_for_long = psutil.Process(), 0, 0, 0
    rest = me.memory_info().rss
    coming = asyncio.gather(*(service.look_into(MOTHER, data=bomb, filename="a.png", purpose="test-decoded") for _ in range(4)))
    while not coming.done():
        peak = max(peak, me.memory_info().rss)
        async with hot() as connection:
            open_for_long += await connection.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND clock_timestamp() - state_change > '0.3 s'"
            )
        await asyncio.sleep(0.05)
    ends = await coming
    assert {type(end.error) for end in ends} <= {type(None), CheckingBusy}
    assert sum(end.error is None for end in ends) >= 1
    assert peak < 1.3 * rest
    assert open_for_long == 0
    assert all(decoder.memory_info().rss < 160 * MEGABYTE for decoder in decoders())


async def test_a_decoder_has_little_memory_and_little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "MEMORY", 160 * MEGABYTE)
    out = io.BytesIO()
    Image.new("RGB", BOMB).save(out, "PNG")
    with pytest.raises(TooComplex):
        await clean(out.getvalue())
    assert (await clean(a_photo())).size == (64, 48)


async def test_a_decoder_is_nobody_or_the_same_ordinary_user_and_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARVEC_SECRET_KEY", "rahasia")
    await clean(a_photo())
    (decoder,) = decoders()
    mine = pwd.getpwuid(os.getuid()).pw_name
    assert decoder.username() == ("nobody" if mine == "root" else mine)
    if mine != "root":
        assert "MARVEC_SECRET_KEY" not in decoder.environ()
    assert decoder.num_fds() <= 8  # none of this process's files and sockets


async def test_a_killed_decoder_is_replaced_and_its_file_is_answered_clearly(database: None) -> None:
    await clean(a_photo())
    (first,) = decoders()
    first.suspend()
    asked = asyncio.create_task(service.look_into(MOTHER, data=a_photo(), filename="a.jpg", purpose="test-decoded"))
    await asyncio.sleep(0.2)
    first.kill()
    error = (await asked).error
    assert isinstance(error, NotChecked)
    assert (error.status, error.code) == (503, "file_not_checked")
    assert (await clean(a_photo())).size == (64, 48)
    (second,) = decoders()
    assert second.pid != first.pid


async def test_one_that_was_killed_while_it_rested_is_not_missed() -> None:
    await clean(a_photo())
    (first,) = decoders()
    first.kill()
    while first.is_running() and first.status() != psutil.STATUS_ZOMBIE:
        await asyncio.sleep(0.01)
    assert (await clean(a_photo())).size == (64, 48)


async def test_a_hung_decoder_is_replaced_in_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    await clean(a_photo())
    (first,) = decoders()
    first.suspend()
    with monkeypatch.context() as hasty:
        hasty.setattr(pool, "SECONDS", 0.3)
        with pytest.raises(NotChecked):
            await clean(a_photo())
    assert (await clean(a_photo())).size == (64, 48)
    assert first.pid not in [decoder.pid for decoder in decoders()]


async def test_who_waits_too_long_or_behind_too_many_hears_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "PATIENCE", 0.3)
    monkeypatch.setattr(pool, "_pool", pool.Pool(1))
    await clean(a_photo())
    (only,) = decoders()
    only.suspend()
    first = asyncio.create_task(clean(a_photo()))
    await asyncio.sleep(0.05)
    with pytest.raises(CheckingBusy) as busy:
        await clean(a_photo())
    assert (busy.value.status, busy.value.code) == (503, "file_check_busy")
    monkeypatch.setattr(pool, "MOST_IN_LINE", 0)
    with pytest.raises(CheckingBusy):
        await clean(a_photo())
    only.resume()
    assert (await first).size == (64, 48)
    assert [decoder.pid for decoder in decoders()] == [only.pid]
    await pool.close_decoders()


async def test_who_goes_away_does_not_leave_an_answer_for_the_next() -> None:
    await clean(a_photo())
    (first,) = decoders()
    first.suspend()
    gone = asyncio.create_task(clean(a_photo(size=(32, 32))))
    await asyncio.sleep(0.1)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    assert (await clean(a_photo())).size == (64, 48)


PARENT = """
import asyncio, os, sys
from common.files.decoder import pool
async def work():
    await pool.decode("pictures", "clean", open(sys.argv[1], "rb").read())
    print(os.getpid(), flush=True)
    await asyncio.sleep(60)
if os.fork() == 0 or os.fork() == 0:
    asyncio.run(work())
else:
    os.wait()
"""


async def test_processes_that_were_forked_have_their_own_and_take_them_along_when_they_are_killed(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(a_photo())
    words = [sys.executable, "-c", textwrap.dedent(PARENT), str(tmp_path / "a.jpg")]
    environment = {**os.environ, "PYTHONPATH": str(SRC)}
    with subprocess.Popen(words, stdout=subprocess.PIPE, env=environment, start_new_session=True) as parent:
        assert parent.stdout is not None
        try:
            lines = [await asyncio.to_thread(parent.stdout.readline) for _ in range(2)]
            webs = [psutil.Process(int(line)) for line in lines]
            theirs = [decoders(web) for web in webs]
            assert [len(some) for some in theirs] == [1, 1]
            webs[0].kill()
            await asyncio.to_thread(psutil.wait_procs, theirs[0], 10)
            assert [decoder.is_running() for some in theirs for decoder in some] == [False, True]
        finally:
            os.killpg(parent.pid, signal.SIGKILL)
    await asyncio.to_thread(psutil.wait_procs, theirs[1], 10)
    assert not theirs[1][0].is_running()


def test_nobody_but_a_decoder_decodes() -> None:
    """Nor does anybody import what does: the demonstration's pictures are drawn, and the library that writes PDF is its own."""
    trades = {"common/files/decoder/papers.py", "common/files/decoder/pictures.py"}
    for path, tree in sources():
        name = path.relative_to(SRC).as_posix()
        imported = {part for node in ast.walk(tree) for part in _imports(node)}
        if name not in trades:
            assert not imported & {"pikepdf", "pillow_heif"}, name
            assert "PIL" not in imported or name.startswith("marvec/seed/pictures/"), name
            assert not any(isinstance(node, ast.Attribute) and ast.unparse(node) == "Image.open" for node in ast.walk(tree)), name
        assert not imported & {f"common.files.decoder.{trade}" for trade in ("papers", "pictures", "program")}, name


def test_a_file_is_looked_into_before_its_request_s_transaction() -> None:
    """By the guard; the demonstration's own pictures beside it."""
    lookers = {path.relative_to(SRC).as_posix() for path, tree in sources() if any(call.endswith("look_into") for call in calls(tree))}
    assert {name for name in lookers if not name.startswith("marvec/seed/")} == {"common/files/uploads.py"}


def _imports(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [part for one in node.names for part in (one.name, one.name.split(".")[0])]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module, node.module.split(".")[0], *(f"{node.module}.{one.name}" for one in node.names)]
    return []


def test_what_a_refusal_is_called_is_known() -> None:
    assert all(issubclass(error, DomainError) for error in cleaning.REFUSALS.values())
