"""A typed number of the bank is the only thing that changes; another size keeps every kernel; the rest is refused."""

import math
from dataclasses import replace

import numpy as np
import pytest

from components.pages.channels.state import Channels, pinned, rebanked, reweighted
from components.state import setup
from components.state.link import edited
from components.state.setup import Setup
from tests.support.hostile_values import NO_PLACES, nested

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


NO_WEIGHTS: list[object] = [
    *(None, True, False, math.nan, math.inf, 1e300, 1e6 + 1, 10**400, 10**5000, 1j, b"1", object()),
    *("", "x", "nan", "inf", "1e300", "1,2", "0x10", "−1", "9" * 100_000, "<script>"),
    *([], [1], [[1]], [0] * 10_000, (), {}, {"value": 1}, {1}, nested(4000), range(3), np.zeros((3, 2))),
]
NO_PLACE: list[object] = [
    *(-1, 4, 10**9, 10**400, 1.0, 0.5, True, None, "", "x", "-1", math.nan, [0], {}, 1j, nested(4000)),
]
NOWHERE: list[object] = [None, "0000", 0, {}, (0, 0, 0, 0), [], [0] * 3, [0] * 5, [[0] * 4]]
NOTHING: list[object] = [None, "", "Weight", "weights", "bias", 0, True, ["weight"], {}]
NO_MESSAGES: list[object] = [
    *(None, True, 0, math.nan, "weight", b"x", [], ["weight", [0, 0, 0, 0], 1], (), set(), object(), nested(4000)),
    *({}, {"what": "weight"}, {"at": [0]}, {"value": 1}, {"what": "weight", "value": 1}, {"at": [0] * 4, "value": 1}),
    *(typed("weight", at, 1) for at in NOWHERE),
    *(typed("bias", at, 1) for at in ([], [0, 0], [0] * 4)),
    *(typed(what, [0] * 4, 1) for what in NOTHING),
    *(typed(what, [0], 1) for what in (None, "weight", "Bias")),
]


def test_a_message_that_names_no_weight_and_no_bias_is_refused_in_words() -> None:
    for message in NO_MESSAGES:
        with pytest.raises(ValueError, match=r"^the bank's message must name "):
            reweighted(BANK, message)


def test_a_weight_or_bias_that_is_no_number_is_refused_by_name() -> None:
    for value in NO_WEIGHTS:
        for name, at in (("weight", [3, 1, 2, 1]), ("bias", [2])):
            with pytest.raises(
                ValueError, match=rf"^a {name} must be a number from −1,000,000 to 1,000,000"
            ) as refused:
                reweighted(BANK, typed(name, at, value))
            assert len(str(refused.value)) <= 400


def test_a_place_that_is_not_in_the_bank_is_refused_by_name() -> None:
    for number in NO_PLACE:
        for axis in range(4):
            at: list[object] = [0, 0, 0, 0]
            at[axis] = number
            with pytest.raises(ValueError, match=r"^the weight must be a whole number from 0 to "):
                reweighted(BANK, typed("weight", at, 1))
        with pytest.raises(ValueError, match=r"^the bias must be a whole number from 0 to 3, not "):
            reweighted(BANK, typed("bias", [number], 1))
    for axis, past in enumerate((4, 2, 3, 2)):
        at = [0, 0, 0, 0]
        at[axis] = past
        with pytest.raises(ValueError, match=rf"^the weight must be a whole number from 0 to {past - 1}, not “{past}”"):
            reweighted(BANK, typed("weight", at, 1))


def test_a_typed_weight_or_bias_is_the_only_thing_that_changes() -> None:
    for value, becomes in ((7, 7.0), (-0.5, -0.5), ("2.5", 2.5), (1e6, 1e6), (-0.0, 0.0), (0, 0.0)):
        for at in ((0, 0, 0, 0), (3, 1, 2, 1), (1, 0, 2, 0), (2, 1, 0, 1)):
            found = reweighted(BANK, typed("weight", list(at), value))
            wanted = np.array(BANK.filters)
            wanted[at] = becomes
            assert np.array(found.filters).tolist() == wanted.tolist()
            assert replace(found, filters=BANK.filters) == BANK
        for which in range(4):
            biases = [*BANK.biases]
            biases[which] = becomes
            assert reweighted(BANK, typed("bias", [which], value)) == replace(BANK, biases=tuple(biases))


def test_another_size_of_the_bank_keeps_every_kernel_around_its_centre() -> None:
    for outputs in range(1, 7):
        for size in ((3, 2), (1, 1), (7, 7), (5, 4), (2, 3)):
            found = rebanked(BANK, outputs, *size)
            assert (found.outputs, found.kernel_size) == (outputs, size)
            for o, c in np.ndindex(outputs, 2):
                alone = edited(Setup(), kernel=BANK.filters[o][c] if o < 4 else [[0, 0]] * 3)
                assert found.filters[o][c] == setup.resized(alone, *size).kernel
            assert found.biases == (1, 2, 3, 4, 0, 0)[:outputs]
            assert found.groups == (2 if outputs % 2 == 0 else 1)
            assert replace(found, filters=BANK.filters, biases=BANK.biases, groups=2) == BANK
    assert rebanked(rebanked(BANK, 6, 7, 7), 4, 3, 2) == rebanked(BANK, 4, 3, 2) == BANK


def test_a_bank_of_a_size_that_is_not_on_offer_is_refused_before_it_is_made() -> None:
    for n in (0, -1, 8, 10**7, 10**12):
        for name, size in (("outputs", (n, 3, 3)), ("K", (4, n, 3)), ("L", (4, 3, n))):
            with pytest.raises(ValueError, match=rf"^{name} must be a whole number from 1 to [67], not “{n}”"):
                rebanked(BANK, *size)
    with pytest.raises(ValueError, match=r"^outputs must be a whole number from 1 to 6, not “7”"):
        rebanked(BANK, 7, 3, 3)


def test_another_output_is_pinned_and_nothing_else_changes() -> None:
    for place in ((0, 0), (999, 0), (0, 999), (12, 34)):
        for message in (place, list(place), [str(n) for n in place]):
            assert pinned(BANK, message) == replace(BANK, cell=(3, *place))
    for refused in (*NO_PLACES, [-1, 0], [0, 1000], [1.5, 2]):
        with pytest.raises(ValueError, match=r"^(cell|the output) must be .*whole numbers"):
            pinned(BANK, refused)
