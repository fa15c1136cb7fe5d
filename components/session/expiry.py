"""Sessions of closed tabs end when their time is over, also where no other visitor comes."""

from contextlib import suppress
from functools import cache
from threading import Thread
from time import sleep

from streamlit import runtime

from components.session import process

LOOK_EVERY = 20.0  # seconds


@cache
def begin() -> None:
    """From now on forget sessions whose time is over; once in the process.

    Streamlit itself only looks for them where a visitor comes or goes.
    """
    Thread(target=_look, name="expiry", daemon=True).start()


def _look() -> None:
    """Have the store of disconnected sessions drop the old ones, again and again.

    It has no public name; where Streamlit calls it otherwise, sessions stay until somebody comes.
    """
    while True:
        sleep(LOOK_EVERY)
        with suppress(AttributeError, RuntimeError):
            streamlit = runtime.get_instance()
            stored = streamlit._session_mgr._session_storage._cache  # type: ignore[attr-defined]
            streamlit._get_async_objs().eventloop.call_soon_threadsafe(stored.expire)
        process.collect()  # a session holds itself, in circles
