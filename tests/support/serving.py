"""The app as a person starts it."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Server:
    """A server, and the file in which is all it has written so far."""

    url: str
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        return self.process.pid

    def written(self) -> str:
        return self.log.read_text("utf-8", errors="replace")

    def wait_until_healthy(self) -> None:
        deadline = time.monotonic() + 60
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=5):  # noqa: S310  # http://
                    return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError(f"The app did not start:\n{self.written()}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def served(
    port: int | None = None,
    python: str | Path = sys.executable,
    app: str | Path = "app.py",
    *options: str,
    base: str = "",
    copy: str = "",
) -> Iterator[Server]:
    """A server of its own, on this port or on a free one, under this base path, that ends with the block.

    copy: its letter, where there are several.
    """
    port = port or free_port()
    command = [python, "-m", "streamlit", "run", str(app), "--server.headless=true", *options]
    local = ["--server.address=127.0.0.1", f"--server.port={port}", f"--server.baseUrlPath={base}"]
    environment = os.environ | {"WEIGHT_LOOM_COPY": copy}
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "server.log"
        with (
            written.open("wb") as log,
            subprocess.Popen([*command, *local], cwd=ROOT, stdout=log, stderr=log, env=environment) as process,
        ):
            started = Server(f"http://127.0.0.1:{port}{base}", written, process)
            try:
                started.wait_until_healthy()
                yield started
            finally:
                process.terminate()
