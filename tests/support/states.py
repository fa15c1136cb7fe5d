"""Every state a link can hold, what each parameter accepts, and states drawn at random.

The states are collected from the product's `state.py` files, so that none can be left out. What their parameters accept
is written down here once more, word for word as a refusal says it: links that are out there rely on it.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import numpy as np

import components
from components.state.link import State, declared

SAMPLES = "pagoda, dahlia, coffee, cat, camera, bricks, digit, grid, checkerboard, bars, word, disc, dot"
SEEDS = (
    *("draw", "shuffle", "places", "bank_seed", "lms_seed", "train_seed", "net_seed", "sequence_seed", "reading_seed"),
    *("sum_seed", "quiz_seed"),
)
ACCEPTS = {
    **dict.fromkeys(("flip", "normalised", "scrambled", "inverted", "alone", "present"), "0 or 1"),
    **dict.fromkeys(SEEDS, "a whole number from 0 to 9999"),
    "image": f"one of {SAMPLES}, upload, drawing",
    "side": "a whole number from 8 to 512",
    "colour": "one of grey, rgb",
    "kernel": "1 to 15 rows of 1 to 15 numbers each, such as 1,0,-1;2,0,-2;1,0,-1",
    "bias": "a number from −1,000,000 to 1,000,000",
    "activation": "one of none, relu, abs, sigmoid, tanh",
    "stride": "a whole number from 1 to 16",
    "padding": "valid, same, full or a whole number from 0 to 64",
    "mode": "one of zeros, reflect, replicate, circular",
    "dilation": "a whole number from 1 to 8",
    "view": "one of conv, tiled, local, dense",
    "period": "a whole number from 1 to 512",
    "zoom": "four whole numbers: first and last row, first and last column",
    "untied": "up to 8 copies such as 12,0,1,0.5: output, tap row, tap column, value",
    "drawing": "8 to 32 rows of as many hexadecimal digits each, joined by hyphens",
    "quantity": "one of parameters, bytes, multiply_adds",
    "down": "a whole number from −64 to 64",
    "right": "a whole number from −64 to 64",
    "border": "one of circular, zeros",
    "hop": "a whole number from 1 to 2",
    "pattern": "three whole numbers: the row and the column of a square's corner, and its side from 3 to 15",
    "pasted": "a whole number from 1 to 24",
    "pictures": "a whole number from 1 to 60",
    "shift_readout": "one of map, max, flat",
    "signal": "one of one, map, random",
    "comparison": "one of layers, saving, growth, shift, scramble, find, transposed",
    "stack": f"up to 4 of {SAMPLES}, separated by commas",
    "filters": "1 to 6 kernels joined by |, each 1 to 4 slices joined by /, all of one size up to 7×7",
    "biases": "1 to 6 numbers separated by commas",
    "groups": "a whole number from 1 to 4",
    "cell": "three whole numbers: the output channel, the row and the column",
    "part": "four whole numbers: first and last row, first and last column",
    "channels_tab": "one of bank, inside, matrix",
    "experiment": "one of parallel, mimo, pictures",
    "members": "a whole number from 1 to 16",
    "lags": "a whole number from 1 to 32",
    "mu": "a number from 0.0001 to 2",
    "variance": "a number from 0 to 1",
    "ar": "a number from −0.95 to 0.95",
    "mismatch": "a number from 0 to 2",
    "drift": "a number from 0 to 0.001",
    "steps": "a whole number from 100 to 10000",
    "trials": "a whole number from 1 to 50",
    "racers": "one or more of dense, local, tiled, conv, separated by commas",
    "examples": "a whole number from 10 to 1000",
    "reach": "a whole number from 0 to 3",
    "readout": "one of max, mean, flat",
    "optimiser": "one of adam, momentum",
    "rate": "a number from 0.0001 to 10",
    "batch": "a whole number from 1 to 256",
    "epochs": "a whole number from 1 to 100",
    "pace": "one of step, fast",
    "watched": "three whole numbers: the kernel, 0 to 15, and the row and column of a weight, 0 to 4",
    "disturbance": "a number from 0.001 to 10",
    "train_tab": "one of race, readouts, size, gradient, teacher, nets",
    "net": "layers separated by commas, such as conv 8 3, relu, flatten, dense 10",
    "inputs": "three whole numbers: 1 or 3 channels, and from 4 to 256 rows and columns",
    "weights": "one of trained, random, edges",
    "shown": "one of digit, scene, sheet, picture",
    "digit": "a whole number from 0 to 599",
    "opened": "four whole numbers: the layer, and the unit's channel, row and column",
    "network_tab": "one of activations, layers, cost, published, convolution, code",
    "units": "a whole number from 1 to 4",
    "length": "a whole number from 2 to 8",
    "step_inputs": "a whole number from 1 to 3",
    "radius": "a number from 0.1 to 1.6",
    "far": "a whole number from 2 to 64",
    "entry": "two whole numbers from 0 to 7: the row and the column of an entry of V",
    "readers": "a whole number from 2 to 64",
    "reading_digits": "a whole number from 10 to 1000",
    "reading_rate": "a number from 0.0001 to 10",
    "reading_epochs": "a whole number from 1 to 100",
    "reading_pace": "one of step, fast",
    "sequence_tab": "one of unrolled, longer, gradient, digits, cost, ideas",
    "sum_steps": "a whole number from 2 to 12",
    "sharing_tab": "one of symmetry, learned, layers, factorised",
    "domain": "one of ring, torus, set, pairs, graph",
    "points": "a whole number from 2 to 12",
    "graph": "one of path, star, house, cube",
    "symmetry": "one of none, shifts, turns, mirrors, automorphisms, permutations",
    "move": "one of shift, down, right, turn, mirror, automorphism, swap, shuffle, scramble",
    "reused": "one of repeated, autoencoder, embeddings, siamese",
    "reused_inputs": "a whole number from 2 to 6",
    "reused_units": "a whole number from 1 to 4",
    "uses": "a whole number from 1 to 6",
    "shared_part": "one of all, attention, feed-forward, none",
    "factorised": "one of separable, stacked, depthwise, low_rank, pruned",
    "factor_side": "a whole number from 2 to 4",
    "factor_inputs": "a whole number from 2 to 8",
    "factor_outputs": "a whole number from 2 to 8",
    "rank": "a whole number from 1 to 4",
    "kept": "a whole number from 5 to 100",
    "stack_channels": "a whole number from 1 to 1024",
    "delta": "a whole number from 1 to 50",
    "trained_weights": "4 rows of 4 numbers each",
    "clusters": "a whole number from 1 to 8",
    "centroid_rate": "a number from 0 to 10",
    "marks": "one of colours, letters",
    "start": "one of recorded, blank",
    "hide": "any of sidebar, fields, buttons, notes, navigation, separated by commas",
    "step": "one of wirings, kernel, sum, scan, colours, matrix, ratio, flip, locality, feature, channels, digits, "
    "growth, network, beyond, or the number of one from 1 to 14",
    "level": "one of easy, medium, hard",
    "question": "a whole number from 1 to 8",
    "class": "a class code of 8 letters and digits",
}
LAYERS = (  # as they are written, in their shortest form
    *("conv 8 3", "conv 4096 64x1 stride=32 padding=64 dilation=16x1 groups=4096 bias=0 mode=circular"),
    *("conv 1 1 padding=same", "conv 2 3x5 padding=full mode=reflect", "local 4 3 stride=2x1", "tiled 2 3 2 bias=0"),
    *("table 01/12/0z 5 stride=2", "unitbias", "relu", "tanh", "sigmoid", "max 2", "mean 3 stride=2", "globalmax"),
    *("globalmean", "subsample 2", "pad 1x2 value=-1", "pad 64 value=0.125", "norm", "flatten", "dense 10"),
    *("dense 10000 bias=0", "softmax", "split", "shortcut", "add"),
)
LAYER = re.compile(r"[a-z]+(?: [0-9a-z/]+)*(?: [a-z]+=[0-9a-z.+-]+)*")
PLACES: dict[str, tuple[tuple[int, int], ...]] = {  # limits of each of its numbers
    "pattern": ((0, 511), (0, 511), (3, 15)),
    "cell": ((0, 5), (0, 999), (0, 999)),
    "watched": ((0, 15), (0, 4), (0, 4)),
    "inputs": ((1, 3), (4, 256), (4, 256)),
    "opened": ((0, 999_999),) * 4,
    "entry": ((0, 7), (0, 7)),
}
TABS = {"channels_tab", "comparison", "network_tab", "sequence_tab", "sharing_tab", "train_tab"}  # may be left unchosen
OPTIONAL = {"pattern", "opened"}  # places that may be none
Rng = np.random.Generator


def _kinds() -> tuple[type[State], ...]:
    """The classes of states in every `state.py` and in `components/state`."""
    names = [module.name for module in walk_packages(components.__path__, "components.")]
    modules = [import_module(name) for name in names if name.endswith(".state") or ".state." in name]
    found = {value for module in modules for value in vars(module).values() if isinstance(value, type)}
    states = (kind for kind in found if issubclass(kind, State) and kind is not State)
    return tuple(sorted(states, key=lambda kind: kind.__qualname__))


@dataclass(frozen=True, slots=True)
class Parameter:
    """A field of a state: its name there, and in a link."""

    kind: type[State]
    field: str
    link: str

    def of(self, state: State) -> object:
        return getattr(state, self.field)

    def __str__(self) -> str:
        return self.link


KINDS = _kinds()
PARAMETERS = [Parameter(kind, name, field.link) for kind in KINDS for name, field in declared(kind).items()]


def limits(link: str) -> tuple[float, float] | None:
    """What a number may be, by its words; None if it is not a number."""
    found = re.fullmatch(r"(?:valid, same, full or )?a (?:whole )?number from (\S+) to (\S+)", ACCEPTS[link])
    if not found:
        return None
    low, high = (float(text.replace("−", "-").replace(",", "")) for text in found.groups())
    return low, high


def whole(link: str) -> bool:
    return "a whole number" in ACCEPTS[link]


def choices(link: str) -> tuple[str, ...]:
    """The words on offer, by its words; () where there are none."""
    found = re.fullmatch(
        r"(?:one|one or more|any|up to 4) of (.*?)(?:, separated by commas|, or the number .*)?", ACCEPTS[link]
    )
    return tuple(found[1].split(", ")) if found else ()


def is_switch(link: str) -> bool:
    return ACCEPTS[link] == "0 or 1"


# What a sound value is.


def is_sound(link: str, value: Any) -> bool:  # noqa: ANN401  # anything
    """Whether the parameter accepts this value, and has brought it into its own form."""
    if link in OTHERS:
        return OTHERS[link](value)
    if link in PLACES:
        return (value == () and link in OPTIONAL) or _is_place(value, PLACES[link])
    if is_switch(link):
        return type(value) is bool
    if ACCEPTS[link].startswith("one of "):
        return value in choices(link) or (value == "" and link in TABS)
    if choices(link):
        return isinstance(value, tuple) and _are_chosen(link, value)
    if link == "padding" and value in ("valid", "same", "full"):
        return True
    low, high = limits(link) or (0, 0)
    return type(value) is (int if whole(link) else float) and low <= value <= high and not _is_minus_zero(value)


def _is_minus_zero(value: float) -> bool:
    return value == 0 and math.copysign(1, value) < 0


def _are_chosen(link: str, value: tuple[str, ...]) -> bool:
    if link == "stack":
        return len(value) <= 4 and set(value) <= set(choices(link))
    return value == tuple(name for name in choices(link) if name in value) and (value != () or link == "hide")


def _is_place(value: object, limits: tuple[tuple[int, int], ...]) -> bool:
    if not (isinstance(value, tuple) and len(value) == len(limits) and all(type(n) is int for n in value)):
        return False
    inside = all(low <= n <= high for n, (low, high) in zip(value, limits, strict=True))
    return inside and (limits != PLACES["inputs"] or value[0] != 2)


def _is_weight(value: object) -> bool:
    return isinstance(value, float) and abs(value) <= 1e6 and not _is_minus_zero(value)


def _is_grid(value: object, most: int = 15) -> bool:
    if not (isinstance(value, tuple) and 1 <= len(value) <= most and all(isinstance(row, tuple) for row in value)):
        return False
    return (
        {len(row) for row in value} <= {*range(1, most + 1)}
        and len({len(row) for row in value}) == 1
        and all(_is_weight(number) for row in value for number in row)
    )


def _is_rectangle(value: object) -> bool:
    if not (isinstance(value, tuple) and all(type(edge) is int and edge >= 0 for edge in value)):
        return False
    return value == () or (len(value) == 4 and value[0] < value[1] and value[2] < value[3])


def _are_copies(value: object) -> bool:
    if not (isinstance(value, tuple) and len(value) <= 8 and all(len(copy) == 4 for copy in value)):
        return False
    places = [copy[:3] for copy in value]
    return len(set(places)) == len(places) and all(
        all(type(n) is int and n >= 0 for n in copy[:3]) and max(copy[1:3]) <= 14 and _is_weight(copy[3])
        for copy in value
    )


def _is_drawing(value: object) -> bool:
    rows = value.split("-") if isinstance(value, str) else []
    return 8 <= len(rows) <= 32 and all(len(row) == len(rows) and set(row) <= set("0123456789abcdef") for row in rows)


def _are_filters(value: object) -> bool:
    if not (isinstance(value, tuple) and 1 <= len(value) <= 6 and all(isinstance(one, tuple) for one in value)):
        return False
    kernels = [kernel for one in value for kernel in one]
    alike = len({len(one) for one in value}) == 1 and 1 <= len(value[0]) <= 4
    return alike and all(_is_grid(k, 7) for k in kernels) and len({(len(k), len(k[0])) for k in kernels}) == 1


def _is_network(value: object) -> bool:
    layers = (value.split(", ") if value else []) if isinstance(value, str) else ["?"]
    return len(str(value)) <= 12_000 and len(layers) <= 256 and all(LAYER.fullmatch(layer) for layer in layers)


OTHERS: dict[str, Callable[[Any], bool]] = {
    "kernel": _is_grid,
    "trained_weights": lambda value: _is_grid(value, 4) and (len(value), len(value[0])) == (4, 4),
    "zoom": _is_rectangle,
    "part": _is_rectangle,
    "untied": _are_copies,
    "drawing": _is_drawing,
    "filters": _are_filters,
    "biases": lambda value: isinstance(value, tuple) and 1 <= len(value) <= 6 and all(map(_is_weight, value)),
    "net": _is_network,
    "class": lambda value: value == "" or re.fullmatch("[2-9abcdefghjkmnpqrstuvwxyz]{8}", value) is not None,
}


# States at random.


def random_state(kind: type[State], seed: int) -> State:
    """A sound state: every field anywhere in its range, often at a bound."""
    rng = np.random.default_rng([31, seed])
    values = {at.field: random_value(at.link, rng) for at in PARAMETERS if at.kind is kind}
    return replace(kind(), **values).fitted()


def random_value(link: str, rng: Rng) -> Any:  # noqa: ANN401  # of any type
    if link in RANDOM:
        return RANDOM[link](rng)
    if link in PLACES:
        return () if link in OPTIONAL and rng.integers(2) else _random_place(link, rng)
    if is_switch(link):
        return bool(rng.integers(2))
    if ACCEPTS[link].startswith("one of "):
        return str(rng.choice(choices(link)))
    if choices(link):
        some = rng.permutation(choices(link))[: rng.integers(link != "hide", len(choices(link)) + 1)]
        return tuple(map(str, rng.choice(some, 4))) if link == "stack" else tuple(n for n in choices(link) if n in some)
    if link == "padding" and rng.integers(2):
        return str(rng.choice(["valid", "same", "full"]))
    low, high = limits(link) or (0, 0)
    if whole(link):
        return _random_whole(int(low), int(high), rng)
    return _random_weight(rng) if link == "bias" else float([low, high, rng.uniform(low, high)][rng.integers(3)]) + 0.0


def _random_place(link: str, rng: Rng) -> tuple[int, ...]:
    place = tuple(_random_whole(low, high, rng) for low, high in PLACES[link])
    return (max(1, place[0] // 2 * 3), *place[1:]) if link == "inputs" else place


def _random_whole(low: int, high: int, rng: Rng) -> int:
    inside: int = rng.integers(low, high + 1).item()
    return [low, high, inside][rng.integers(3)]


def _random_weight(rng: Rng) -> float:
    found = [
        *(float(rng.integers(-9, 10)), float(rng.normal()), float(rng.uniform(-1e6, 1e6)), 1 / 3, 0.0),
        *(float(rng.normal() * 10.0 ** rng.integers(-320, 5)), 0.1 * int(rng.integers(-30, 30))),
        float(rng.choice([1e6, -1e6, 5e-324, 1 / 9, 999_999.9999999999, 1e-5, 123456.0])),
    ]
    return found[rng.integers(len(found))] + 0.0


def _random_grid(rng: Rng, K: int, L: int) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(_random_weight(rng) for _ in range(L)) for _ in range(K))


def _random_rectangle(rng: Rng) -> tuple[int, ...]:
    top, left, height = rng.integers(0, 10**6, 3).tolist()
    return (top, top + 1 + height, left, left + 7) if rng.integers(2) else ()


def _random_drawing(rng: Rng) -> str:
    n = int(rng.integers(8, 33))
    return "-".join("".join(rng.choice(list("0123456789abcdef"), n)) for _ in range(n))


def _random_copies(rng: Rng) -> tuple[tuple[int, int, int, float], ...]:
    places = rng.permutation(60)[: rng.integers(0, 9)].tolist()
    return tuple((place // 4, place % 4, place % 15, _random_weight(rng)) for place in places)


def _random_filters(rng: Rng) -> tuple[tuple[tuple[tuple[float, ...], ...], ...], ...]:
    outputs, inputs, K, L = (int(rng.integers(1, most + 1)) for most in (6, 4, 7, 7))
    return tuple(tuple(_random_grid(rng, K, L) for _ in range(inputs)) for _ in range(outputs))


RANDOM: dict[str, Callable[[Rng], object]] = {
    "kernel": lambda rng: _random_grid(rng, int(rng.integers(1, 16)), int(rng.integers(1, 16))),
    "trained_weights": lambda rng: _random_grid(rng, 4, 4),
    "zoom": _random_rectangle,
    "part": _random_rectangle,
    "untied": _random_copies,
    "drawing": _random_drawing,
    "filters": _random_filters,
    "biases": lambda rng: tuple(_random_weight(rng) for _ in range(rng.integers(1, 7))),
    "class": lambda rng: "".join(rng.choice([*"23456789abcdefghjkmnpqrstuvwxyz"], 8 * int(rng.integers(2)))),
    "net": lambda rng: ", ".join(map(str, rng.choice(LAYERS, rng.integers(0, 12)))),
}
