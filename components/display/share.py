"""Ways to share a link: a QR code for a phone's camera, and an iframe for a course page. Pure."""

from html import escape
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from components.display.image import png_url
from components.display.qr import qr_modules
from kernels.layer.spec import SpecError

QUIET = 4  # modules of white around a code, as the standard asks
HERE = ("localhost", "127.0.0.1", "::1", "0.0.0.0")  # noqa: S104  # names of this computer, not an address to serve
PIXELS = 8  # a module
EASY = 600  # characters; a longer link makes a code that is hard to read from afar


def qr_url(link: str) -> str | None:
    """The QR code of the link as a data: URL; None if the link is too long for one.

    No address of this server: Streamlit may drop a picture while the page that shows it is drawn anew.
    """
    picture = qr_picture(link)
    return None if picture is None else png_url(picture)


def qr_picture(link: str) -> NDArray[np.uint8] | None:
    """The QR code of the link as a picture (h, w); None if the link is too long for one."""
    try:
        modules = qr_modules(link)
    except SpecError:
        return None
    return np.kron(255 * ~np.pad(modules, QUIET), np.ones((PIXELS, PIXELS))).astype(np.uint8)


def qr_note(link: str) -> str:
    """The sentence under the code: whether there is one, whether others can open it, and how hard it is to read."""
    if qr_picture(link) is None:
        return "This link is too long for a QR code; copy it instead."
    if note := only_here(link):
        return note
    far = " Its modules are small: hold the phone close." if len(link) > EASY else ""
    return f"The code is generated here; nothing is sent anywhere.{far}"


def only_here(link: str) -> str:
    """The sentence about a link that no other device can open, with what to do; "" for any other."""
    if urlsplit(link).hostname not in HERE:
        return ""
    return "Works on this computer only; for others, use the Network URL Streamlit prints at start."


def frame_html(link: str) -> str:
    """The HTML of a frame with the page alone: without Streamlit's bars, navigation, Share and Present."""
    joint = "&" if "?" in link else "?"
    source = escape(f"{link}{joint}embed=true")
    return f'<iframe src="{source}" allow="camera" width="100%" height="900" title="Weight Loom"></iframe>'
