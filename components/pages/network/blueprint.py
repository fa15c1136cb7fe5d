"""The network that is built: what the builder shows of it, and what an edit makes of it. Pure."""

from copy import deepcopy
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from components.display import words
from components.pages.network.history import History
from components.pages.network.state import Net
from components.state.fields import Whole, checked
from components.state.link import edited
from kernels.layer.spec import Array, Shape
from kernels.learning.layers import Layer
from kernels.learning.linear import Wired
from kernels.networks.costs import cost, total
from kernels.networks.description import (
    LONGEST,
    MOST,
    OPTIONS,
    LayerConfig,
    Option,
    parse,
    parse_layer,
    text_of,
    written,
)
from kernels.networks.oriented import oriented
from kernels.networks.plan import Plan, Row, init, plan, volume_text
from kernels.networks.receptive_fields import field_sizes
from kernels.networks.trained import IN_SHAPE, LAYERS, TESTED, trained
from kernels.networks.zoo import ZOO, published

Kept = tuple[str, Shape, str]  # what undo brings back: layers, volume and choice of weights
NAMES = {
    "conv": "Convolution",
    "local": "Locally connected",
    "tiled": "Tiled",
    "table": "Convolution by a table",
    "unitbias": "Bias of every unit",
    "relu": "ReLU",
    "tanh": "tanh",
    "sigmoid": "Sigmoid",
    "max": "Max pooling",
    "mean": "Mean pooling",
    "globalmax": "Global maximum",
    "globalmean": "Global mean",
    "subsample": "Sub-sampling",
    "pad": "Padding",
    "norm": "Batch normalisation",
    "flatten": "Flatten",
    "dense": "Fully connected",
    "softmax": "Softmax",
    "split": "Branch begins",
    "shortcut": "Its shortcut",
    "add": "Branch ends: add",
}
NEW = {
    "conv": "conv 8 3 padding=same", "local": "local 4 3", "tiled": "tiled 4 3 2", "table": "table 01/12 3",
    "max": "max 2", "mean": "mean 2", "subsample": "subsample 2", "pad": "pad 1", "dense": "dense 10",
}  # fmt: skip
LABELS = {"maps": "maps", "units": "units", "size": "K×L", "frame": "before×after", "mode": "padding mode"}
NUMBERS = ("free parameters", "if nothing were shared", "connections", "multiply-adds")
TABLE_NOTE = (
    "If nothing were shared, every connection would have a weight of its own. Memory: parameters and outputs in "
    "float32. Receptive field: rows and columns of the input that one unit sees, padding included. A multiply-add is a "
    "weight at a place that is no padding. All computed from the description."
)
TOGETHER = 64  # edits in one message
EMPTY = "empty"
OWN = "digits"  # the trained network, among those to start from


def plan_of(own: Net) -> Plan:
    return plan(parse(own.net), own.inputs)


def learned() -> Plan:
    """The network whose weights were trained."""
    return plan(parse(LAYERS), IN_SHAPE)


def theta_of(own: Net, made: Plan) -> tuple[Array, int]:
    """θ of the rows that fit, and how many of its layers of weights are the trained ones, or the edges.

    The n-th layer of weights takes what the n-th of the trained network has learned, if it is the same layer on the
    same volume.
    """
    theta = init(made, own.seed)
    if own.weights == "edges":
        bent = oriented(made.rows, theta)
        return bent, int(bent is not theta)
    if own.weights == "random":
        return theta, 0
    taken, known = 0, trained().theta
    for row, old in zip(weighted(made), weighted(learned()), strict=False):
        if _same(row, old):
            theta[row.part] = known[old.part]
            taken += 1
    return theta, taken


def weighted(made: Plan) -> list[Row]:
    """The rows with parameters."""
    return [row for row in made.rows if row.parameters]


def is_trained(own: Net, made: Plan) -> bool:
    """Whether this is the network that was trained, with what it has learned."""
    old = learned()
    if own.weights != "trained" or made.fault or len(made.rows) != len(old.rows):
        return False
    return all(map(_same, made.rows, old.rows))


def _same(row: Row, other: Row) -> bool:
    """Whether two rows are the same layer on the same volume, however their padding is written."""
    return row.in_shape == other.in_shape and _counted(row.layer) == _counted(other.layer)


