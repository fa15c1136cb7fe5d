"""A link as a code that any camera reads, and as a frame that any course page takes."""

import numpy as np
import qrcode  # type: ignore[import-untyped]  # has no types
from numpy.typing import NDArray
from qrcode.constants import ERROR_CORRECT_L  # type: ignore[import-untyped]
from qrcode.util import MODE_8BIT_BYTE, QRData  # type: ignore[import-untyped]

from components.display import share
from components.display.share import EASY, PIXELS, QUIET
from components.state.link import edited, to_query
from components.state.setup import Setup
from tests.support.html import Elements

PLACE = "http://127.0.0.1:8501/"
LONGEST = 2953  # bytes in the largest code
KERNEL = to_query(edited(Setup(), kernel=[[0.123456789] * 5] * 5))["kernel"]
LINKS = [
    PLACE,
    f"{PLACE}train?examples=20&epochs=3",
    f"{PLACE}?kernel={KERNEL}",
    f"{PLACE}?net=conv+8+3%2C+relu&hide=",
    "https://example.org/ä?x=ñ",
    PLACE + "x" * (LONGEST - len(PLACE)),
]
HOSTILE = [
    '"><script>alert(1)</script>',
    "' onload='alert(1)",
    '" onload="alert(1)',
    "a&amp;b",
    "<!--",
    "]]>",
    "javascript:alert(1)",
    "http://x/?a=1&lt=2&copy=3",
    "",
]


def modules(picture: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """The modules in a picture of a code, without its border; every one of them is one flat square."""
    n = picture.shape[0] // PIXELS
    squares = picture.reshape(n, PIXELS, n, PIXELS)
    assert (squares == squares[:, :1, :, :1]).all()
    sheet = squares[:, 0, :, 0]
    assert set(np.unique(sheet)) == {0, 255}
    inside = sheet[QUIET:-QUIET, QUIET:-QUIET]
    border = sheet.copy()
    border[QUIET:-QUIET, QUIET:-QUIET] = 255
    assert (border == 255).all()
    dark: NDArray[np.bool_] = inside == 0
    return dark


def drawn(link: str) -> list[NDArray[np.bool_]]:
    """What the library `qrcode` draws of it, with each of the eight masks: any reader reads them all alike."""
    found = []
    for mask in range(8):
        code = qrcode.QRCode(error_correction=ERROR_CORRECT_L, mask_pattern=mask, border=0)
        code.add_data(QRData(link.encode(), mode=MODE_8BIT_BYTE), optimize=0)
        code.make(fit=True)
        found.append(np.array(code.get_matrix(), bool))
    return found


def test_the_code_is_the_one_another_program_draws_of_the_link() -> None:
    for link in LINKS:
        picture = share.qr_picture(link)
        assert picture is not None
        assert picture.dtype == np.uint8
        assert picture.shape[0] == picture.shape[1]
        ours = modules(picture)
        assert any(ours.shape == other.shape and (ours == other).all() for other in drawn(link))


def test_another_link_is_another_code() -> None:
    one, other = share.qr_picture(LINKS[0]), share.qr_picture(LINKS[0] + "?")
    assert one is not None
    assert other is not None
    assert not np.array_equal(one, other)


def test_a_link_that_is_too_long_has_no_code_and_it_is_said() -> None:
    most, more = PLACE + "x" * (LONGEST - len(PLACE)), PLACE + "x" * (LONGEST + 1 - len(PLACE))
    assert share.qr_picture(most) is not None
    assert share.qr_picture(more) is None
    assert share.qr_picture("ä" * LONGEST) is None  # bytes count, not letters
    assert share.qr_note(more) == "This link is too long for a QR code: copy it instead."
    assert "drawn here" not in share.qr_note(more)


def test_a_fine_code_is_called_one() -> None:
    assert "fine" not in share.qr_note("x" * EASY)
    assert "fine" in share.qr_note("x" * (EASY + 1))
    assert share.qr_note("https://example.org/?x=1").startswith("The code is drawn here; nothing is sent anywhere.")


def test_an_address_that_no_other_device_can_open_is_called_one() -> None:
    for host in ["127.0.0.1:8501", "localhost:8501", "localhost"]:
        assert "address of this computer" in share.qr_note(f"http://{host}/?stride=2")
        assert "address of this computer" not in share.qr_note("https://example.org/?at=localhost")


def test_the_frame_is_one_element_whose_address_is_the_link_embedded() -> None:
    for link in [*LINKS, *HOSTILE]:
        page = Elements(share.frame_html(link))
        ((tag, attributes),) = page.found
        assert (tag, page.text) == ("iframe", "")
        assert set(attributes) == {"src", "width", "height", "title"}
        assert attributes["title"] == "Weight Loom"
        src = attributes["src"]
        assert src is not None
        assert src in (f"{link}?embed=true", f"{link}&embed=true")
        assert src.count("?") == max(1, link.count("?"))
