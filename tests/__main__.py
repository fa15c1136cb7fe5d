"""All tests: `python -m tests` runs the short part, for every change; `python -m tests --long` the rest, as CI does.

The browser's tests are in front, the others beside them in the time they leave: they wait for answers and for paint.
What is marked `long` takes more than about two seconds, drives a browser through what the short part checks without
one, or needs `tests/requirements-long.txt`. Ends in pytest's summary lines; fails if one of the two runs fails.
A browser's test that fails beside all others is run once more by itself: a fault fails again, want of time does not.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

BROWSER = Path(__file__).parent / "e2e"
LOWEST = 19  # of all priorities
PYTEST = [sys.executable, "-m", "pytest", "-q"]
BESIDE = ["-n", "2", "--dist", "worksteal", f"--ignore={BROWSER}"]


def main(part: str) -> int:
    """Run this part ("long" or "not long"); returns pytest's exit code, or that of the run that failed."""
    with tempfile.TemporaryFile() as output:
        others = subprocess.Popen(
            [*PYTEST, "-m", part, *BESIDE], stdout=output, stderr=subprocess.STDOUT, preexec_fn=_last
        )
        browser = [*PYTEST, "-m", part, "-o", "cache_dir=.pytest_cache/browser", str(BROWSER)]
        failed = subprocess.run(browser, check=False).returncode
        failed_beside = others.wait()
        if failed:
            failed = subprocess.run(
                [*browser, "--last-failed", "--last-failed-no-failures=none"], check=False
            ).returncode
        failed = failed_beside or failed
        output.seek(0)
        sys.stdout.flush()
        sys.stdout.buffer.write(output.read())
    return failed


def _last() -> None:
    os.nice(LOWEST)


if __name__ == "__main__":
    sys.exit(main("long" if "--long" in sys.argv[1:] else "not long"))
