"""What a run printed, kept in results.md: a section a table, with the machine, the versions and the date of its run."""

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from io import StringIO
from pathlib import Path
from typing import TextIO

from tests.support.machine import processor

FILE = Path(__file__).with_name("results.md")
TITLE = """# What `python -m tests.benchmarks` printed

Written by `python -m tests.benchmarks … --write`, a section a command."""
PACKAGES = ("streamlit", "numpy", "scipy", "plotly", "pillow", "torch", "opencv-python-headless")


class Tee(StringIO):
    """Keeps what is printed, and prints it."""

    def __init__(self, screen: TextIO) -> None:
        super().__init__()
        self.screen = screen

    def write(self, text: str) -> int:
        self.screen.write(text)
        self.screen.flush()
        return super().write(text)


@contextmanager
def kept(command: str, screen: TextIO) -> Iterator[None]:
    """Put what is printed meanwhile into the file, in the command's section. What fails is not written."""
    before = os.getloadavg()
    with redirect_stdout(Tee(screen)) as printed:
        yield
    tables = printed.getvalue().strip("\n")
    text = f"`python -m tests.benchmarks {command}`\n\n{_here(before)}\n\n```text\n{tables}\n```"
    old = FILE.read_text("utf-8") if FILE.exists() else TITLE
    FILE.write_text(replaced(old, command, text), "utf-8")


def replaced(document: str, name: str, text: str) -> str:
    """The document with this text in the section of that name, which is added at the end where there is none."""
    title, *sections = document.rstrip("\n").split("\n\n## ")
    texts = dict(section.split("\n\n", 1) for section in sections)
    texts[name] = text
    return "\n\n## ".join([title, *(f"{key}\n\n{value}" for key, value in texts.items())]) + "\n"


def _here(before: tuple[float, float, float]) -> str:
    """The machine, how busy it was, and what is installed."""
    load = f"load average {before[0]:.1f} before and {os.getloadavg()[0]:.1f} after"
    versions = ", ".join(f"{name} {found}" for name in PACKAGES if (found := _version(name)))
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {processor()}, {os.cpu_count()} cores, {load}. "
        f"Python {platform.python_version()}, {versions}; {platform.system()} {platform.release()}."
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
