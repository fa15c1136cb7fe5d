"""Starting apps and a browser for the benchmarks."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from playwright.sync_api import Browser, sync_playwright

from tests.browser import executable

ROOT = Path(__file__).resolve().parents[2]
FLAGS = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-background-networking"]


@dataclass(frozen=True, slots=True)
class Server:
    url: str
    process: subprocess.Popen[bytes]


@contextmanager
def serve(app: Path, log: int | IO[bytes] = subprocess.DEVNULL, copy: str = "") -> Iterator[Server]:
    """`streamlit run app` on a free local port, until the block ends; what it says goes to `log`.

    copy: its letter, where there are several.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--server.headless=true", f"--server.port={port}", "--server.address=127.0.0.1"]
    command = [sys.executable, "-m", "streamlit", "run", str(app), *options]
    environment = os.environ | {"WEIGHT_LOOM_COPY": copy}
    with subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=environment) as process:
        server = Server(f"http://127.0.0.1:{port}", process)
        try:
            while not healthy(server):
                time.sleep(0.02)
            yield server
        finally:
            process.terminate()


def healthy(server: Server) -> bool:
    """Whether it answers yet. RuntimeError where it has ended."""
    if server.process.poll() is not None:
        raise RuntimeError("the app ended before it was healthy")
    try:
        with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=5):  # noqa: S310  # http://127.0.0.1
            return True
    except OSError:
        return False


@contextmanager
def chromium() -> Iterator[Browser]:
    path = executable()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def resident_mb(pid: int) -> float:
    """Linux: the resident set of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / 1e6
