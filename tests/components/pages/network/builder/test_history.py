"""Undo gives back what was there before, redo what was undone, as far as there is any."""

import numpy as np

from components.pages.network.builder.history import MOST, History


def test_any_walk_is_that_over_a_list_with_a_finger() -> None:
    for seed in range(10):
        rng = np.random.default_rng(seed)
        history, values, finger = History(0), [0], 0
        for step in range(1, 40):
            act = rng.choice(["note", "note again", "undo", "redo"])
            if act == "note":
                history, values, finger = history.noted(step), [*values[: finger + 1], step], finger + 1
            elif act == "note again":
                history = history.noted(values[finger])
            elif act == "undo":
                history, finger = history.undone(), max(0, finger - 1)
            else:
                history, finger = history.redone(), min(len(values) - 1, finger + 1)
            assert history == History(values[finger], tuple(values[:finger]), tuple(reversed(values[finger + 1 :])))


def test_fifty_values_are_kept_and_no_more() -> None:
    history = History(0)
    for value in range(1, 1000):
        history = history.noted(value)
    found = []
    for _ in range(MOST + 5):
        history = history.undone()
        found.append(history.present)
    assert found == [*range(998, 998 - MOST, -1), *[999 - MOST] * 5]
