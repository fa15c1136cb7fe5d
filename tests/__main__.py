"""All tests: `python -m tests`; with `--all` the long ones in the browser too.

The browser's are in front, everything else beside them in the time they leave: they wait for answers and for paint, and
one browser keeps a core and a half busy, so the others run at the lowest priority. LONG are ten minutes about the loom,
Compare and Sequence, whose engine, views and pages the others test as well, and about old and new versions of what is
installed: for whoever changes them. Ends in pytest's summary lines; fails if one of them does.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

BROWSERS = Path(__file__).parent / "e2e"
NAMES = ("test_loom.py", "test_compare.py", "test_sequence.py", "test_deployment.py")
LONG = [f"--ignore={BROWSERS / name}" for name in NAMES]
LAST = 19  # of all priorities
PYTEST = [sys.executable, "-m", "pytest", "-q"]
BESIDE = ["-n", "2", "--dist", "worksteal", f"--ignore={BROWSERS}"]


def main(everything: bool) -> int:
    with tempfile.TemporaryFile() as told:
        others = subprocess.Popen([*PYTEST, *BESIDE], stdout=told, stderr=subprocess.STDOUT, preexec_fn=_last)
        failed = subprocess.run([*PYTEST, str(BROWSERS), *([] if everything else LONG)], check=False).returncode
        failed = others.wait() or failed
        told.seek(0)
        sys.stdout.flush()
        sys.stdout.buffer.write(told.read())
    return failed


def _last() -> None:
    os.nice(LAST)


if __name__ == "__main__":
    sys.exit(main("--all" in sys.argv[1:]))
