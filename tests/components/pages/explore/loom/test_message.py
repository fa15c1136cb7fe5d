"""A message of the loom is a change of what is still there, or a refusal in words."""

import math
from dataclasses import replace

import pytest

from components.pages.explore.loom.message import SERIALS, LoomMessage, read_message
from components.state.link import edited
from components.state.setup import Setup

START = Setup()
ABOUT = {"origin": "here", "wires": repr(START.wires)}
KERNEL = [[1, 2, 3], [4, 5, 6], [7, 8, 9.5]]


def applied(**message: object) -> Setup:
    return read_message(ABOUT | message).applied(START, "here")


def test_the_loom_changes_weights_the_view_and_the_side_of_a_drawing_and_nothing_else() -> None:
    assert applied(kernel=KERNEL) == edited(START, kernel=KERNEL)
    assert applied(view="local", serial=4) == replace(START, view="local")
    drawing = edited(START, image="drawing")
    smaller = read_message({"side": 8}).applied(drawing, "")
    assert (smaller.side, smaller.drawing) == (8, "-".join(["0" * 8] * 8))
    others: list[dict[str, object]] = [{}, {"serial": 3}, {"bias": 5.0}, {"stride": 4}, {"__class__": 1}]
    assert [applied(**other) for other in others] == [START] * len(others)


def test_what_is_about_a_kernel_or_a_matrix_that_was_replaced_is_left_out_and_the_rest_stays() -> None:
    matrix = {"zoom": [0, 9, 0, 9], "untied": [[0, 0, 0, 5.0]]}
    message = {"kernel": KERNEL, "view": "local", **matrix}
    assert applied(**message) == edited(START, **message)
    assert applied(**message, origin="earlier") == edited(START, view="local", **matrix)
    assert applied(**message, wires="()") == edited(START, view="local", kernel=KERNEL)
    assert applied(drawing="-".join(["f" * 8] * 8), wires="()") == START


def test_a_kernel_of_another_size_and_hostile_values_are_refused_by_name() -> None:
    for rows in ([[1]], [[1, 2, 3]], [[1] * 3] * 4, [[1] * 4] * 3, [[1] * 15] * 15):
        with pytest.raises(ValueError, match=r"^kernel must stay 3 × 3 here$"):
            applied(kernel=rows)
    some: list[object] = [None, 3, "x", "", "<script>", True, [[None] * 3] * 3, [[math.nan] * 3] * 3, {}, [{}]]
    for name in ("kernel", "view", "drawing"):
        for value in some:
            with pytest.raises(ValueError, match=rf"^{name} must be "):
                applied(**{name: value})


def test_what_is_no_message_is_refused_in_words() -> None:
    assert read_message({}) == LoomMessage("", "", None, {})
    assert read_message({"serial": SERIALS - 1}).serial == SERIALS - 1
    none: list[object] = [None, 3, "kernel", [], [["kernel", 1]], {"origin": 3}, {"wires": None}, {"serial": True}]
    for sent in [*none, {"serial": -1}, {"serial": SERIALS}, {"serial": 10**400}, {"serial": 1.0}, {"serial": "1"}]:
        with pytest.raises(ValueError, match=r"^the message of the loom must be changes by name, .* not “"):
            read_message(sent)
