"""Pictures arrive in the browser pixel by pixel, and a number has the colour that is stated."""

import numpy as np
from numpy.typing import NDArray

from components.display import image, theme
from components.display.matrix import Tiles, Window
from kernels import Wiring
from tests.support.pictures import read_png


def noise(*shape: int) -> NDArray[np.uint8]:
    return np.random.default_rng(3).integers(0, 256, shape, dtype=np.uint8)


def test_a_picture_arrives_pixel_by_pixel() -> None:
    for shape in [(1, 1), (7, 5), (5, 7, 3), (5, 7, 4), (1, 64), (64, 1, 4)]:
        picture = noise(*shape)
        np.testing.assert_array_equal(read_png(image.png_url(picture)), picture)


def test_grey_goes_from_black_to_white_and_no_further() -> None:
    values = np.array([[-0.5, 0.0, 1 / 255], [0.1, 0.5, 254.4 / 255], [254.6 / 255, 1.0, 7.0]])
    assert image.grey(values).tolist() == [[0, 0, 1], [26, 128, 254], [255, 255, 255]]
    levels = noise(9, 8)
    np.testing.assert_array_equal(image.grey(levels / 255), levels)


def test_a_signed_number_is_opaque_at_its_ends_nothing_at_zero_and_its_sign_is_its_hue() -> None:
    rgba = image.signed(np.array([[-2.0, 0.0, 2.0], [-5.0, -0.0, 9.0]]), 2.0)
    assert (rgba.shape, rgba.dtype.name) == ((2, 3, 4), "uint8")
    assert rgba[:, [0, 2]].tolist() == [[[*theme.NEGATIVE, 255], [*theme.POSITIVE, 255]]] * 2
    assert rgba[:, 1, 3].tolist() == [0, 0]
    assert not image.signed(np.zeros((2, 3)), 0.0)[..., 3].any()
    for high in [1e-9, 1.0, 3e6]:
        rgba = image.signed(np.linspace(-high, high, 401)[None], high)[0].astype(int)
        hues, opacity = rgba[:, :3].tolist(), rgba[:, 3].tolist()
        assert hues[:200] + hues[201:] == [[*theme.NEGATIVE]] * 200 + [[*theme.POSITIVE]] * 200
        assert opacity[200:] == sorted(opacity[200:]) == opacity[200::-1]
        assert len(set(opacity)) > 150


def test_a_window_of_the_matrix_has_colour_where_it_has_weights() -> None:
    palette = noise(256, 3)
    at, ink = np.array([0, 4, 5], dtype=np.uint32), np.array([9, 0, 255], dtype=np.uint8)
    wanted = np.zeros((6, 4), np.uint8)
    wanted[at] = [[*palette[colour], 255] for colour in ink]
    rgba = image.tiles_picture(Tiles(Window(0, 2, 0, 3), 2, 3, at, ink), palette)
    np.testing.assert_array_equal(rgba, wanted.reshape(2, 3, 4))


def test_a_wiring_is_painted_connection_by_connection_and_is_clear_where_it_has_none() -> None:
    wires = Wiring(np.array([0, 1, 1]), np.array([2, 0, 1]), np.array([0, 1, 0]), 2, (2, 3))
    picture = image.wiring_picture(wires, np.array([[1, 2, 3], [4, 5, 6], [1, 2, 3]], np.uint8))
    assert picture.tolist() == [
        [[0, 0, 0, 0], [0, 0, 0, 0], [1, 2, 3, 255]],
        [[4, 5, 6, 255], [1, 2, 3, 255], [0, 0, 0, 0]],
    ]


def test_on_white_what_is_clear_is_white_and_what_is_half_clear_lies_halfway() -> None:
    picture = np.array([[[10, 20, 30, 255], [9, 9, 9, 0], [55, 155, 255, 51]]], np.uint8)
    assert image.on_white(picture).tolist() == [[[10, 20, 30], [255, 255, 255], [215, 235, 255]]]


def test_a_mosaic_has_one_pixel_between_its_pictures_and_zeros_where_it_has_none() -> None:
    pictures = np.arange(1.0, 13.0).reshape(3, 2, 2)
    wanted = [[1, 2, 0, 5, 6], [3, 4, 0, 7, 8], [0] * 5, [9, 10, 0, 0, 0], [11, 12, 0, 0, 0]]
    assert image.mosaic(pictures, 2).tolist() == wanted
