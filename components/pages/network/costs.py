"""What a network costs: its parameters, its connections and what it computes, in words and as a table. Pure."""

from typing import Any

from components.display import padding, words
from kernels.learning.linear import Wired
from kernels.networks.costs import cost, total
from kernels.networks.plan import Plan, volume_text
from kernels.networks.receptive_fields import field_sizes

NUMBERS = ("free parameters", "without sharing", "connections", "multiply-adds")
TABLE_NOTE = (
    "Without sharing, every connection would have its own weight. Memory: parameters and outputs in float32. Receptive "
    "field: rows and columns of the input that one unit sees, including padding. Multiply-adds do not include weights "
    "on padding. All computed from the description of the network."
)


def title(made: Plan) -> str:
    """The network's parameters, with and without sharing; for a network without weights, a general title."""
    found = total(made)
    if made.fault or not found.parameters:
        return ":primary[Layer by layer], volume by volume"
    parameters, untied = words.plural(found.parameters, "parameter"), words.amount(found.untied)
    return f":primary[{parameters}]; {untied} without sharing"


def verdict(made: Plan) -> str:
    """The size of the network, or which layer does not fit and why."""
    if made.fault:
        return f"**{words.markdown_escaped(made.fault.sentence)}.**"
    if not made.rows:
        return "A network without layers returns its input. Add a layer."
    found = total(made)
    return (
        f"{words.plural(len(made.rows), 'layer')}, **{words.plural(found.parameters, 'free parameter')}**; without "
        f"sharing, {words.amount(found.untied)}: {words.times(found.untied / max(found.parameters, 1))} as many."
    )


def padding_notes(made: Plan) -> list[str]:
    """Caveats about padding "same", each with the layers it concerns."""
    found: dict[str, list[str]] = {}
    for n, row in enumerate(made.rows):
        if isinstance(row.layer, Wired):
            for sentence in padding.sentences(row.layer.spec, row.in_shape):
                found.setdefault(sentence, []).append(str(n + 1))
    return [f"Layer {', '.join(layers)}: {sentence}" for sentence, layers in found.items()]


def table(made: Plan) -> dict[str, list[Any]]:
    """A row per layer that fits, and their totals, column by column."""
    costs = [cost(row) for row in made.rows]
    whole = total(made)
    return {
        "layer": [f"{n + 1}. {row.config}" for n, row in enumerate(made.rows)] + ["total"],
        "output": [volume_text(row.out_shape) for row in made.rows] + [""],
        "free parameters": [c.parameters for c in costs] + [whole.parameters],
        "without sharing": [c.untied for c in costs] + [whole.untied],
        "connections": [c.connections for c in costs] + [whole.connections],
        "multiply-adds": [c.multiply_adds for c in costs] + [whole.multiply_adds],
        "memory": [words.size(c.memory) for c in costs] + [words.size(whole.memory)],
        "receptive field": [f"{size[0]} × {size[1]}" for size in field_sizes(made)] + [""],
    }