def _counted(layer: Layer | None) -> Layer | None:
    """The layer with its padding as numbers, where it is alike on both sides."""
    if not isinstance(layer, Wired):
        return layer
    (top, bottom), (left, right) = layer.spec.pads
    alike = (top, left) == (bottom, right)
    return replace(layer, spec=replace(layer.spec, padding=(top, left))) if alike else layer


def about(made: Plan) -> str:
    """Of a published network: where it is from, and what is otherwise here."""
    known = next((one for one in ZOO if (one.plan.configs, one.in_shape) == (made.configs, made.in_shape)), None)
    return f"{known.title}: {known.source}. {known.note}" if known else ""


def weights_line(own: Net, made: Plan, taken: int) -> str:
    """Where the weights come from."""
    many = len(weighted(made))
    if not many:
        return "There are no weights here."
    if is_trained(own, made):
        return f"Trained: {100 * trained().accuracy:.1f} % of {TESTED} unseen digits right, measured when it was made."
    if own.weights == "trained" and taken == many:
        return f"{words.plural(many, 'layer')} of weights as trained, but in a network that nobody has measured."
    drawn = f"random, seed {own.seed}"
    if own.weights == "trained":
        kept = f"{taken} of {words.plural(many, 'layer')} of weights as trained, the others " if taken else ""
        return f"{kept or 'Nobody has trained these layers: their weights are '}{drawn}."
    edges = (
        "Edges in every direction in the first layer of kernels, the others "
        if own.weights == "edges" and taken
        else ""
    )
    return f"{edges or 'Weights '}{drawn}: nothing is learned."


def start_from(own: Net, id: str | None) -> Net:
    """A network of somebody's, with the volume it reads."""
    if id is None:
        return own
    if id == EMPTY:
        return edited(own, net="", unit=())
    if id == OWN:
        return replace(own, net=LAYERS, inputs=IN_SHAPE, weights="trained", unit=())
    known = published(id)
    shown = "picture" if known.in_shape[0] == 3 else own.shown
    return edited(own, net=text_of(parse(known.layers)), inputs=known.in_shape, shown=shown, unit=())


def titles() -> dict[str, str]:
    """Networks to start from."""
    known = {OWN: "The small network that reads digits"} | {known.id: known.title for known in ZOO}
    return known | {EMPTY: "Nothing: an empty network"}


def built(own: Net, message: object) -> Net:
    """What the builder sent: set an option, add, remove or move a layer. ValueError names what cannot be."""
    do = message.get("do") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(do, str) or do not in EDITS:
        raise ValueError("this is no edit of a network")
    steps = list(parse(own.net))
    EDITS[do](steps, message)
    return edited(own, net=text_of(tuple(steps)), unit=())


def _set(steps: list[LayerConfig], message: dict[str, Any]) -> None:
    at = _place(message, len(steps) - 1)
    step, name, value = steps[at], message.get("name"), message.get("value")
    options = OPTIONS[step.op]
    names = [option.name for option in options]
    if not isinstance(value, str) or name not in names:
        raise ValueError("this is no option of the layer")
    if set(value.strip()) & set(", ="):
        raise ValueError(f"{name} of {step.op} must be {options[names.index(name)].read.words}, not “{value[:20]}”")
    values = {**dict(zip(names, map(written, step.values), strict=True)), name: value.strip()}
    steps[at] = parse_layer(" ".join([step.op, *(f"{known}={text}" for known, text in values.items())]))


def _add(steps: list[LayerConfig], message: dict[str, Any]) -> None:
    op = message.get("op")
    if not isinstance(op, str) or op not in OPTIONS:
        raise ValueError("this is no kind of layer")
    if len(steps) == MOST:
        raise ValueError(f"a network has at most {MOST} layers")
    steps.insert(_place(message, len(steps)), parse_layer(NEW.get(op, op)))


def _remove(steps: list[LayerConfig], message: dict[str, Any]) -> None:
    del steps[_place(message, len(steps) - 1)]


def _move(steps: list[LayerConfig], message: dict[str, Any]) -> None:
    step = steps.pop(_place(message, len(steps) - 1))
    steps.insert(checked("to", Whole(0, len(steps)), message.get("to")), step)


