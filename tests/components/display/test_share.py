"""A link as a code that any camera reads, and as a frame that any course page takes."""

import numpy as np

from components.display import share
from components.display.qr import qr_modules
from components.display.share import EASY, PIXELS, QUIET
from tests.support.html import Page

PLACE = "http://127.0.0.1:8501/"
LONGEST = 2953  # bytes in the largest code
LINKS = [PLACE, f"{PLACE}?net=conv+8+3%2C+relu&hide=", "https://example.org/ä?x=ñ"]
HOSTILE = [
    *('"><script>alert(1)</script>', "' onload='alert(1)", '" onload="alert(1)', "a&amp;b", "<!--", "]]>"),
    *("javascript:alert(1)", "http://x/?a=1&lt=2&copy=3", ""),
]


def test_the_code_is_the_links_in_flat_squares_with_white_around_it() -> None:
    for link in [*LINKS, PLACE + "x" * (LONGEST - len(PLACE))]:
        picture = share.qr_picture(link)
        assert picture is not None
        assert picture.dtype == np.uint8
        n = len(picture) // PIXELS
        squares = picture.reshape(n, PIXELS, n, PIXELS)
        assert (squares == squares[:, :1, :, :1]).all()
        modules = squares[:, 0, :, 0]
        np.testing.assert_array_equal(modules[QUIET:-QUIET, QUIET:-QUIET], np.where(qr_modules(link), 0, 255))
        modules[QUIET:-QUIET, QUIET:-QUIET] = 255
        assert (modules == 255).all()


def test_a_link_that_is_too_long_has_no_code_and_it_is_said() -> None:
    more = PLACE + "x" * (LONGEST + 1 - len(PLACE))
    assert share.qr_picture(more) is share.qr_picture("ä" * LONGEST) is None  # bytes count, not letters
    assert share.qr_note(more) == "This link is too long for a QR code; copy it instead."


def test_a_fine_code_and_an_address_that_no_other_device_can_open_are_called_that() -> None:
    assert "small" not in share.qr_note("x" * EASY)
    assert "small" in share.qr_note("x" * (EASY + 1))
    assert share.qr_note("https://example.org/?at=localhost") == "The code is generated here; nothing is sent anywhere."
    for host in ["127.0.0.1:8501", "localhost:8501", "localhost"]:
        assert "this computer only" in share.qr_note(f"http://{host}/?stride=2")


def test_the_frame_is_one_element_whose_address_is_the_link_embedded() -> None:
    for link in [*LINKS, *HOSTILE]:
        page = Page(share.frame_html(link))
        ((tag, attributes),) = page.tags
        assert (tag, page.text, attributes["title"]) == ("iframe", [], "Weight Loom")
        assert set(attributes) == {"src", "width", "height", "title", "allow"}
        assert attributes["allow"] == "camera"
        assert attributes["src"] == f"{link}{'&' if '?' in link else '?'}embed=true"
