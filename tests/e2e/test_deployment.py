"""Deployed as users do it: nothing installed but requirements.txt, in a small server's memory, every page opens.

Once with the lowest versions that requirements.txt admits on the oldest Python of this machine, once with the newest of
both. Start-up time and memory are told by `python -m tests.benchmarks start`.
"""

import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import ROOT, served
from tests.support.pages import PATHS
from tests.support.user import settled

pytestmark = pytest.mark.long

OLDEST = 11  # of Python 3
ADDRESSES = 2 * 2**30  # bytes: in one gigabyte OpenBLAS finds no room for what it reserves and never uses
RESIDENT = 1_000_000_000  # bytes: about what Streamlit Community Cloud grants


def pythons() -> list[Path]:
    """The Pythons of this machine from OLDEST on, oldest first; those of pyenv are not on the PATH."""
    found = {sys.version_info.minor: Path(sys.executable)}
    for folder in [*map(Path, os.environ["PATH"].split(os.pathsep)), *Path.home().glob(".pyenv/versions/*/bin")]:
        for path in [] if "shims" in folder.parts else folder.glob("python3.*"):
            if name := re.fullmatch(r"python3\.(\d+)", path.name):
                found.setdefault(int(name[1]), path)
    return [found[minor] for minor in sorted(found) if minor >= OLDEST]


def lowest() -> list[str]:
    """requirements.txt, each package at the lowest version it admits."""
    lines = (ROOT / "requirements.txt").read_text("utf-8").split()
    return [re.sub(r">=([\d.]+).*", r"==\1", line) for line in lines]


def test_the_lowest_versions_are_pinned_by_the_requirements() -> None:
    assert all(re.fullmatch(r"[a-z]+==\d+(\.\d+)+", line) for line in lowest())
    assert {line.partition("==")[0] for line in lowest()} == {"streamlit", "numpy", "scipy", "plotly", "pillow"}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("versions", ["lowest", "newest"])
def test_with_the_requirements_alone_and_little_memory_every_page_opens(
    versions: str, browser: Browser, tmp_path: Path
) -> None:
    wanted = lowest() if versions == "lowest" else ["-r", str(ROOT / "requirements.txt")]
    oldest_or_newest = str(pythons()[0 if versions == "lowest" else -1])
    subprocess.run([oldest_or_newest, "-m", "venv", "--without-pip", str(tmp_path)], check=True)
    python = str(tmp_path / "bin" / "python")
    install = [sys.executable, "-m", "pip", "--python", python, "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*install, "--no-compile", *wanted], check=True)
    with served(python=python) as server:
        resource.prlimit(server.pid, resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
        page = browser.new_page(base_url=server.url)
        for path in PATHS:
            page.goto("/" if path == PATHS[0] else f"/{path}")
            settled(page)
            expect(page.locator("h1")).to_be_visible()
            assert not page.get_by_test_id("stException").count()
        page.close()
        (most,) = re.findall(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{server.pid}/status").read_text())
        assert "Traceback" not in server.written()
        assert 1024 * int(most) < RESIDENT
