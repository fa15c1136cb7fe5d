"""A typed number of the bank is the only thing that changes; another size keeps every kernel; the rest is refused."""

import math
from dataclasses import replace

import numpy as np
import pytest

from components.pages.channels.state import Channels, pinned, rebanked, reweighted
from components.state import setup
from components.state.link import edited
from components.state.setup import Setup
from tests.support.hostile_values import NO_PLACES

BANK = edited(
    Channels(),
    filters=(np.arange(4 * 2 * 3 * 2).reshape(4, 2, 3, 2) / 8).tolist(),
    biases=[1, 2, 3, 4],
    groups=2,
    cell=[3, 7, 8],
    part=[0, 30, 0, 40],
    seed=5,
)


def typed(what: object, at: object, value: object) -> dict[str, object]:
    return {"what": what, "at": at, "value": value}


NO_NUMBERS: list[object] = [None, True, math.nan, 1e6 + 1, "", "x", [1]]
NO_INDEX: list[object] = [-1, 4, 0.5, True, None, "x", [0]]
NO_MESSAGES: list[object] = [
    *(None, True, "weight", ["weight", [0, 0, 0, 0], 1], {}, {"what": "weight", "value": 1}, {"at": [0] * 4}),
    *(typed("weight", at, 1) for at in (None, "0000", (0, 0, 0, 0), [], [0] * 3, [0] * 5)),
    *(typed("bias", at, 1) for at in ([], [0, 0], [0] * 4)),
    *(typed(what, at, 1) for at in ([0] * 4, [0]) for what in (None, "Weight", "Bias", ["weight"])),
]


def test_a_message_that_names_no_weight_and_no_bias_is_refused_in_words() -> None:
    for message in NO_MESSAGES:
        with pytest.raises(ValueError, match=r"^the bank's message must name "):
            reweighted(BANK, message)


@pytest.mark.parametrize(("name", "size"), [("weight", (4, 2, 3, 2)), ("bias", (4,))])
def test_no_number_and_no_place_in_the_bank_are_refused_by_name(name: str, size: tuple[int, ...]) -> None:
    for value in NO_NUMBERS:
        told = rf"^a {name} must be a number from −1,000,000 to 1,000,000"
        with pytest.raises(ValueError, match=told):
            reweighted(BANK, typed(name, [0] * len(size), value))
    for axis, past in enumerate(size):
        for index in (*NO_INDEX, past):
            at: list[object] = [0] * len(size)
            at[axis] = index
            with pytest.raises(ValueError, match=rf"^the {name} must be a whole number from 0 to {past - 1}, not “"):
                reweighted(BANK, typed(name, at, 1))


def test_a_typed_weight_or_bias_is_the_only_thing_that_changes() -> None:
    for value, becomes in ((7, 7.0), ("2.5", 2.5), (1e6, 1e6), (-0.0, 0.0)):
        for at in ((0, 0, 0, 0), (3, 1, 2, 1), (2, 1, 0, 1)):
            wanted = np.array(BANK.filters)
            wanted[at] = becomes
            found = reweighted(BANK, typed("weight", list(at), value))
            assert np.array(found.filters).tolist() == wanted.tolist()
            assert replace(found, filters=BANK.filters) == BANK
        for which in range(4):
            biases = [*BANK.biases]
            biases[which] = becomes
            assert reweighted(BANK, typed("bias", [which], value)) == replace(BANK, biases=tuple(biases))


def test_another_size_of_the_bank_keeps_every_kernel_around_its_centre() -> None:
    for outputs, size in ((1, (3, 2)), (2, (1, 1)), (5, (7, 7)), (6, (5, 4)), (4, (2, 3))):
        found = rebanked(BANK, outputs, *size)
        assert (found.outputs, found.kernel_size) == (outputs, size)
        for o, c in np.ndindex(outputs, 2):
            alone = edited(Setup(), kernel=BANK.filters[o][c] if o < 4 else [[0, 0]] * 3)
            assert found.filters[o][c] == setup.resized(alone, *size).kernel
        assert found.biases == (1, 2, 3, 4, 0, 0)[:outputs]
        assert found.groups == (2 if outputs % 2 == 0 else 1)
        assert replace(found, filters=BANK.filters, biases=BANK.biases, groups=2) == BANK
    assert rebanked(rebanked(BANK, 6, 7, 7), 4, 3, 2) == BANK


def test_a_bank_of_a_size_that_is_not_on_offer_is_refused_before_it_is_made() -> None:
    for axis, (name, most) in enumerate((("outputs", 6), ("K", 7), ("L", 7))):
        for n in (0, -1, most + 1, 10**12):
            size = [4, 3, 3]
            size[axis] = n
            with pytest.raises(ValueError, match=rf"^{name} must be a whole number from 1 to {most}, not “{n}”"):
                rebanked(BANK, *size)


def test_another_output_is_pinned_and_nothing_else_changes() -> None:
    for place in ((0, 0), (999, 0), (12, 34)):
        for message in (place, [str(n) for n in place]):
            assert pinned(BANK, message) == replace(BANK, cell=(3, *place))
    for refused in (*NO_PLACES, [-1, 0], [0, 1000]):
        with pytest.raises(ValueError, match=r"^(cell|the output) must be .*whole numbers"):
            pinned(BANK, refused)
