"""The map at full size is the map: strip by strip the same numbers, in the page's colours, within its memory."""

import tracemalloc
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from components.display.layer import layer_of, output_map
from components.pages.explore.export import figure, full_size
from components.pages.explore.export.full_size import Progress
from components.pages.explore.export.full_size import full_size_map as made
from components.state.link import edited
from components.state.setup import Setup
from kernels.images.decode import decode, planes
from kernels.layer.spec import SpecError

Bytes = NDArray[np.uint8]


def file_of(height: int, width: int, seed: int = 0) -> bytes:
    """A picture of smooth noise, as a PNG."""
    rng = np.random.default_rng(seed)
    small = Image.fromarray(rng.integers(0, 256, (9, 11, 3), dtype=np.uint8))
    data = BytesIO()
    small.resize((width, height), Image.Resampling.BICUBIC).save(data, "PNG")
    return data.getvalue()


def of(**changes: object) -> Setup:
    return edited(Setup(), **changes)


def ended(data: bytes, state: Setup) -> tuple[list[Progress], Bytes]:
    steps = list(made(data, state))
    with Image.open(BytesIO(steps[-1].png)) as picture:
        return steps, np.array(picture.convert("RGB"))


WAYS: list[dict[str, object]] = [
    {},
    {"colour": "rgb", "kernel": "0.1,0.2;0.3,0.4"},
    {"padding": "same", "mode": "reflect", "flip": True, "kernel": "1,2,3;0,0,0;-1,0,5"},
    {"padding": 3, "mode": "circular", "stride": 2, "bias": -0.2, "activation": "relu"},
    {"padding": "full", "mode": "replicate", "dilation": 3, "activation": "tanh"},
    {"stride": 3, "kernel": "1", "activation": "abs"},
]


def test_in_many_strips_it_is_the_map_made_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for way in WAYS:
        monkeypatch.setattr(full_size, "STRIP", 200)
        data, state = file_of(83, 70), of(**way)
        picture = planes(decode(data, 4096), state.colour)
        layer = layer_of(state, (83, 70))
        steps, found = ended(data, state)
        assert len(steps) > 5
        wanted = figure.output_picture(output_map(state, layer, picture)).astype(int)
        assert found.shape == wanted.shape
        assert np.abs(found.astype(int) - wanted).max() <= 3  # a level more or less, where a number lies between two


def test_the_share_grows_to_one_and_only_the_last_step_has_the_file() -> None:
    steps, _ = ended(file_of(64, 48), of())
    shares = [step.share for step in steps]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert [bool(step.png) for step in steps] == [False] * (len(steps) - 1) + [True]


def test_what_is_larger_than_the_page_shows_keeps_every_pixel() -> None:
    _, found = ended(file_of(700, 900), of())
    assert found.shape == (698, 898, 3)


def test_untied_uses_belong_to_the_small_picture_and_are_left_out() -> None:
    data, state = file_of(40, 40), of()
    assert ended(data, replace(state, untied=((0, 0, 0, 9.0),)))[0][-1].png == ended(data, state)[0][-1].png


def test_too_many_pixels_or_a_kernel_too_large_are_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SpecError, match="reaches over"):
        list(made(file_of(8, 8), of(kernel=";".join(["1,1,1,1,1,1,1,1,1"] * 9))))
    monkeypatch.setattr(full_size, "MOST", 5000)
    with pytest.raises(SpecError, match="pixels and the limit is"):
        list(made(file_of(100, 100), of()))
    with pytest.raises(SpecError, match="pad less"):
        list(made(file_of(60, 60), of(padding=20)))
    with pytest.raises(SpecError, match="unknown kind"):
        list(made(b"no picture", of()))


@pytest.mark.long
def test_memory_stays_within_what_is_stated() -> None:
    """Two thirds of the stated bound for NumPy's share: Pillow keeps its own copies beside, of the same size."""
    side = int(full_size.MOST**0.5)
    data = file_of(side, side)
    tracemalloc.start()
    try:
        for _ in made(data, of(colour="rgb", padding="same")):
            pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2 / 3 * full_size.MEMORY
