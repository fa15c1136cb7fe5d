"""What visitors' threads allocate and drop does not stay in the process, and a matrix product uses one thread.

Each claim about a whole process is checked in one of its own.
"""

import ctypes
import gc
import subprocess
import sys
from pathlib import Path

import pytest

from components.session import process

ROOT = Path(__file__).resolve().parents[3]
# Eight threads, each like a visitor's run: arrays of many sizes, dropped again, with small ones that stay between them.
VISITORS = """
import sys, threading
import numpy as np
from components.session.process import return_large_blocks
fixed = return_large_blocks() if sys.argv[1] == "fixed" else None
small = []
def visit():
    for size in [2, 5, 9, 14, 20, 27] * 4:
        large = [np.ones(size * 2**17) for _ in range(2)]
        small.append(np.ones(500))
        del large
threads = [threading.Thread(target=visit) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
with open("/proc/self/status") as status:
    resident = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
print(fixed, resident // 1024)
"""


def run(code: str, *words: str) -> subprocess.CompletedProcess[str]:
    """A process of its own."""
    return subprocess.run([sys.executable, "-c", code, *words], cwd=ROOT, capture_output=True, text=True, check=True)


def test_what_threads_have_dropped_is_given_back() -> None:
    said, resident = run(VISITORS, "fixed").stdout.split()
    _, before = run(VISITORS, "left alone").stdout.split()
    assert said == "True"
    assert int(resident) < 120
    assert int(resident) <= int(before)


def test_a_library_without_the_setting_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: object())
    assert process.return_large_blocks() is False


SPARED = """
import gc
import components.pages.network.page, components.pages.train.page, components.session.url
from components.session import process
process.prepare()
whole = gc.get_freeze_count()
ring = []
ring.append(ring)
del ring
print(whole, len(gc.get_objects()), gc.collect())
"""


def test_once_prepared_the_collector_searches_what_came_later_alone() -> None:
    spared, left, found = map(int, run(SPARED).stdout.split()[-3:])
    assert spared > 50_000
    assert left < 1000
    assert found >= 1


def test_garbage_is_searched_for_now_and_then_and_not_at_every_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    now, searches = [1000.0], []
    monkeypatch.setattr(process, "monotonic", lambda: now[0])
    monkeypatch.setattr(process, "_collected", 0.0)
    monkeypatch.setattr(gc, "collect", lambda: searches.append(now[0]))
    for now[0] in (1000.0, 1004.0, 1009.9, 1010.0, 1011.0, 1050.0):
        process.collect()
    assert searches == [1000.0, 1010.0, 1050.0]


ASK = """
import ctypes, numpy, scipy.linalg
import numpy._core._multiarray_umath as one, scipy.linalg._fblas as other
from components.session import process
asked = process.use_one_blas_thread()
told = []
for extension in (one, other):
    library = ctypes.CDLL(extension.__file__)
    for name in ("scipy_openblas_get_num_threads64_", "scipy_openblas_get_num_threads", "openblas_get_num_threads"):
        if hasattr(library, name):
            told.append(getattr(library, name)())
            break
print(asked, len(told), set(told) <= {1})
"""


def test_every_openblas_that_was_asked_says_that_it_has_one_thread() -> None:
    asked, answered, single = run(ASK).stdout.split()
    assert asked == answered
    assert single == "True"


def test_a_package_without_openblas_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "EXTENSIONS", ("no.such.module", "math"))
    assert process.use_one_blas_thread() == 0


def test_preparing_the_process_limits_the_threads() -> None:
    prepared = ASK.replace("asked = process.use_one_blas_thread()", "process.prepare(); asked = 2")
    assert run(prepared).stdout.endswith("True\n")


def test_what_a_library_in_c_writes_is_dropped_and_what_python_writes_is_not() -> None:
    script = """
import os, sys
from components.session.process import silence_libraries
silence_libraries()
os.write(2, b"Bad code word at line 3")
print("a traceback", file=sys.stderr)
"""
    assert run(script).stderr == "a traceback\n"


def test_the_server_s_own_memory_is_not_limited_for_a_task() -> None:
    assert len(process.within(0, lambda: bytes(10**8))) == 10**8
