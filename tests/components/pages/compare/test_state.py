"""A dragged picture or frame lies where it was left, or is refused in words."""

from dataclasses import replace

import pytest

from components.pages.compare.state import Compare, framed, shifted
from components.state.link import edited
from tests.support.hostile_values import NO_PLACES

OWN = edited(Compare(), down=-7, right=9, pattern=[3, 4, 11], pasted=2, places=8)


@pytest.mark.parametrize("place", [*NO_PLACES, [65, 0], [-65, 0], [0, 65], [0, -65]], ids=str)
def test_a_shift_that_is_no_place_or_out_of_bounds_is_refused_by_name(place: object) -> None:
    with pytest.raises(ValueError, match=r"^(the shift|down|right) must be .*whole number"):
        shifted(OWN, place)


@pytest.mark.parametrize("place", [*NO_PLACES, [512, 0], [0, 512], [-1, 0], [0, -1]], ids=str)
def test_a_frame_that_is_no_place_or_out_of_bounds_is_refused_by_name(place: object) -> None:
    with pytest.raises(ValueError, match=r"^(the frame|pattern) must be .*whole number"):
        framed(OWN, 11, place)


def test_a_drag_moves_the_picture_or_the_frame_and_nothing_else() -> None:
    for place in ((0, 0), (64, -64), (5, 3)):
        for message in (place, [str(n) for n in place]):
            assert shifted(OWN, message) == replace(OWN, down=place[0], right=place[1])
    for place in ((0, 0), (511, 0), (5, 3)):
        for side in (3, 11, 15):
            assert framed(OWN, side, list(place)) == replace(OWN, pattern=(*place, side))
        assert framed(Compare(), 9, place) == Compare(pattern=(*place, 9))  # the first square chosen
