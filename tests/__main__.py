"""All tests: `python -m tests`. The browser's in front, everything else beside them in the time they leave.

The browser's tests wait for answers and for paint, and one browser keeps a core and a half busy: the others run
at the lowest priority, so that no frame comes late for them. Ends in pytest's summary lines; fails if one of them does.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

BROWSERS = Path(__file__).parent / "e2e"
LAST = 19  # of all priorities
PYTEST = [sys.executable, "-m", "pytest", "-q"]


def main() -> int:
    with tempfile.TemporaryFile() as beside:
        others = subprocess.Popen(
            [*PYTEST, "-n", "2", f"--ignore={BROWSERS}"], stdout=beside, stderr=subprocess.STDOUT, preexec_fn=_last
        )
        failed = subprocess.run([*PYTEST, str(BROWSERS)], check=False).returncode
        failed = others.wait() or failed
        beside.seek(0)
        sys.stdout.flush()
        sys.stdout.buffer.write(beside.read())
    return failed


def _last() -> None:
    os.nice(LAST)


if __name__ == "__main__":
    sys.exit(main())
