"""Every number the lesson says is counted here a second time, with loops, and every step is one a class can follow."""

import re
from itertools import product

import pytest

from components.pages.channels.state import Channels
from components.pages.compare.saving import QUANTITIES
from components.pages.compare.state import Compare
from components.pages.lesson import steps
from components.pages.lesson.doing import Changed, Reader
from components.pages.lesson.page import VIEWS
from components.pages.lesson.state import NAMES, NUMBERED
from components.pages.lesson.steps import STEPS
from components.pages.network.controls import SHOWN
from components.pages.network.state import Net
from components.pages.sequence.state import Sequence
from components.pages.sharing.reuse import EXAMPLES
from components.pages.sharing.state import Reuse
from components.pages.train.state import Train
from components.state.link import State, edited, from_query, to_query
from components.state.setup import Setup
from kernels.images.digits import CANVAS
from tests.support.lesson import AS_EIGHT, NO_STEP
from tests.support.oracles import Geometry, loop_connections
from tests.support.text import numbers

SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[A-Z])")


def layer(side: int, taps: int, padding: str = "valid") -> Geometry:
    """A square window on a square picture."""
    return Geometry("", (1, side, side), (taps, taps), padding=padding)


def dense(side: int, taps: int) -> int:
    """A weight for each pair of an output and a pixel."""
    return layer(side, taps).n_outputs * side * side


def local(side: int, taps: int, padding: str = "valid") -> int:
    """A weight for each tap of each output that does not fall on the padding."""
    return len(loop_connections("local", layer(side, taps, padding)))


def cnn() -> tuple[int, int, int, int]:
    """Layers, free parameters, convolutions, and free parameters with nothing shared, of the network of step 13."""
    side, channels, shared, alone, convolutions = 16, 1, 0, 0, 0
    layers = Net().net.split(", ")
    for entry in layers:
        word, *more = entry.split()
        if word == "conv":
            maps, taps = int(more[0]), int(more[1])
            assert more[2:] == ["padding=same"]
            shared += maps * (channels * taps * taps + 1)
            alone += maps * (channels * local(side, taps, "same") + side * side)
            channels, convolutions = maps, convolutions + 1
        elif word == "max":
            side //= int(more[0])
        elif word == "dense":
            both = int(more[0]) * (side * side * channels + 1)
            shared, alone = shared + both, alone + both
    return len(layers), shared, convolutions, alone


def race() -> list[float]:
    """The first layers of step 11, 16 maps of 5×5 windows with biases, and the digits."""
    maps, biases = 16, layer(CANVAS, 5).n_outputs
    return [maps * (dense(CANVAS, 5) + biases), maps * (local(CANVAS, 5) + biases), maps * (5 * 5 + 1), 300, 3, 600, 3]


def counted() -> list[tuple[list[float], list[float]]]:
    """For each step the numbers of its text, and of what is to be noticed."""
    uses = layer(8, 3).n_outputs  # of every weight: its windows all lie within the picture
    layers, shared, convolutions, alone = cnn()
    return [
        ([], []),
        ([3, 3, 9], []),
        ([9, 1, 1], [9]),
        ([6, 6, uses], []),
        ([local(8, 3), 9, uses], [uses]),
        ([uses, 8 * 8, dense(8, 3), 9], [dense(8, 3), local(8, 3), 9]),
        ([64 * 64, 9, round(64 * 64 / 9), dense(64, 3)], [9, 3, 3, 64, 9]),
        ([180], []),
        (
            [dense(32, 3), 9, local(32, 3), round(dense(32, 3) / local(32, 3)), 9, layer(32, 3).n_outputs],
            [local(32, 3), 9, 1],
        ),
        ([], []),
        ([3, 4, 3, 3, 3, 4 * 3 * 3 * 3], []),
        (race(), []),
        ([64, 128, round(dense(128, 3) / dense(64, 3))], []),
        ([layers, shared, convolutions, alone], []),
        ([4, 2 * 9, 4 * 2 * 9], [5 * 3, 2 * 5 * 3]),
    ]


def test_there_are_as_many_steps_as_a_link_may_name_and_each_view_is_used() -> None:
    assert tuple(step.name for step in STEPS) == NAMES
    assert len(NUMBERED) == len(set(NUMBERED)) == 14
    assert {*NUMBERED} == {*NAMES} - {"beyond"}  # which came when links had names
    assert len({step.title for step in STEPS}) == len(STEPS)
    assert {step.view for step in STEPS} == set(VIEWS)


def test_a_step_has_two_to_five_sentences_a_try_and_a_notice() -> None:
    for step in STEPS:
        told = SENTENCE.split(" ".join(step.says()))
        assert 2 <= len(told) <= 5
        for text in (*told, step.tries, step.notice()):
            assert text[0].isupper() or text.startswith("K·L")
            assert text.endswith((".", "?"))
        assert max(map(len, told)) < 200


def test_what_is_to_be_chosen_is_called_so_where_it_is_chosen() -> None:
    labels = {"growth": QUANTITIES["bytes"], "network": SHOWN["sheet"], "beyond": EXAMPLES["autoencoder"]}
    for name, label in labels.items():
        assert steps.step_of(name).tries.startswith(f"Choose {label}")


