"""A dragged picture or frame lies where it was left, or is refused in words."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from components.pages.compare.state import Compare, framed, shifted
from components.state.link import edited
from tests.support.hostile_values import NO_PLACES

OWN = edited(Compare(), down=-7, right=9, pattern=[3, 4, 11], pasted=2, places=8)
Drag = Callable[[Compare, object], Compare]


def frame(own: Compare, place: object) -> Compare:
    """The frame of eleven pixels."""
    return framed(own, 11, place)


each_drag = pytest.mark.parametrize("drag", [shifted, frame], ids=["shifted", "framed"])


@each_drag
def test_what_is_no_place_is_refused_with_a_short_sentence(drag: Drag) -> None:
    for place in NO_PLACES:
        with pytest.raises(ValueError, match=r" must be .*whole number") as refused:
            drag(OWN, place)
        assert len(str(refused.value)) <= 400


def test_a_drag_out_of_bounds_is_refused_by_name() -> None:
    drags: list[tuple[Drag, str, list[tuple[int, int]]]] = [
        (shifted, "down", [(65, 0), (-65, 0)]),
        (shifted, "right", [(0, 65), (0, -65)]),
        (frame, "pattern", [(512, 0), (0, 512), (-1, 0), (0, -1)]),
    ]
    for drag, name, places in drags:
        for place in places:
            with pytest.raises(ValueError, match=rf"^{name} must be .*whole number.*, not “.*{max(place, key=abs)}"):
                drag(OWN, place)
    for side in (0, 2, 16, -3):
        with pytest.raises(ValueError, match=r"^pattern must be .* from 3 to 15, not “"):
            framed(OWN, side, [1, 2])


def test_a_dragged_picture_is_shifted_down_and_right_and_nothing_else_changes() -> None:
    for place in ((0, 0), (64, -64), (-64, 64), (5, 3)):
        for message in (place, list(place), [str(n) for n in place]):
            assert shifted(OWN, message) == replace(OWN, down=place[0], right=place[1])


def test_a_dragged_frame_keeps_its_size_and_nothing_else_changes() -> None:
    for place in ((0, 0), (511, 0), (0, 511), (5, 3)):
        for message in (place, list(place), [str(n) for n in place]):
            for side in (3, 11, 15):
                assert framed(OWN, side, message) == replace(OWN, pattern=(*place, side))
            assert framed(Compare(), 9, message) == Compare(pattern=(*place, 9))  # the first square chosen
