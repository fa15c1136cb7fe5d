"""A thumbnail of a kernel shows what the kernel makes of this picture, and is small."""

import numpy as np
import pytest
from scipy import ndimage

from components.display.preset_thumbnails import OFFERED, SIDE, thumbnails
from kernels.images.samples import sample
from kernels.layer.presets import kernel
from tests.support.pictures import read_png


@pytest.mark.parametrize(("name", "side"), [("pagoda", SIDE), ("digit", 8), ("dot", 9)])
def test_each_kernel_is_shown_by_what_it_makes_of_this_picture(name: str, side: int) -> None:
    plane = np.atleast_3d(sample(name, side))[..., 0]
    made = thumbnails(plane)
    assert [one["id"] for one in made] == [known.id for known in OFFERED]
    assert sum(len(one["src"]) for one in made) < 300_000
    for one in made:
        weights = kernel(one["id"])
        origin = [n % 2 - 1 for n in weights.shape]  # SciPy's centre of an even kernel is one further
        wanted = ndimage.correlate(plane / 255, weights, mode="nearest", origin=origin)  # type: ignore[call-overload]
        shown = read_png(one["src"])
        assert shown.shape[:2] == plane.shape
        if shown.ndim == 2:
            assert wanted.min() > -1e-9
            np.testing.assert_allclose(shown, 255 * wanted / max(1, wanted.max()), atol=0.51)
        else:  # more opaque the larger, blue below 0 and red above
            opacity = 255 * (np.abs(wanted) / np.abs(wanted).max()) ** 0.8
            np.testing.assert_allclose(shown[..., 3], opacity, atol=0.51)
            strong = np.abs(wanted) > 1e-6
            assert ((shown[..., 2] > shown[..., 0]) == (wanted < 0))[strong].all()


def test_a_blank_picture_and_one_of_a_single_pixel_have_thumbnails_too() -> None:
    for plane in (np.zeros((5, 4), np.uint8), np.full((1, 1), 255, np.uint8)):
        assert {read_png(one["src"]).shape[:2] for one in thumbnails(plane)} == {plane.shape}