def test_every_number_a_step_says_is_the_one_counted_by_hand_for_the_layer_it_shows() -> None:
    for step, (said, noticed) in zip(STEPS, counted(), strict=True):
        assert (numbers(" ".join(step.says())), numbers(step.notice())) == (said, noticed), step.title
    sides = {"kernel": 8, "sum": 8, "scan": 8, "colours": 8, "matrix": 8, "ratio": 64, "locality": 32}
    for name, side in sides.items():
        shown = steps.step_of(name).states[0]
        assert isinstance(shown, Setup)
        assert (shown.side, shown.kernel_size, shown.stride, shown.padding) == (side, (3, 3), 1, "valid")
    for name, own in {"channels": Channels(), "digits": Train(), "network": Net(), "beyond": Reuse()}.items():
        assert own in steps.step_of(name).states  # its text counts these
    _, locality, sharing = steps.step_of("locality").says()
    assert f"{round(dense(32, 3) / local(32, 3))} times fewer" in locality
    assert f"{local(32, 3) // 9} times fewer again" in sharing


def test_after_the_zoom_that_the_step_asks_for_all_colours_of_a_row_are_in_view_and_one_further_no_more() -> None:
    columns, from_first_to_last = 64 * 64, 2 * 64 + 3
    assert columns / 2**steps.ZOOMS >= from_first_to_last > columns / 2 ** (steps.ZOOMS + 1)
    assert numbers(steps.step_of("ratio").tries) == [steps.ZOOMS]


def test_a_step_sets_what_its_view_shows() -> None:
    wanted: dict[str, set[type]] = {
        "loom": {Setup}, "four_layers": {Setup}, "costs": {Setup, Compare}, "search": {Setup, Compare},
        "bank": {Setup, Channels}, "race": {Train}, "flow": {Net}, "ideas": {Sequence},
        "reuse": {Reuse},
    }  # fmt: skip
    for step in STEPS:
        kinds = [type(state) for state in step.states]
        assert set(kinds) == wanted[step.view]
        assert len(kinds) == len(set(kinds))
        assert all(from_query(to_query(state), type(state)()) == (state, ()) for state in step.states)


def test_the_kernel_of_the_step_on_flipping_takes_the_pixel_on_the_other_side() -> None:
    (state,) = steps.step_of("flip").states
    assert isinstance(state, Setup)
    turned = [row[::-1] for row in state.kernel[::-1]]
    left, right = ([(k, l) for k, l in product(range(3), repeat=2) if at[k][l]] for at in (state.kernel, turned))
    assert (state.flip, left, right) == (True, [(1, 0)], [(1, 2)])


def test_the_scene_is_that_of_the_step_in_the_link_and_what_is_no_step_is_the_first() -> None:
    for step in STEPS:
        assert steps.step_of(step.name) is step
        assert steps.scene({"step": step.name}) == step.states
    for number, name in enumerate(NUMBERED, 1):  # links that are out there
        assert steps.scene({"step": str(number)}) == steps.step_of(name).states
    assert NUMBERED == (
        "kernel", "sum", "scan", "colours", "matrix", "ratio", "flip", "locality", "feature", "channels", "digits",
        "growth", "network", "wirings",
    )  # fmt: skip
    for query in ({}, {"kernel": "1,2,3", "present": "1"}, *({"step": text} for text in NO_STEP)):
        assert steps.scene(query) == STEPS[0].states
    assert [steps.scene({"step": text}) for text in AS_EIGHT] == [steps.step_of("locality").states] * len(AS_EIGHT)


def test_the_first_step_names_the_idea_in_three_places() -> None:
    assert re.findall(r"(?:at|in) every ([a-z ]+)", STEPS[0].says()[-1]) == ["position", "time step", "channel"]


DOINGS: dict[str, tuple[object, object]] = {  # what does not do it, and what does
    "wirings": (("space", "time"), ("space", "time", "channels")),
    "kernel": ({"side": 9}, {"kernel": "1,2,3"}),
    "sum": (("weight",), ("output",)),
    "scan": (("output",), ("scan", "output")),
    "colours": (("output",), ("weight",)),
    "matrix": ((), ("tying",)),
    "ratio": ({"view": "dense"}, {"zoom": "0,9,0,9"}),
    "flip": ((), ("output",)),
    "locality": ({"kernel": "1"}, {"period": 30}),
    "feature": ({"quantity": "bytes"}, {"pattern": "1,2,5"}),
    "channels": ({"biases": "1,0,0,0"}, {"filters": "1|2|3|4"}),
    "digits": ((), ("trained",)),
    "growth": ({"pasted": 2}, {"quantity": "bytes"}),
    "network": ({"side": 9}, {"drawing": "-".join(["f" * 8] * 8)}),
    "beyond": ({"units": 2}, {"example": "autoencoder"}),
}


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_a_step_notices_what_it_asks_for_and_nothing_else(step: steps.Step) -> None:
    began: dict[type[State], State] = {Setup: Setup()} | {type(state): state for state in step.states}
    before = Reader(began)
    assert not step.done(before, before)
    for what, noticed in zip(DOINGS[step.name], (False, True), strict=True):
        if isinstance(what, dict):
            kind = step.done.kind if isinstance(step.done, Changed) else Setup
            after = Reader(began | {kind: edited(began[kind], **what)})
        else:
            assert isinstance(what, tuple)
            after = Reader(began, frozenset(what))
        assert step.done(before, after) is noticed
