"""What an edit makes of the network: another network to start from, another layer or option, undo and redo. Pure."""

from dataclasses import dataclass, replace
from typing import Any

from components.pages.network.builder.history import History
from components.pages.network.state import Net
from components.state.fields import Whole, checked
from components.state.link import edited
from kernels.layer.spec import Shape
from kernels.networks.description import MOST, OPTIONS, LayerConfig, parse, parse_layer, text_of, written
from kernels.networks.trained import IN_SHAPE, LAYERS
from kernels.networks.zoo import ZOO, published

NEW = {
    "conv": "conv 8 3 padding=same", "local": "local 4 3", "tiled": "tiled 4 3 2", "table": "table 01/12 3",
    "max": "max 2", "mean": "mean 2", "subsample": "subsample 2", "pad": "pad 1", "dense": "dense 10",
}  # fmt: skip
TOGETHER = 64  # edits in one message
EMPTY = "empty"
OWN = "digits"  # the trained network, among those to start from


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What undo brings back: layers, volume and choice of weights."""

    net: str
    inputs: Shape
    weights: str


@dataclass(frozen=True, slots=True)
class Revision:
    """A network after edits, and what can then be undone and redone."""

    own: Net
    history: History[Snapshot]


def snapshot(own: Net) -> Snapshot:
    return Snapshot(own.net, own.inputs, own.weights)


def start_from(own: Net, id: str | None) -> Net:
    """The trained network, a published one or none, with the volume it reads."""
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
    """The networks one can start from."""
    known = {OWN: "Small digit classifier"} | {known.id: known.title for known in ZOO}
    return known | {EMPTY: "Empty network"}


def built(own: Net, message: object) -> Net:
    """What the builder sent: set an option, add, remove or move a layer. ValueError names what cannot be."""
    do = message.get("do") if isinstance(message, dict) else None
    if not isinstance(message, dict) or not isinstance(do, str) or do not in EDITS:
        raise ValueError("this is not an edit of a network")
    steps = list(parse(own.net))
    EDITS[do](steps, message)
    return edited(own, net=text_of(tuple(steps)), unit=())


def _set(steps: list[LayerConfig], message: dict[str, Any]) -> None:
    at = _place(message, len(steps) - 1)
    step, name, value = steps[at], message.get("name"), message.get("value")
    options = OPTIONS[step.op]
    names = [option.name for option in options]
    if not isinstance(value, str) or name not in names:
        raise ValueError("the layer has no such option")
    if set(value.strip()) & set(", ="):
        raise ValueError(f"{name} of {step.op} must be {options[names.index(name)].read.words}, not “{value[:20]}”")
    values = {**dict(zip(names, map(written, step.values), strict=True)), name: value.strip()}
    steps[at] = parse_layer(" ".join([step.op, *(f"{known}={text}" for known, text in values.items())]))


def _add(steps: list[LayerConfig], message: dict[str, Any]) -> None:
    op = message.get("op")
    if not isinstance(op, str) or op not in OPTIONS:
        raise ValueError("there is no such kind of layer")
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
        raise ValueError("the network has no layers yet")
    return checked("at", Whole(0, most), message.get("at"))


def revised(own: Net, message: object, history: History[Snapshot]) -> Revision:
    """The network after one edit, undo or redo, or after several of them: all or none.

    ValueError names what cannot be.
    """
    if not isinstance(message, list):
        return _revised(own, message, history)
    if not 0 < len(message) <= TOGETHER:
        raise ValueError("this is not an edit of a network")
    found = Revision(own, history)
    for one in message:
        found = _revised(found.own, one, found.history)
        found = replace(found, history=found.history.noted(snapshot(found.own)))
    return found


def _revised(own: Net, message: object, history: History[Snapshot]) -> Revision:
    do = message.get("do") if isinstance(message, dict) else None
    if do not in ("undo", "redo"):
        return Revision(built(own, message), history)
    history = history.undone() if do == "undo" else history.redone()
    back = history.present
    return Revision(edited(own, net=back.net, inputs=back.inputs, weights=back.weights, unit=()), history)