EDITS = {"set": _set, "add": _add, "remove": _remove, "move": _move}


def _place(message: dict[str, Any], most: int) -> int:
    if most < 0:
        raise ValueError("there is no layer yet")
    return checked("at", Whole(0, most), message.get("at"))


def kept(own: Net) -> Kept:
    return own.net, own.inputs, own.weights


def revised(own: Net, message: object, history: History[Kept]) -> Net:
    """The same, and what undo and redo bring back; several edits one after the other, all of them or none."""
    if isinstance(message, list) and 0 < len(message) <= TOGETHER:
        tried = deepcopy(history)
        for one in message:
            own = revised(own, one if isinstance(one, dict) else None, tried)
            tried.note(kept(own))
        history.past, history.present, history.future = tried.past, tried.present, tried.future
        return own
    do = message.get("do") if isinstance(message, dict) else None
    if do in ("undo", "redo"):
        net, volume, weights = history.back() if do == "undo" else history.forth()
        return edited(own, net=net, inputs=volume, weights=weights, unit=())
    return built(own, message)


def props(made: Plan, history: History[Kept], refusal: str) -> dict[str, Any]:
    """For the builder: every step with its options, its volume where it fits, and the sentence where it does not."""
    fault = made.fault
    rows = [
        {
            "op": step.op,
            "name": NAMES[step.op],
            "options": [_option(o, v) for o, v in zip(OPTIONS[step.op], step.values, strict=True)],
            "volume": volume_text(row.out_shape) if row else "",
            "parameters": words.plural(row.parameters, "weight") if row and row.parameters else "",
            "fault": fault.sentence if fault and fault.at == n else "",
        }
        for n, (step, row) in enumerate(zip_longest(made.configs, made.rows))
    ]
    kinds = [{"op": op, "name": name} for op, name in NAMES.items()]
    return {
        "rows": rows,
        "kinds": kinds,
        "longest": LONGEST,
        "refusal": refusal,
        "undo": bool(history.past),
        "redo": bool(history.future),
    }


def _option(option: Option, value: object) -> dict[str, Any]:
    return {
        "name": option.name,
        "label": LABELS.get(option.name, option.name),
        "value": written(value),
        "default": None if option.default is None else written(option.default),
        "choices": option.choices,
        "switch": isinstance(option.default, bool),
        "help": option.read.words,
    }


def title(made: Plan) -> str:
    """What the network's weights do the work of; without any, what it is."""
    found = total(made)
    if made.fault or not found.parameters:
        return ":primary[Layer by layer], volume by volume"
    weights, untied = words.plural(found.parameters, "weight"), words.amount(found.untied)
    return f":primary[{weights}] do the work of {untied}"


def verdict(made: Plan) -> str:
    """What the network is, or which layer does not fit and why."""
    if made.fault:
        return f"**{words.markdown_escaped(made.fault.sentence)}.**"
    if not made.rows:
        return "A network without layers gives back what it reads. Add one."
    found = total(made)
    return (
        f"{words.plural(len(made.rows), 'layer')}, **{words.plural(found.parameters, 'free parameter')}**; if nothing "
        f"were shared, {words.amount(found.untied)}: {words.times(found.untied / max(found.parameters, 1))}."
    )


def table(made: Plan) -> dict[str, list[Any]]:
    """A row a layer that fits, and their totals, column by column."""
    costs = [cost(row) for row in made.rows]
    whole = total(made)
    return {
        "layer": [f"{n + 1}. {row.config}" for n, row in enumerate(made.rows)] + ["total"],
        "output": [volume_text(row.out_shape) for row in made.rows] + [""],
        "free parameters": [c.parameters for c in costs] + [whole.parameters],
        "if nothing were shared": [c.untied for c in costs] + [whole.untied],
        "connections": [c.connections for c in costs] + [whole.connections],
        "multiply-adds": [c.multiply_adds for c in costs] + [whole.multiply_adds],
        "memory": [words.size(c.memory) for c in costs] + [words.size(whole.memory)],
        "receptive field": [f"{size[0]} × {size[1]}" for size in field_sizes(made)] + [""],
    }
