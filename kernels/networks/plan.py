"""A network as it was written, layer by layer with its shapes, as far as the layers fit.

Every row says which rows' outputs it reads: the one before it, `add` two. So activations run forwards over the rows and
receptive fields backwards, whatever branches there are.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import prod

import numpy as np

from kernels.layer.counts import FLOAT32, steps
from kernels.layer.spec import Array, LayerSpec, Shape, SpecError
from kernels.learning.layers import Activate, Flatten, GlobalPool, Layer, Pad, Pool, Softmax
from kernels.learning.linear import Bias, Wired, full
from kernels.learning.network import Network
from kernels.networks.blocks import BatchNorm, Residual, Subsample, Tabled
from kernels.networks.description import LayerConfig, text_of

INPUT = -1  # the row that is the network's input
MEMORY = 128_000_000  # bytes that parameters, activations and windows may take together
WORK = 800_000_000  # numbers that its layers may copy while one example runs: about a second


@dataclass(frozen=True, slots=True)
class Row:
    """One layer of the description with its shapes. layer: None for those that only say where a branch begins and ends.

    reads: the rows whose outputs it takes. part: where its parameters lie in θ.
    """

    config: LayerConfig
    layer: Layer | None
    reads: tuple[int, ...]
    in_shape: Shape
    out_shape: Shape
    part: slice

    @property
    def parameters(self) -> int:
        """How many numbers of θ are its own."""
        return int(self.part.stop - self.part.start)


@dataclass(frozen=True, slots=True)
class Fault:
    """The layer that does not fit, counted from 0, and why."""

    at: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows up to the first that does not fit, and which that is."""

    configs: tuple[LayerConfig, ...]
    in_shape: Shape
    rows: tuple[Row, ...]
    fault: Fault | None

    @property
    def text(self) -> str:
        return text_of(self.configs)

    @property
    def parameters(self) -> int:
        return self.rows[-1].part.stop if self.rows else 0

    @property
    def network(self) -> Network:
        """The network of layers in which every branch with its shortcut is one. Raises SpecError with the fault."""
        if self.fault:
            raise SpecError(self.fault.sentence)
        return Network(_nested(iter(self.rows))[0], self.in_shape)

    @property
    def memory(self) -> int:
        """Bytes that running one example takes at most: parameters, outputs, and what one layer needs besides."""
        kept = self.parameters + sum(prod(row.out_shape) for row in self.rows)
        return FLOAT32 * (kept + max((_working(row) for row in self.rows), default=0))

    @property
    def work(self) -> int:
        """Numbers that the layers need while they run, all together: many small ones take long, but no memory."""
        return sum(map(_working, self.rows))


def plan(configs: tuple[LayerConfig, ...], in_shape: Shape) -> Plan:
    """The plan of these layers on an input (C, H, W): a row each, as far as they fit.

    >>> from kernels.networks.description import parse
    >>> made = plan(parse("conv 4 3, relu, max 2, dense 10"), (1, 8, 8))
    >>> [row.out_shape for row in made.rows], made.parameters
    ([(4, 6, 6), (4, 6, 6), (4, 3, 3), (10, 1, 1)], 410)
    >>> plan(parse("max 2, conv 4 9"), (1, 8, 8)).fault.at
    1
    """
    rows: list[Row] = []
    unclosed: list[
        list[int]
    ] = []  # the branches that have no end yet: their split, and their shortcut if they have one
    for n, config in enumerate(configs):
        try:
            rows.append(_row(config, rows, unclosed, in_shape))
        except SpecError as error:
            return Plan(configs, in_shape, tuple(rows), Fault(n, f"Layer {n + 1} ({config.op}) does not fit: {error}"))
    fault = Fault(unclosed[-1][0], f"Layer {unclosed[-1][0] + 1} (split) is not closed by an add") if unclosed else None
    return Plan(configs, in_shape, tuple(rows), fault)


def _row(config: LayerConfig, rows: list[Row], unclosed: list[list[int]], in_shape: Shape) -> Row:
    before, at = len(rows) - 1, rows[-1].part.stop if rows else 0
    reads: tuple[int, ...] = (before,)
    if config.op == "split":
        unclosed.append([len(rows)])
    elif config.op in ("shortcut", "add"):
        if not unclosed:
            raise SpecError(f"{config.op} has no split before it")
        reads = _shortcut(rows, unclosed[-1]) if config.op == "shortcut" else _add(rows, unclosed.pop())
    shape = in_shape if reads[0] == INPUT else rows[reads[0]].out_shape
    if config.op not in MAKERS:
        return Row(config, None, reads, shape, shape, slice(at, at))
    layer = MAKERS[config.op](config, shape)
    return Row(config, layer, reads, shape, layer.out_shape(shape), slice(at, at + layer.parameters(shape)))


def _shortcut(rows: list[Row], branch: list[int]) -> tuple[int, ...]:
    """The row that a shortcut reads: the one at which its branch began."""
    if len(branch) > 1:
        raise SpecError("this branch already has a shortcut")
    branch.append(len(rows))
    return (branch[0],)


def _add(rows: list[Row], branch: list[int]) -> tuple[int, ...]:
    """The rows that an addition reads: the ends of the branch and of its shortcut, or what the split read."""
    split, *cut = branch
    ends = (cut[0] - 1, len(rows) - 1) if cut else (len(rows) - 1, split)
    one, other = (rows[end].out_shape for end in ends)
    if one != other:
        raise SpecError(
            f"its branch outputs {volume_text(one)} and its shortcut {volume_text(other)}, but they must be equal"
        )
    return ends


