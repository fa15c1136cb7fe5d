"""All tests: `python -m tests` runs the short part, for every change; `python -m tests --long` the rest, as CI does.

Chromium's tests are in front, two at a time, for they wait for answers and for paint; the others run beside them in
the time they leave, and then Firefox's.
What is marked `long` takes more than about two seconds, drives a whole page through many states, or a browser through
what the short part checks without one, or needs `tests/requirements-long.txt`. Ends in pytest's summary lines; fails if
one of the runs fails.
A browser's test that fails beside all others is run once more when they are over: a fault fails again, want of time
does not.
"""

import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

BROWSER = Path(__file__).parent / "e2e"
PYTEST = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "worksteal", "--durations=15"]
LAST = ["nice", "-n", "19"]
AGAIN = ["--last-failed", "--last-failed-no-failures=none"]
NONE = 5  # pytest's exit code where there was nothing to run


def main(part: str) -> int:
    """Run this part ("long" or "not long"); returns pytest's exit code, or that of a run that failed."""
    chromium, firefox = _in_browser(f"{part} and not in_firefox", "chromium"), _in_browser("in_firefox", "firefox")
    with tempfile.TemporaryFile() as output, ThreadPoolExecutor(1) as beside:
        others = beside.submit(_beside, part, firefox if part == "long" else [], output)
        failed = _run(chromium)
        failed_beside, failed_in_firefox = others.result()
        failed = failed and _run([*chromium, *AGAIN])
        failed_in_firefox = failed_in_firefox and _run([*firefox, *AGAIN])
        output.seek(0)
        sys.stdout.flush()
        sys.stdout.buffer.write(output.read())
    return failed or failed_in_firefox or failed_beside


def _beside(part: str, firefox: list[str], output: IO[bytes]) -> list[int]:
    """Exit codes of what needs no browser, and of what is run in Firefox then."""
    others = [*LAST, *PYTEST, "-m", part, f"--ignore={BROWSER}"]
    return [_run(others, output), _run(firefox, output) if firefox else 0]


def _in_browser(marks: str, name: str) -> list[str]:
    """The command that runs the tests with these marks in this browser, and knows which have failed there."""
    return [*PYTEST, "-m", marks, "-o", f"cache_dir=.pytest_cache/{name}", str(BROWSER)]


def _run(command: list[str], output: IO[bytes] | None = None) -> int:
    code = subprocess.run(command, check=False, stdout=output, stderr=subprocess.STDOUT if output else None).returncode
    return 0 if code == NONE else code


if __name__ == "__main__":
    sys.exit(main("long" if "--long" in sys.argv[1:] else "not long"))
