"""What the tests and the benchmarks run on."""

import platform
from pathlib import Path


def processor() -> str:
    """Its name, from Linux where that is what we run on; it may be empty elsewhere."""
    file = Path("/proc/cpuinfo")
    told = file.read_text("utf-8").splitlines() if file.exists() else []
    named = (line.partition(":")[2].strip() for line in told if line.startswith("model name"))
    return next(named, platform.processor())
