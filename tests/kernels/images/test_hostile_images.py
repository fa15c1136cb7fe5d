"""Whatever is uploaded ends in a picture or in one sentence: no other exception, no warning, and little memory."""

import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernels.images.decode import MASTER_SIDE, ImageError, Picture, decode
from tests.support.hostile import MB, NOISE, WORST, small

MAX_MEMORY = 320 * MB  # of decoding a picture, beyond its file, where only its pixels cost memory
ROOT = Path(__file__).resolve().parents[3]
# A fresh process, for the peak of this one is that of all tests before.
MEASURED = """
import sys
from pathlib import Path
from kernels.images.decode import ImageError, decode
def status(name):
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1])
data = Path(sys.argv[1]).read_bytes()
before = status("VmRSS")
try:
    said = "picture" if decode(data).size else ""
except ImageError as error:
    said = str(error)
print(status("VmHWM") - before, said)
"""


def outcome(data: bytes) -> Picture | str:
    """The picture or the sentence: `decode` may do nothing else, and never warns."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            found = decode(data)
        except ImageError as error:
            found, told = None, str(error)
    assert [str(warning.message) for warning in said] == []
    if found is None:
        assert told.endswith(".")
        assert len(told) < 300
        assert told.isprintable()
        return told
    assert found.dtype == np.uint8
    assert found.shape[2:] == (3,)
    assert 1 <= min(found.shape) <= max(found.shape) <= MASTER_SIDE
    return found


def test_a_sound_file_of_every_kind_is_a_picture_of_its_size_whatever_hides_behind_it() -> None:
    for name, data in small().items():
        found = outcome(data)
        assert isinstance(found, np.ndarray)
        height, width = {"BMP of run lengths": (2, 3)}.get(name, NOISE.shape[:2])
        assert found.shape[:2] == ((width, height) if "EXIF" in name else (height, width))
        for tail in (b"<script>alert(1)</script>", b"PK\3\4" + bytes(40), b"\0" * 9, b"/*=1;alert(1)*/"):
            np.testing.assert_array_equal(outcome(data + tail), found)


def damaged(names: list[str], most: int) -> None:
    """Files cut at so many bytes, and with as many bytes changed, one at a time."""
    for name in names:
        data, rng = small()[name], np.random.default_rng(len(name))
        ends = (
            range(len(data)) if len(data) <= most else sorted({*range(12), *rng.permutation(len(data))[:most].tolist()})
        )
        refused = [end for end in ends if isinstance(outcome(data[:end]), str)]
        assert refused[:12] == list(range(12))
        for at in rng.permutation(len(data))[:most]:
            outcome(data[:at] + bytes([data[at] ^ int(rng.integers(1, 256))]) + data[at + 1 :])


def test_a_file_cut_or_changed_at_any_byte_is_a_picture_or_a_sentence() -> None:
    damaged(sorted(small())[::3], 60)


@pytest.mark.long
@pytest.mark.parametrize("part", range(4))
def test_a_file_of_any_kind_cut_or_changed_at_any_byte_is_a_picture_or_a_sentence(part: int) -> None:
    damaged(sorted(small())[part::4], 300)


@given(st.binary(max_size=400))
@settings(max_examples=60, deadline=None, database=None, derandomize=True)
def test_bytes_at_random_are_refused_in_a_sentence(data: bytes) -> None:
    assert isinstance(outcome(data), str)


@given(st.sampled_from(sorted(small())), st.data())
@settings(max_examples=60, deadline=None, database=None, derandomize=True)
def test_files_cut_and_sewn_together_are_a_picture_or_a_sentence(name: str, choose: st.DataObject) -> None:
    one, other = small()[name], small()[choose.draw(st.sampled_from(sorted(small())))]
    start, end = (choose.draw(st.integers(0, len(one))) for _ in range(2))
    at, between = choose.draw(st.integers(0, len(other))), choose.draw(st.binary(max_size=9))
    outcome(one[:start] + between + one[end:])
    outcome(one[:start] + between + other[at:])


def peak(data: bytes, folder: Path) -> tuple[int, str]:
    """Bytes by which decoding raises the peak of a process of its own, and what came of it."""
    file = folder / "upload"
    file.write_bytes(data)
    run = [sys.executable, "-W", "error", "-c", MEASURED, str(file)]
    told = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(" ", 1)
    file.unlink()
    return int(told[0]) * 1024, told[1].strip()


@pytest.mark.long
@pytest.mark.parametrize("name", WORST)
def test_the_worst_uploads_stay_under_the_stated_memory(name: str, tmp_path: Path) -> None:
    used, said = peak(WORST[name](), tmp_path)
    assert used < MAX_MEMORY
    assert said == "picture" or said.endswith(".")


@pytest.mark.long
def test_the_measure_sees_a_picture_that_takes_memory(tmp_path: Path) -> None:
    used, said = peak(WORST["WebP"](), tmp_path)
    assert said == "picture"
    assert used > 200 * MB
