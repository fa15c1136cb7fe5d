"""What the server does once, when the first visitor comes: its process is set up, its workers begin."""

from threading import Lock

from components.session import expiry, pool, process

_starting = Lock()


def start() -> None:
    """Set up memory and threads, begin the workers, and forget closed sessions from now on: once in the process."""
    with _starting:  # the first visitors come together, and `cache` alone lets each of them in
        process.prepare()
        pool.pool()
        expiry.begin()
