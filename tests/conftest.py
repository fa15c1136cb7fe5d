"""What all tests share: work is done in the thread that asks, so that it can be watched, stopped and patched."""

import os

os.environ.setdefault("WEIGHT_LOOM_WORKERS", "0")
