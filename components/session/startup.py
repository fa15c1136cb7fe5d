"""What the server does once, when the first visitor comes: its process is set up, its workers begin."""

from functools import cache

from components.session import expiry, pool, process


@cache
def start() -> None:
    """Set up memory and threads, begin the workers, and forget closed sessions from now on."""
    process.prepare()
    pool.pool()
    expiry.begin()
