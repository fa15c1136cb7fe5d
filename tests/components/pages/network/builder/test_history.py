"""Undo gives back what was there before, redo what was undone, as far as there is any."""

import numpy as np

from components.pages.network.builder.history import MOST, History


def noted(*values: int) -> History[int]:
    history = History(values[0])
    for value in values[1:]:
        history = history.noted(value)
    return history


def test_what_is_noted_again_and_again_is_one_value_and_can_still_be_redone_after_a_step_back() -> None:
    assert noted(1, 1, 2, 2, 2) == History(2, (1,), ())
    assert noted(1, 2).undone().noted(1).redone().present == 2


def test_a_new_value_after_a_step_back_takes_the_place_of_what_was_undone() -> None:
    assert noted(1, 2, 3).undone().noted(9) == History(9, (1, 2), ())


def test_fifty_values_are_kept_and_no_more() -> None:
    history = noted(*range(1000))
    found = []
    for _ in range(MOST + 5):
        history = history.undone()
        found.append(history.present)
    assert found == [*range(998, 998 - MOST, -1), *[999 - MOST] * 5]


def test_any_walk_is_that_over_a_list_with_a_finger() -> None:
    for seed in range(10):
        rng = np.random.default_rng(seed)
        history, values, finger = noted(0), [0], 0
        for step in range(1, 40):
            act = rng.integers(3)
            if act == 0:
                history, values, finger = history.noted(step), [*values[: finger + 1], step], finger + 1
            elif act == 1:
                history, finger = history.undone(), max(0, finger - 1)
            else:
                history, finger = history.redone(), min(len(values) - 1, finger + 1)
            assert history.present == values[finger]
            assert (bool(history.past), bool(history.future)) == (finger > 0, finger < len(values) - 1)