def _nested(rows: Iterator[Row]) -> tuple[tuple[Layer, ...], str]:
    """The layers up to the end of this branch, a `Residual` for every split, and what ended it."""
    found: list[Layer] = []
    for row in rows:
        if row.config.op in ("shortcut", "add"):
            return tuple(found), row.config.op
        if row.layer:
            found.append(row.layer)
        else:
            branch, ended = _nested(rows)
            found.append(Residual(branch, _nested(rows)[0] if ended == "shortcut" else ()))
    return tuple(found), ""


def activations(plan: Plan, theta: Array, x: Array) -> list[Array]:
    """The output (C, H, W) of every row for one input (C, H, W).

    Numbers beyond float32 are clipped to its largest, NaN becomes 0. Raises SpecError above MEMORY, with the bytes it
    would need.

    >>> from kernels.networks.description import parse
    >>> made = plan(parse("relu, globalmean"), (1, 1, 2))
    >>> [y.ravel().tolist() for y in activations(made, np.zeros(0), np.array([[[-4.0, 6.0]]]))]
    [[0.0, 6.0], [3.0]]
    """
    _check_size(plan)
    outputs: list[Array] = []
    for row in plan.rows:
        read = [x[None] if n == INPUT else outputs[n] for n in row.reads]
        with np.errstate(over="ignore", invalid="ignore"):
            output = row.layer.apply(theta[row.part], read[0])[0] if row.layer else sum(read[1:], read[0])
        outputs.append(np.nan_to_num(output, copy=False, nan=0))
    return [output[0] for output in outputs]


def _check_size(plan: Plan) -> None:
    if plan.memory > MEMORY:
        raise SpecError(
            f"running this network needs {plan.memory:,} bytes, more than the {MEMORY:,} a visitor may take"
        )
    if plan.work > WORK:
        raise SpecError(f"running this network copies {plan.work:,} numbers, more than the {WORK:,} a visitor may ask")


def init(plan: Plan, seed: int) -> Array:
    """The first θ of all rows, float32, number by number that of `Plan.network`. Raises SpecError above MEMORY."""
    _check_size(plan)
    rng = np.random.default_rng(seed)
    return np.concatenate([np.zeros(0, np.float32), *(r.layer.init(rng, r.in_shape) for r in plan.rows if r.layer)])


def volume_text(shape: Shape) -> str:
    """A shape as text, like 8 × 6 × 6."""
    return " × ".join(map(str, shape))


def _working(row: Row) -> int:
    """Numbers of float32 size that a layer needs while it runs, besides θ and its output; measured, and tested."""
    layer, places = row.layer, prod(row.out_shape[1:])
    if isinstance(layer, Pool):
        return row.in_shape[0] * layer.size**2 * places + 8 * prod(row.out_shape)
    if isinstance(layer, Tabled):
        return _copied(row, layer.spec) + 3 * prod(layer.spec.weight_shape) + 6 * row.parameters
    if not isinstance(layer, Wired) or layer.kind == "dense":
        return 3 * prod(row.in_shape)
    if layer.kind == "conv":
        return _copied(row, layer.spec) + prod(row.out_shape)
    kinds = prod(steps(layer.kind, layer.spec, row.in_shape, layer.period) or (1, 1))
    banks = 2 * prod(layer.spec.weight_shape) * places
    return _copied(row, layer.spec) + banks + (2 * kinds * places if kinds < places else 0)


def _copied(row: Row, spec: LayerSpec) -> int:
    """The numbers of all windows of a layer, which are copied twice."""
    return 2 * row.in_shape[0] * prod(spec.kernel_size) * prod(row.out_shape[1:])


def _conv(config: LayerConfig, shape: Shape) -> Layer:
    spec = LayerSpec(
        config["size"], shape[0], config["maps"], config["stride"], config["padding"], config["dilation"],
        config["groups"], config["bias"], config["mode"],
    )  # fmt: skip
    return Wired("conv", spec)


def _unshared(config: LayerConfig, shape: Shape) -> Layer:
    spec = LayerSpec(config["size"], shape[0], config["maps"], config["stride"], bias=config["bias"])
    return Wired("local", spec) if config.op == "local" else Wired("tiled", spec, config["period"])


def _table(config: LayerConfig, shape: Shape) -> Layer:
    table = config["maps"]
    return Tabled(LayerSpec(config["size"], shape[0], len(table), config["stride"], bias=config["bias"]), table)


def _dense(config: LayerConfig, shape: Shape) -> Layer:
    layer = full(config["units"], shape)
    return layer if config["bias"] else Wired("dense", LayerSpec(shape[1:], shape[0], config["units"]))


def _pool(config: LayerConfig, _shape: Shape) -> Layer:
    return Pool("max" if config.op == "max" else "mean", config["size"], config["stride"] or config["size"])


def _pad(config: LayerConfig, _shape: Shape) -> Layer:
    return Pad((config["frame"], config["frame"]), config["value"])


MAKERS: dict[str, Callable[[LayerConfig, Shape], Layer]] = {
    "conv": _conv,
    "local": _unshared,
    "tiled": _unshared,
    "table": _table,
    "unitbias": lambda _config, _shape: Bias(),
    "relu": lambda _config, _shape: Activate("relu"),
    "tanh": lambda _config, _shape: Activate("tanh"),
    "sigmoid": lambda _config, _shape: Activate("sigmoid"),
    "max": _pool,
    "mean": _pool,
    "globalmax": lambda _config, _shape: GlobalPool("max"),
    "globalmean": lambda _config, _shape: GlobalPool("mean"),
    "subsample": lambda config, _shape: Subsample(config["size"]),
    "pad": _pad,
    "norm": lambda _config, _shape: BatchNorm(),
    "flatten": lambda _config, _shape: Flatten(),
    "dense": _dense,
    "softmax": lambda _config, _shape: Softmax(),
}
