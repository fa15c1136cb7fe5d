"""What flows in is the test digit, the drawing or the picture, at the size the network reads."""

from dataclasses import replace

import numpy as np
import pytest

from components.pages.network import input
from components.pages.network.state import Net
from components.state.setup import Setup
from kernels.images.digits import split
from kernels.layer.spec import Bytes

DRAWING = "-".join(["0123456789abcdef"] * 16)


def no_picture() -> Bytes:
    raise AssertionError("no picture is asked for")


def test_a_digit_is_one_of_the_test_set_and_its_label_is_its_own() -> None:
    _, test = split(1197, 600, 0)
    for n in (0, 1, 7, 599):
        seen = input.digit(n)
        assert (seen.shape, str(seen.dtype)) == ((16, 16, 3), "uint8")
        for corner, here in ((0, 0), (15, 7)):
            assert seen[corner, corner].tolist() == [round(255 * float(test.x[n, 0, here, here]))] * 3
        assert input.label(replace(Net(), digit=n)) == test.labels[n]
        assert input.label(replace(Net(), digit=n, shown="sheet")) is None
        assert input.label(replace(Net(), digit=n, shown="picture")) is None


def test_a_digit_and_a_drawing_flow_in_as_they_are_and_inverted() -> None:
    np.testing.assert_array_equal(input.levels(Setup(), Net(), no_picture)[0], input.digit(Net().digit)[:, :, 0])
    drawn = replace(Net(), shown="sheet")
    found = input.levels(replace(Setup(), drawing=DRAWING), drawn, no_picture)
    assert found.tolist() == [[[17 * n for n in range(16)]] * 16]
    inverted = input.levels(replace(Setup(), drawing=DRAWING), replace(drawn, inverted=True), no_picture)
    np.testing.assert_array_equal(inverted, 255 - found)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_picture_of_the_right_size_flows_in_in_grey_or_in_colour(channels: int) -> None:
    own = replace(Net(), shown="picture", inputs=(channels, 5, 7))
    picture = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    wanted = np.rint(picture @ np.array([0.299, 0.587, 0.114]))[None] if channels == 1 else picture.transpose(2, 0, 1)
    found = input.levels(Setup(), own, lambda: picture)
    assert np.abs(found.astype(float) - wanted).max() <= 1
    np.testing.assert_allclose(input.volume(found), found / 255, atol=1e-7)


def test_the_key_changes_with_what_flows_in_and_with_nothing_else() -> None:
    def key(own: Net, picture: str = "one", drawing: str = DRAWING) -> object:
        return input.key(replace(Setup(), drawing=drawing), own, picture)

    digit, sheet, photo = (replace(Net(), shown=shown) for shown in ("digit", "sheet", "picture"))
    assert key(digit) == key(digit, "other", "0") != key(replace(digit, digit=1))
    assert key(sheet) == key(replace(sheet, digit=1), "other") != key(sheet, drawing="0")
    assert key(photo) == key(replace(photo, digit=1), drawing="0") != key(photo, "other")
    assert len({key(one) for one in (digit, sheet, photo, replace(digit, inverted=True))}) == 4
    assert key(digit) != key(replace(digit, inputs=(1, 8, 8)))


def test_the_digit_that_flows_in_at_first_is_the_most_typical_of_its_class() -> None:
    labels = split(1197, 600, 0)[1].labels
    alike = np.flatnonzero(labels == labels[Net().digit])
    pixels = np.stack([input.digit(n)[:, :, 0].astype(float) for n in alike.tolist()])
    assert alike[((pixels - pixels.mean(axis=0)) ** 2).sum(axis=(1, 2)).argmin()] == Net().digit
