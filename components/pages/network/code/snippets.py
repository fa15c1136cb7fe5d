"""A network as code one can paste and run: in PyTorch, in Keras, and in NumPy with this engine. Pure."""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from inspect import signature
from itertools import groupby
from operator import itemgetter

from components.display import words
from components.pages.network.code import keras, torch
from components.pages.network.code.torch import indented, sides
from kernels.layer.spec import LayerSpec
from kernels.learning.layers import Layer
from kernels.networks.blocks import Residual
from kernels.networks.plan import Plan

WIDTH = 120  # characters a line
HEADLINE = 110
NUMBERS = r"[\[(][\d, ]{,80}[\])]"  # in one bracket, where they fit on a line
HOLD = "\0"  # a space at which no line may break


def snippets(made: Plan) -> dict[str, str]:
    """The code by the name of the framework; none for a network that does not fit or has no layers."""
    if made.fault or not made.rows:
        return {}
    found = {"PyTorch": torch.code(made), "Keras": keras.code(made), "NumPy": _numpy(made)}
    return {name: f"{_headline(made)}\n{_folded(code)}\n" for name, code in found.items()}


def _headline(made: Plan) -> str:
    """How many parameters, and the network in our words, as far as there is room."""
    text = f"# {words.plural(made.parameters, 'parameter')}: {made.text}"
    return textwrap.shorten(text, HEADLINE, placeholder=" …")


def _folded(code: str) -> str:
    """Longer lines are broken between the words of a call, and go on indented."""
    return "\n".join(piece for line in code.splitlines() for piece in _broken(line))


def _broken(line: str) -> list[str]:
    """Not within what a map of a table reads."""
    if len(line) <= WIDTH:
        return [line]
    margin = " " * (len(line) - len(line.lstrip()) + 4)
    held = re.sub(NUMBERS, lambda found: found[0].replace(" ", HOLD), line)
    found = textwrap.wrap(held, WIDTH, subsequent_indent=margin, break_long_words=False, break_on_hyphens=False)
    return [part.replace(HOLD, " ") for part in found]


def _numpy(made: Plan) -> str:
    """The network as the engine's own layers; imported is what it is made of, and nothing else."""
    network = made.network
    classes = sorted({(kind.__module__, kind.__name__) for kind in _classes(network)})
    imports = [
        f"from {module} import {', '.join(name for _, name in names)}"
        for module, names in groupby(classes, key=itemgetter(0))
    ]
    layers = [line for layer in network.layers for line in _layer(layer, 1)]
    shape = ", ".join(map(str, (1, *made.in_shape)))
    return "\n".join(
        [
            "import numpy as np\n",
            *imports,
            "\nnetwork = Network((",
            *layers,
            f"), {made.in_shape})",
            "theta = network.init(seed=0)",
            f"x = np.zeros(({shape}), np.float32)",
            "y = network.apply(theta, x)",
        ]
    )


def _classes(thing: object) -> Iterator[type]:
    """Of everything that has to be constructed for it."""
    if isinstance(thing, tuple):
        for one in thing:
            yield from _classes(one)
    elif is_dataclass(thing):
        yield type(thing)
        for field in fields(thing):
            yield from _classes(getattr(thing, field.name))


def _layer(layer: Layer, depth: int) -> list[str]:
    """The line of a layer, or those of a residual block."""
    if not isinstance(layer, Residual):
        return [indented(f"{_constructed(layer)},", depth)]
    branch, shortcut = (
        [line for inner in path for line in _layer(inner, depth + 1)] for path in (layer.branch, layer.shortcut)
    )
    between = [indented("), (", depth), *shortcut] if shortcut else []
    return [indented("Residual((", depth), *branch, *between, indented(")),", depth)]


def _constructed(thing: object) -> str:
    """The call that makes it: what has no default in order, and by name what is not its default.

    A LayerSpec always says its kernel and its channels.
    """
    short = isinstance(thing, LayerSpec)
    given = []
    for n, (name, parameter) in enumerate(signature(type(thing)).parameters.items()):
        value = getattr(thing, name)
        value = sides(value) if short and isinstance(value, tuple) else value
        shown = _constructed(value) if isinstance(value, LayerSpec) else _literal(value)
        if parameter.default is parameter.empty or (short and n < 3):
            given.append(shown)
        elif value != parameter.default:
            given.append(f"{name}={shown}")
    return f"{type(thing).__name__}({', '.join(given)})"


def _literal(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)
