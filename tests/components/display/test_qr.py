"""A QR code here is the one another library makes, module by module; the reader is not asked to mend anything."""

from collections.abc import Sequence

import numpy as np
import pytest
import qrcode  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from qrcode.util import MODE_8BIT_BYTE, QRData  # type: ignore[import-untyped]

from components.display.qr import qr_modules
from kernels.layer.spec import SpecError

Modules = NDArray[np.bool_]


def others(text: str, mask: int | None = None) -> Modules:
    """The modules of this text, at level L and as bytes, by the library `qrcode`."""
    made = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_L, border=0, mask_pattern=mask)
    made.add_data(QRData(text.encode(), mode=MODE_8BIT_BYTE), optimize=0)
    made.make(fit=True)
    return np.array(made.get_matrix(), dtype=bool)


def mask_of(modules: Modules) -> int:
    """What the code says its mask is: three of the format's bits, less what is laid over them."""
    bits = [int(modules[8, col]) for col in (2, 3, 4)]
    return int("".join(map(str, bits)), 2) ^ 0b101


FEW = (1, 16, 17, 18, 32, 33, 78, 106, 134, 154, 230, 231, 271, 272, 858, 1273, 2520, 2953)


@pytest.mark.parametrize("lengths", [FEW, pytest.param(range(1, 2953, 40), marks=pytest.mark.long)], ids=len)
def test_every_module_is_the_others_where_versions_change_and_at_every_size(lengths: Sequence[int]) -> None:
    for length in lengths:
        text = ("https://weight.loom/explore?kernel=1%2C0%2C-1&side=64&" * 60)[:length]
        mine = qr_modules(text)
        assert np.array_equal(mine, others(text, mask_of(mine)))


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=300))
def test_any_text_makes_the_code_the_other_library_makes(text: str) -> None:
    encodable = text.encode(errors="ignore").decode()
    mine = qr_modules(encodable)
    assert np.array_equal(mine, others(encodable, mask_of(mine)))


def test_the_mask_taken_is_about_as_good_as_any() -> None:
    """Half black, no long runs: the share of black modules is near one half whatever the text."""
    for text in ("a", "0" * 500, "\x00" * 200, "https://weight.loom/"):
        assert abs(float(qr_modules(text).mean()) - 0.5) < 0.1


def test_a_text_that_is_too_long_is_refused_with_its_length() -> None:
    with pytest.raises(SpecError, match="at most 2953 bytes long for a QR code, got 2954"):
        qr_modules("x" * 2954)
    with pytest.raises(SpecError, match="got 2956"):
        qr_modules("ä" * 1478)
