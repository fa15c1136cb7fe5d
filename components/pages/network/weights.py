"""Where the weights of the network come from: the trained network's file, a seed, or edges in every direction. Pure."""

from dataclasses import dataclass, replace

from components.display import words
from components.pages.network.layers import with_weights
from components.pages.network.state import Net, Weights
from kernels.layer.spec import Array
from kernels.learning.layers import Layer
from kernels.learning.linear import Wired
from kernels.networks.convolutional import convolutional, kernels
from kernels.networks.description import parse
from kernels.networks.oriented import first_bank, oriented
from kernels.networks.plan import Plan, Row, init, plan
from kernels.networks.trained import IN_SHAPE, LAYERS, TESTED, trained


def trained_plan() -> Plan:
    """The network whose weights were trained."""
    return plan(parse(LAYERS), IN_SHAPE)


@dataclass(frozen=True, slots=True, eq=False)
class Theta:
    """chosen: how many layers of weights are the trained ones, or the edges; the others are random."""

    values: Array
    chosen: int


def theta_of(own: Net, made: Plan) -> Theta:
    """The weights of the rows that fit.

    The n-th layer of weights takes what the n-th of the trained network has learned, if it is the same layer on the
    same volume, or a convolution with the same kernels on a volume of any size.
    """
    theta = init(made, own.seed)
    if own.weights == "edges":
        bent = oriented(made.rows, theta)
        return Theta(bent, int(bent is not theta))
    if own.weights == "random":
        return Theta(theta, 0)
    taken, known = 0, trained().theta
    for row, old in zip(with_weights(made), with_weights(trained_plan()), strict=False):
        if _same(row, old) or _same_kernels(row, old):
            theta[row.part] = kernels(old, known[old.part]) if _is_conv(row) else known[old.part]
            taken += 1
    return Theta(theta, taken)


def in_use(own: Net, made: Plan) -> Weights:
    """The choice that the weights shown come from: random where no layer has trained ones, or can have edges."""
    rows, known = with_weights(made), with_weights(trained_plan())
    if own.weights == "trained" and not any(map(_same, rows, known)) and not any(map(_same_kernels, rows, known)):
        return "random"
    if own.weights == "edges" and first_bank(made.rows)[0] is None:
        return "random"
    return own.weights


def is_trained(own: Net, made: Plan) -> bool:
    """Whether this is the network that was trained, with what it has learned."""
    old = trained_plan()
    if own.weights != "trained" or made.fault or len(made.rows) != len(old.rows):
        return False
    return all(map(_same, made.rows, old.rows))


def _same(row: Row, other: Row) -> bool:
    """Whether two rows are the same layer on the same volume, however their padding is written."""
    return row.in_shape == other.in_shape and _counted(row.layer) == _counted(other.layer)


def _is_conv(row: Row) -> bool:
    return isinstance(row.layer, Wired) and row.layer.kind == "conv"


def _same_kernels(row: Row, old: Row) -> bool:
    """Whether this convolution has the kernels of the other row, or of the convolution that a dense one equals."""
    if not (isinstance(row.layer, Wired) and _is_conv(row)):
        return False
    if _is_conv(old):
        return _counted(row.layer) == _counted(old.layer)
    written = [again.layer for again in plan(convolutional(trained_plan()), IN_SHAPE).rows if again.parameters]
    return _counted(row.layer) == _counted(written[with_weights(trained_plan()).index(old)])


def _counted(layer: Layer | None) -> Layer | None:
    """The layer with its padding as numbers, where it is alike on both sides."""
    if not isinstance(layer, Wired):
        return layer
    (top, bottom), (left, right) = layer.spec.pads
    alike = (top, left) == (bottom, right)
    return replace(layer, spec=replace(layer.spec, padding=(top, left))) if alike else layer


def caption(own: Net, made: Plan, chosen: int) -> str:
    """The origin of the weights."""
    many = len(with_weights(made))
    if not many:
        return "This network has no weights."
    if is_trained(own, made):
        accuracy = f"{100 * trained().accuracy:.1f}%"
        return f"Trained: accuracy {accuracy} on {TESTED} centred test digits, measured after training."
    if own.weights == "trained" and chosen == many:
        return f"{words.plural(many, 'layer')} with trained weights; the accuracy of this network is unknown."
    drawn = f"random, seed {own.seed}"
    if own.weights == "trained":
        kept = f"{chosen} of {words.plural(many, 'layer')} with trained weights, the others " if chosen else ""
        return f"{kept or 'These layers are untrained: their weights are '}{drawn}."
    edges = (
        "Edge kernels in all directions in the first convolution, the others "
        if own.weights == "edges" and chosen
        else ""
    )
    return f"{edges or 'Weights '}{drawn}: nothing has been learned."
