"""The browsers of the end-to-end tests: `python -m tests.browser [chromium] [firefox]` makes sure that they are there.

Chromium (if none is named) drives every test; Firefox, in the long part, those marked `firefox`.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Literal

from playwright.sync_api import sync_playwright

Name = Literal["chromium", "firefox"]

PROGRAMS: dict[Name, tuple[str, ...]] = {
    # Debian's headless shell draws no window around the page: 24 tests took 124 s of processor time, 184 in Chromium.
    "chromium": ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"),
    "firefox": ("firefox-esr", "firefox"),
}
PACKAGES: dict[Name, tuple[str, ...]] = {  # of Debian, each with a program of its name
    "chromium": ("chromium-headless-shell", "chromium"),
    "firefox": ("firefox-esr",),
}
MISSING = {
    "chromium": "No Chromium found: install it with `sudo apt-get install chromium` or "
    "`python -m playwright install --with-deps chromium`, or set CHROMIUM=/path",
    "firefox": "No Firefox found: install it with `sudo apt-get install firefox-esr` on Debian or from mozilla.org, "
    "or set FIREFOX=/path",
}


def find(name: Name = "chromium") -> str | None:
    """$CHROMIUM or $FIREFOX if it is set, else the first of PROGRAMS on the PATH, else the Chromium of Playwright.

    May ask Playwright for its Chromium, so call it while no other Playwright runs in this thread. Playwright's own
    Firefox is a changed one and not the one that people have.
    """
    if chosen := os.environ.get(name.upper()):
        return shutil.which(chosen)
    for program in PROGRAMS[name]:
        if path := shutil.which(program):
            return path
    if name == "firefox":
        return None
    with sync_playwright() as playwright:
        bundled = playwright.chromium.executable_path
    return bundled if Path(bundled).is_file() else None


def executable(name: Name = "chromium") -> str:
    """Like `find`, but RuntimeError says what to install."""
    path = find(name)
    if path is None:
        raise RuntimeError(MISSING[name])
    return path


def install(name: Name) -> None:
    """Install it if there is none; Debian's own where this is Debian, else Playwright's Chromium."""
    if name.upper() in os.environ:
        return
    if _is_debian() and shutil.which(PACKAGES[name][0]) is None:
        _install_package(PACKAGES[name][0])
    if name == "chromium" and find(name) is None:
        _run(sys.executable, "-m", "playwright", "install", "--with-deps", "chromium")
    if find(name) is None:
        _install_package(PACKAGES[name][-1])


def _install_package(package: str) -> None:
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if shutil.which("apt-get"):
        for command in (["update"], ["install", "-y", package]):
            _run(*root, "apt-get", "-o", "Acquire::http::Timeout=20", *command)  # seconds: there may be no network


def _is_debian() -> bool:
    """Ubuntu's packages of these names are no browsers but snaps; Debian's are."""
    release = Path("/etc/os-release")
    return release.is_file() and "ID=debian" in release.read_text("utf-8").splitlines()


def _run(*command: str) -> None:
    """Run it and let it talk; whether it helped is seen by looking for a browser again."""
    try:
        subprocess.run(command, check=False, timeout=900)
    except (OSError, subprocess.TimeoutExpired) as error:
        sys.stderr.write(f"{error}\n")


def main(names: list[str]) -> None:
    """Install the browsers of these names and print where they are. Exits with a sentence if one is not to be had."""
    for name in PROGRAMS:
        if name in (names or ["chromium"]):
            install(name)
            try:
                sys.stdout.write(f"{executable(name)}\n")
            except RuntimeError as error:
                sys.exit(str(error))


if __name__ == "__main__":
    main(sys.argv[1:])
