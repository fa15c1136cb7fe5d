"""An edit does what it says or leaves everything as it was; undo brings back what was there before."""

import math
from dataclasses import replace
from typing import Any

import pytest

from components.pages.network.builder.history import History
from components.pages.network.edits import Snapshot, built, revised, snapshot, start_from, titles
from components.pages.network.layers import plan_of
from components.pages.network.state import Net
from components.state.link import edited, from_query, to_query
from kernels.networks.description import OPTIONS
from kernels.networks.trained import LAYERS
from kernels.networks.zoo import ZOO
from tests.support.networks import network_of

LONG = "x" * 10**6
THREE = network_of("conv 8 3, relu, max 2")


def sent(own: Net, do: str, **message: object) -> str:
    """The layers after this edit."""
    return built(own, {"do": do} | message).net


def test_a_layer_is_added_removed_or_moved_where_asked() -> None:
    layers = THREE.net.split(", ")
    for at in range(4):
        assert sent(THREE, "add", at=at, op="tanh") == ", ".join([*layers[:at], "tanh", *layers[at:]])
    for at, layer in enumerate(layers):
        others = [*layers[:at], *layers[at + 1 :]]
        assert sent(THREE, "remove", at=at) == ", ".join(others)
        for to in range(3):
            assert sent(THREE, "move", at=at, to=to) == ", ".join([*others[:to], layer, *others[to:]])


def test_a_new_layer_of_every_kind_fits_a_picture_in_colour() -> None:
    for op in OPTIONS:
        own = built(network_of("", (3, 9, 9)), {"do": "add", "at": 0, "op": op})
        assert own.net.split()[0] == op
        assert (plan_of(own).fault is None) == (op not in ("split", "shortcut", "add"))


def test_an_option_is_set_and_the_others_and_the_rest_of_the_state_stay_but_the_chosen_unit() -> None:
    for name, value, net in (
        ("size", "3x5", "conv 8 3x5"), ("size", " 5x5 ", "conv 8 5"), ("padding", "0", "conv 8 3"),
        ("padding", "same", "conv 8 3 padding=same"), ("bias", "0", "conv 8 3 bias=0"),
    ):  # fmt: skip
        assert sent(network_of("conv 8 3"), "set", at=0, name=name, value=value) == net
    ways: dict[str, Any] = {"weights": "edges", "seed": 7, "shown": "sheet", "digit": 5, "inverted": True}
    own = network_of("relu, conv 8 3 stride=1x2 padding=1 bias=0, relu", unit=(0, 1, 2, 3), **ways)
    wanted = replace(own, net=own.net.replace("conv 8", "conv 9"), unit=())
    assert built(own, {"do": "set", "at": 1, "name": "maps", "value": "9"}) == wanted


def test_a_network_that_does_not_fit_is_an_edit_like_any_other_and_comes_back_from_its_link() -> None:
    own = built(network_of("conv 8 3, relu"), {"do": "set", "at": 0, "name": "size", "value": "17"})
    assert plan_of(own).fault is not None
    assert from_query(to_query(own), Net()) == (own, ())
    assert edited(Net(), net="conv 8 3x3 stride=1  ,relu ").net == "conv 8 3, relu"


def test_there_are_at_most_256_layers() -> None:
    own = network_of(", ".join(["relu"] * 255))
    full = built(own, {"do": "add", "at": 255, "op": "tanh"})
    assert len(plan_of(full).rows) == 256
    assert from_query(to_query(full), Net()) == (full, ())
    with pytest.raises(ValueError, match=r"^a network has at most 256 layers$"):
        built(full, {"do": "add", "at": 0, "op": "tanh"})


NOTHING: dict[str, list[object]] = {
    "do": [None, 0, "", "eval", "_set", "__class__", ["add"], LONG],
    "at": [None, -1, 4, 1.0, math.nan, True, 10**5000, "-1", "x", [0]],
    "to": [None, -1, 3, 0.0, math.nan, False, 10**30, "x", {}],
    "op": [None, "", "Conv", "lambda", "conv 8 3", LONG, ["relu"]],
    "name": [None, "", "op", "__class__", LONG, 3, {}],
    "value": [None, 3, True, "", "-1", "9" * 10**6, "3x3", "1e3", "３", "3 3", "3, relu", "maps=3", "\ud800"],
}
FIELDS = {"add": ["at", "op"], "remove": ["at"], "move": ["at", "to"], "set": ["at", "name", "value"]}


