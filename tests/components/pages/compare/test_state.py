"""A dragged picture or frame lies where it was left, or is refused in words."""

from dataclasses import replace

import pytest

from components.pages.compare.state import Compare, framed, shifted
from components.state.link import edited
from tests.support.hostile_values import NO_PLACES

OWN = edited(Compare(), down=-7, right=9, pattern=[3, 4, 11], pasted=2, places=8)


@pytest.mark.parametrize("place", NO_PLACES, ids=str)
def test_what_is_no_place_is_refused_with_a_sentence(place: object) -> None:
    with pytest.raises(ValueError, match=r"^(the shift|down|right) must be .*whole number"):
        shifted(OWN, place)
    with pytest.raises(ValueError, match=r"^(the frame|pattern) must be .*whole number"):
        framed(OWN, 11, place)


def test_a_drag_out_of_bounds_is_refused_by_name() -> None:
    for name, place in (("down", (65, 0)), ("down", (-65, 0)), ("right", (0, 65)), ("right", (0, -65))):
        with pytest.raises(ValueError, match=rf"^{name} must be .*whole number.*, not “{sum(place)}”"):
            shifted(OWN, place)
    for place in ((512, 0), (0, 512), (-1, 0), (0, -1)):
        with pytest.raises(ValueError, match=rf"^pattern must be .*whole number.*, not “.*{sum(place)}"):
            framed(OWN, 11, place)
    for side in (0, 2, 16, -3):
        with pytest.raises(ValueError, match=r"^pattern must be .* from 3 to 15, not “"):
            framed(OWN, side, [1, 2])


def test_a_drag_moves_the_picture_or_the_frame_and_nothing_else() -> None:
    for place in ((0, 0), (64, -64), (5, 3)):
        for message in (place, [str(n) for n in place]):
            assert shifted(OWN, message) == replace(OWN, down=place[0], right=place[1])
    for place in ((0, 0), (511, 0), (5, 3)):
        for side in (3, 11, 15):
            assert framed(OWN, side, list(place)) == replace(OWN, pattern=(*place, side))
        assert framed(Compare(), 9, place) == Compare(pattern=(*place, 9))  # the first square chosen
