"""The browser of the end-to-end tests: where it is, and `python -m tests.browser` to make sure that there is one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = (
    "No Chromium found: install it with `sudo apt-get install chromium` or "
    "`python -m playwright install --with-deps chromium`, or set CHROMIUM=/path"
)


def find() -> str | None:
    """$CHROMIUM if it is set, else the first of NAMES on the PATH, else the browser that Playwright installed.

    Asks Playwright, so call it while no other Playwright runs in this thread.
    """
    if chosen := os.environ.get("CHROMIUM"):
        return shutil.which(chosen)
    for name in NAMES:
        if path := shutil.which(name):
            return path
    with sync_playwright() as playwright:
        bundled = playwright.chromium.executable_path
    return bundled if Path(bundled).is_file() else None


def executable() -> str:
    """Like `find`, but RuntimeError says what to install."""
    path = find()
    if path is None:
        raise RuntimeError(MISSING)
    return path


def main() -> None:
    """Install one if there is none; Debian's own where this is Debian, else Playwright's. Exits with a sentence."""
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    debian = [[*root, "apt-get", "update"], [*root, "apt-get", "install", "-y", "chromium"]]
    playwright = [[sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"]]
    for commands in (debian, playwright) if _is_debian() else (playwright, debian):
        for command in commands:
            if find() is None and shutil.which(command[0]):
                _run(*command)
    try:
        sys.stdout.write(f"{executable()}\n")
    except RuntimeError as error:
        sys.exit(str(error))


def _is_debian() -> bool:
    """Ubuntu's package of that name is no browser but a snap; Debian's is."""
    release = Path("/etc/os-release")
    return release.is_file() and "ID=debian" in release.read_text("utf-8").splitlines()


def _run(*command: str) -> None:
    """Run it and let it talk; whether it helped is seen by looking for a browser again."""
    try:
        subprocess.run(command, check=False, timeout=900)
    except (OSError, subprocess.TimeoutExpired) as error:
        sys.stderr.write(f"{error}\n")


if __name__ == "__main__":
    main()
