"""The map at full size is the map: strip by strip the same numbers, in the page's colours, within its memory."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from PIL import Image

from components.display.layer import layer_of, output_map
from components.pages.explore.export import figure, full_size
from components.state.link import edited
from components.state.setup import Setup
from kernels.images.decode import decode, planes
from kernels.layer.spec import SpecError
from tests.support.memory import peak
from tests.support.pictures import rgb
from tests.support.visitor import saved
from tests.support.work import interrupted, records_of

DEFAULT = Setup()
WAYS: list[dict[str, object]] = [
    {},
    {"colour": "rgb", "kernel": "0.1,0.2;0.3,0.4"},
    {"padding": "same", "mode": "reflect", "flip": True, "kernel": "1,2,3;0,0,0;-1,0,5"},
    {"padding": 3, "mode": "circular", "stride": 2, "bias": -0.2, "activation": "relu"},
    {"padding": "full", "mode": "replicate", "dilation": 3, "activation": "tanh"},
    {"stride": 3, "kernel": "1", "activation": "abs"},
]


def file_of(height: int, width: int) -> bytes:
    """A picture of smooth noise, as a PNG."""
    small = Image.fromarray(np.random.default_rng(0).integers(0, 256, (9, 11, 3), dtype=np.uint8))
    return saved(np.asarray(small.resize((width, height), Image.Resampling.BICUBIC)))


def full_size_map(data: bytes, state: Setup) -> bytes:
    """The one record, without an interruption."""
    (made,) = records_of(full_size.full_size_map(data, state, None))
    return made


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_in_many_strips_it_is_the_map_made_at_once(way: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(full_size, "STRIP", 200)
    data, state = file_of(83, 70), edited(DEFAULT, **way)
    result = output_map(state, layer_of(state, (83, 70)), planes(decode(data, 4096), state.colour))
    made = full_size_map(data, state)
    assert interrupted(partial(full_size.full_size_map, data, state)) == [made]
    found, wanted = rgb(made).astype(int), figure.output_picture(result)
    assert found.shape == wanted.shape
    assert np.abs(found - wanted).max() <= 3  # a level more or less, where a number lies between two


def test_every_pixel_of_a_large_picture_is_kept_and_untied_uses_of_the_small_one_are_left_out() -> None:
    data = file_of(700, 900)
    found = full_size_map(data, DEFAULT)
    assert rgb(found).shape == (698, 898, 3)
    assert full_size_map(data, replace(DEFAULT, untied=((0, 0, 0, 9.0),))) == found


def test_what_cannot_be_made_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(full_size, "MOST", 5000)
    for data, state, said in (
        (file_of(8, 8), edited(DEFAULT, kernel=";".join(["1,1,1,1,1,1,1,1,1"] * 9)), "spans"),
        (file_of(100, 100), DEFAULT, "pixels and the limit is"),
        (file_of(60, 60), edited(DEFAULT, padding=20), "use less padding"),
        (b"no picture", DEFAULT, "unknown kind"),
    ):
        with pytest.raises(SpecError, match=said):
            full_size_map(data, state)


@pytest.mark.long
def test_memory_stays_within_what_is_stated() -> None:
    """Two thirds of the stated bound for NumPy's share: Pillow keeps its own copies beside, of the same size."""
    side = int(full_size.MOST**0.5)
    data = file_of(side, side)
    assert peak(lambda: full_size_map(data, edited(DEFAULT, colour="rgb", padding="same"))) < 2 / 3 * full_size.MEMORY


def test_what_is_carried_from_slice_to_slice_is_much_smaller_than_the_map() -> None:
    *_, (_, last), _done = full_size.full_size_map(file_of(900, 1200), DEFAULT, None)
    assert last
    assert last.rows == 898
    assert sum(map(len, last.painted)) < 898 * 1198 * 3 / 3
