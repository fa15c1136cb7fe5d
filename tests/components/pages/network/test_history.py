"""Undo gives back what was there before, redo what was undone, as far as there is any."""

import numpy as np
import pytest

from components.pages.network.history import MOST, History


def noted(*values: int) -> History[int]:
    history: History[int] = History()
    for value in values:
        history.note(value)
    return history


def test_steps_back_and_forth_give_the_values_in_their_order() -> None:
    history = noted(1, 2, 3)
    assert [history.back(), history.back()] == [2, 1]
    assert [history.forth(), history.forth()] == [2, 3]


def test_beyond_the_first_and_the_last_there_is_nothing() -> None:
    history = noted(1, 2)
    assert [history.back(), history.back(), history.back()] == [1, 1, 1]
    assert [history.forth(), history.forth()] == [2, 2]


def test_what_is_seen_again_and_again_is_one_value() -> None:
    history = noted(1, 1, 2, 2, 2)
    assert (history.past, history.present, history.future) == ([1], [2], [])


def test_after_a_step_back_the_same_value_is_noted_and_can_still_be_redone() -> None:
    history = noted(1, 2)
    history.note(history.back())
    assert history.forth() == 2


def test_a_new_value_after_a_step_back_takes_the_place_of_what_was_undone() -> None:
    history = noted(1, 2, 3)
    history.back()
    history.note(9)
    assert history.forth() == 9
    assert [history.back(), history.back()] == [2, 1]


def test_so_many_values_are_kept_and_no_more() -> None:
    history = noted(*range(1000))
    found = [history.back() for _ in range(MOST + 5)]
    assert found[:MOST] == list(range(998, 998 - MOST, -1))
    assert set(found[MOST - 1 :]) == {999 - MOST}


def test_two_histories_have_nothing_in_common() -> None:
    one, other = noted(1, 2), noted(5)
    assert (one.back(), other.back()) == (1, 5)


@pytest.mark.parametrize("seed", range(20))
def test_any_walk_is_that_over_a_list_with_a_finger(seed: int) -> None:
    rng = np.random.default_rng(seed)
    history, values, finger = noted(0), [0], 0
    for step in range(1, 40):
        act = rng.integers(3)
        if act == 0:
            history.note(step)
            values, finger = [*values[: finger + 1], step], finger + 1
        elif act == 1:
            finger = max(0, finger - 1)
            assert history.back() == values[finger]
        else:
            finger = min(len(values) - 1, finger + 1)
            assert history.forth() == values[finger]
        assert (bool(history.past), bool(history.future)) == (finger > 0, finger < len(values) - 1)
