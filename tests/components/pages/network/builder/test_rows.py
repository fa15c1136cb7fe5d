"""The builder shows every layer with its options, what comes out of it, and why it does not fit where it does not."""

import json

import pytest

from components.pages.network.builder.history import History
from components.pages.network.builder.rows import props
from components.pages.network.costs import verdict
from components.pages.network.edits import built, start_from
from components.pages.network.layers import NAMES, plan_of
from components.pages.network.state import Net
from kernels.networks.description import OPTIONS
from kernels.networks.zoo import ZOO
from tests.support.networks import network_of as of

NO_HISTORY = History(None)


def test_every_kind_of_layer_is_shown_with_its_name_and_options_and_what_is_shown_can_be_entered_again() -> None:
    for op in OPTIONS:
        own = built(of(""), {"do": "add", "at": 0, "op": op})
        (row,) = props(plan_of(own), NO_HISTORY, "")["rows"]
        assert (row["op"], row["name"]) == (op, NAMES[op])
        assert [option["name"] for option in row["options"]] == [option.name for option in OPTIONS[op]]
        for option in row["options"]:
            assert option["help"]
            assert option["switch"] == (option["name"] == "bias")
            enter = {"do": "set", "at": 0, "name": option["name"]}
            assert built(own, enter | {"value": option["value"]}) == own
            assert all(built(own, enter | {"value": choice}) for choice in option["choices"])


def test_the_builder_is_told_of_each_layer_what_comes_out_and_how_many_weights_it_has() -> None:
    rows = props(plan_of(Net()), NO_HISTORY, "")["rows"]
    assert [row["volume"] for row in rows] == [
        *("8 × 16 × 16", "8 × 16 × 16", "8 × 8 × 8", "16 × 8 × 8", "16 × 8 × 8", "16 × 4 × 4"),
        *("256 × 1 × 1", "10 × 1 × 1", "10 × 1 × 1"),
    ]
    weights = {0: "80 weights", 3: "1,168 weights", 7: "2,570 weights"}
    assert {n: row["parameters"] for n, row in enumerate(rows) if row["parameters"]} == weights
    assert not any(row["fault"] for row in rows)


@pytest.mark.parametrize(
    ("net", "at", "words"),
    [
        ("conv 8 3, relu, conv 4 15, relu", 2, ["Layer 3", "conv", "15", "14"]),
        ("relu, conv 9 3 groups=2", 1, ["Layer 2", "groups"]),
        ("relu, add", 1, ["Layer 2", "add has no split"]),
        ("relu, split, relu", 1, ["Layer 2", "not closed by an add"]),
        ("split, conv 2 3, add", 2, ["Layer 3", "2 × 14 × 14", "1 × 16 × 16"]),
    ],
)
def test_which_layer_does_not_fit_and_why_is_said_at_that_layer_and_below(net: str, at: int, words: list[str]) -> None:
    made = plan_of(of(net))
    rows = props(made, NO_HISTORY, "")["rows"]
    assert [n for n, row in enumerate(rows) if row["fault"]] == [at]
    for word in words:
        assert word in rows[at]["fault"]
        assert word in verdict(made).replace("\\", "")
    assert all(not row["volume"] for row in rows[at + 1 :]) or "split" in net
    assert all(row["volume"] for row in rows[:at])


def test_the_builder_is_sent_nothing_that_json_does_not_hold_and_whether_there_is_something_to_undo() -> None:
    for known in ZOO:
        data = props(plan_of(start_from(Net(), known.id)), NO_HISTORY, "so")
        assert json.loads(json.dumps(data, allow_nan=False))["refusal"] == "so"
        assert (data["undo"], data["redo"]) == (False, False)
    undo, redo = (props(plan_of(of("")), history, "") for history in (History(1, (0,)), History(1, (), (2,))))
    assert (undo["undo"], undo["redo"], redo["undo"], redo["redo"]) == (True, False, False, True)