def test_a_message_that_means_nothing_is_refused_in_a_sentence() -> None:
    sound: dict[str, object] = {"at": 0, "to": 1, "op": "relu", "name": "maps", "value": "4"}
    messages: list[object] = [None, True, "undo", LONG, {}, [], [[]], [{"do": "undo"}] * 65, [{"do": "undo"}, None]]
    messages += [sound | {"do": do} for do in NOTHING["do"]]
    for do, fields in FIELDS.items():
        messages += [sound | {"do": do, name: value} for name in fields for value in NOTHING[name]]
    for option in OPTIONS["conv"]:
        values = [value for value in NOTHING["value"] if value != "3x3"]  # which is a size
        messages += [sound | {"do": "set", "name": option.name, "value": value} for value in values]
    for message in messages:
        with pytest.raises(ValueError, match=r"\w") as refused:
            revised(THREE, message, noted(THREE))
        assert len(str(refused.value)) <= 400
        assert not isinstance(refused.value, UnicodeError)


@pytest.mark.parametrize(
    ("own", "message", "said"),
    [
        *((network_of(""), {"do": do, "at": 0, "to": 0, "name": "maps", "value": "3"}, "the network has no layers yet")
          for do in ("remove", "move", "set")),
        *((THREE, {"do": "set", "at": 0, "name": name, "value": value}, f"{name} of conv must be {said}")
          for name, value, said in (
            ("size", "65", "a whole number from 1 to 64, or two such as 3x5, got '65'"),
            ("size", "3 5", "a whole number from 1 to 64, or two such as 3x5, not “3 5”"),
            ("padding", "all", "valid, same, full or a whole number from 0 to 64"),
            ("mode", "mirror", "one of zeros, reflect, replicate, circular, got 'mirror'"),
        )),
    ],
)  # fmt: skip
def test_a_refusal_says_what_would_do_and_what_came(own: Net, message: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as refused:
        built(own, message)
    assert str(refused.value).startswith(said)


def noted(first: Net, *others: Net) -> History[Snapshot]:
    history = History(snapshot(first))
    for own in others:
        history = history.noted(snapshot(own))
    return history


def test_undo_brings_back_layers_volume_and_choice_of_weights_and_redo_what_was_undone() -> None:
    first, second = network_of("conv 8 3"), network_of("conv 8 3, relu", (3, 9, 9), weights="random", digit=4)
    undone = revised(second, {"do": "undo"}, noted(first, second))
    assert undone.own == replace(second, net="conv 8 3", inputs=(1, 16, 16), weights=first.weights)
    assert revised(undone.own, {"do": "redo"}, undone.history).own == second
    for do in ("undo", "redo"):  # nothing before it, nothing after it
        assert revised(THREE, {"do": do}, noted(THREE)).own == THREE
    for id in titles():
        started = start_from(second, id)
        back = revised(started, {"do": "undo"}, noted(second, started)).own
        assert snapshot(back) == snapshot(second)


def test_several_edits_in_one_message_are_each_one_that_can_be_undone_and_all_or_none() -> None:
    add, remove = {"do": "add", "at": 3, "op": "tanh"}, {"do": "remove", "at": 0}
    found = revised(THREE, [add, remove], noted(THREE))
    assert found.own.net == "relu, max 2, tanh"
    once = revised(found.own, {"do": "undo"}, found.history)
    assert once.own.net == f"{THREE.net}, tanh"
    assert revised(once.own, {"do": "undo"}, once.history).own.net == THREE.net
    assert revised(THREE, [add, {"do": "undo"}, {"do": "redo"}], noted(THREE)).own.net == f"{THREE.net}, tanh"
    with pytest.raises(ValueError, match="at must be"):
        revised(THREE, [remove, {"do": "remove", "at": 9}], noted(THREE))


def test_one_can_start_from_the_trained_network_from_all_that_were_published_and_from_none() -> None:
    assert list(titles()) == ["digits", *(known.id for known in ZOO), "empty"]
    own = network_of("relu", (3, 9, 9), weights="edges", unit=(0, 0, 0, 0), digit=3)
    assert start_from(own, None) == own
    assert start_from(own, "empty") == replace(own, net="", unit=())
    assert start_from(own, "digits") == replace(own, net=LAYERS, inputs=(1, 16, 16), weights="trained", unit=())
    for known in ZOO:
        found = start_from(own, known.id)
        made = plan_of(found)
        assert (made.fault, made.parameters) == (None, known.plan.parameters)
        assert found.shown == ("picture" if known.in_shape[0] == 3 else "digit")
        assert found == replace(own, net=found.net, inputs=known.in_shape, shown=found.shown, unit=())
        assert from_query(to_query(found), Net()) == (found, ())
