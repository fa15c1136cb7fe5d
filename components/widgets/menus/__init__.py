"""Menus: buttons that say a present value and open what changes it.

What is in a menu is drawn from the moment somebody reaches for its button: most are never opened. Streamlit opens a
menu at the end of the document, after all of the page; the keyboard's way into it is here, too.
"""

from collections.abc import Callable

import streamlit as st

from components.session import bind, cache
from components.widgets.mount import registered

MOST, LONGEST = 10, 20  # menus of a page, characters of a name
AT_FIRST: tuple[str, ...] = ()  # the menus that are drawn before somebody reaches for them
WIDTH, GALLERY = 320, 560  # pixels

_mount = registered(__file__)


def listen() -> None:
    """Before the menus, once: hear from the browser which are wanted. What this is called in runs again then."""
    _mount(key="menus", data={"wanted": sorted(wanted())}, on_wanted_change=_want)


def menu(name: str, says: str, icon: str, show: Callable[[], None], width: int = WIDTH) -> None:
    """A button that says a present value; what `show` draws opens below it, no wider than the screen."""
    with st.popover(says, icon=f":material/{icon}:", key=f"bar_{name}"), st.container(width=width):
        if name in wanted():
            with bind.in_menu():
                show()
        else:
            st.caption("…")


def wanted() -> set[str]:
    """The menus that somebody has reached for since the page was opened; they stay drawn, for one may be open."""
    found: set[str] = cache.remember("menus", "", lambda: set(AT_FIRST))
    return found


def _want() -> None:
    name = bind.entered("menus", "wanted")
    if isinstance(name, str) and len(name) <= LONGEST and len(wanted()) < MOST:
        wanted().add(name)
