"""A network as PyTorch code: an nn.Sequential with one line per layer. Pure.

What goes from layer to layer is a volume (examples, C, H, W), or, after `flatten` and `dense`, a row of numbers. Both
frameworks keep the two apart, so `pieces` says where one has to be made the other.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple, cast

from kernels.layer.counts import steps
from kernels.layer.spec import LayerSpec, Pair, Shape
from kernels.learning.layers import Pad, Pool
from kernels.learning.linear import Wired
from kernels.networks.blocks import Tabled
from kernels.networks.plan import Plan, Row

ROW = {"flatten", "dense"}
VOLUME = {"conv", "local", "tiled", "table", "max", "mean", "globalmax", "globalmean", "subsample", "pad"}
DEEPEST = 10  # branches in branches that are indented: beyond, a line would have no room left


class Piece(NamedTuple):
    """One step of the code. op: the row's, or "row" and "volume" where only the form changes, for what comes next.

    shape, flat: of what it reads, and whether that is a row of numbers.
    """

    op: str
    row: Row
    shape: Shape
    flat: bool


def pieces(made: Plan) -> Iterator[Piece]:
    """The steps of a network, and the changes of form they need. What is a row of numbers has one place, H = W = 1.

    A branch and its shortcut end in the same form: a row of numbers if they began as one and have one place.
    """
    flat, shape = False, made.in_shape
    began: list[bool] = []
    for row in made.rows:
        op = row.config.op
        wanted = op in ROW or (flat and op not in VOLUME)
        if op in ("shortcut", "add"):
            wanted = began[-1] and places(shape) == 1
        if wanted != flat:
            yield Piece("row" if wanted else "volume", row, shape, flat)
        yield Piece(op, row, row.in_shape, wanted)
        flat, shape = wanted, row.out_shape
        if op == "split":
            began.append(flat)
        elif op == "shortcut":
            flat = began[-1]
        elif op == "add":
            began.pop()


def places(shape: Shape) -> int:
    return shape[1] * shape[2]


def code(made: Plan) -> str:
    """The network, the helpers it needs and one run."""
    lines = _network(made)
    body = "\n".join(lines)
    helpers = [text for name, text in HELPERS.items() if f"{name}(" in body]
    functional = ["from torch.nn import functional as F"] if any("F." in text for text in helpers) else []
    imports = "\n".join(["import torch", "from torch import nn", *functional])
    shape = (_examples(made), *made.in_shape)
    run = f"x = torch.zeros({', '.join(map(str, shape))})\ny = network(x)"
    return "\n\n\n".join([imports, *helpers, f"{body}\n{run}"])


def _examples(made: Plan) -> int:
    """One, or two where PyTorch refuses a single number a channel as the statistics of a batch."""
    return 1 + any(row.config.op == "norm" and places(row.in_shape) == 1 for row in made.rows)


def _network(made: Plan) -> list[str]:
    lines = ["network = nn.Sequential("]
    closing: list[str] = []  # brackets of the branches that have no end yet
    for piece in pieces(made):
        if piece.op == "add":
            while (bracket := closing.pop()) == "]":
                lines.append(indented("],", len(closing) + 1))
            lines.append(indented(f"{bracket},", len(closing) + 1))
            continue
        lines += [indented(text, len(closing) + 1) for text in LINES[piece.op](piece)]
        closing += {"split": [")"], "shortcut": ["]"]}.get(piece.op, [])
    return [*lines, ")"]


def indented(text: str, depth: int) -> str:
    return "    " * min(depth, DEEPEST) + text


def call(name: str, *values: object, **options: object) -> str:
    """The call as it is written; an option that is None is left out."""
    named = [f"{option}={value}" for option, value in options.items() if value is not None]
    return f"{name}({', '.join([*map(str, values), *named])})"


def sides(pair: Pair, usual: int | None = None) -> int | Pair | None:
    """A pair, or one number for two equal ones; None if that is the usual one."""
    if pair[0] != pair[1]:
        return pair
    return None if pair[0] == usual else pair[0]


def spec_of(row: Row) -> LayerSpec:
    return cast("Wired | Tabled", row.layer).spec


def no_bias(row: Row) -> bool | None:
    return None if spec_of(row).bias else False


def period_of(row: Row) -> Pair | None:
    """Outputs after which the kernels of a local or tiled layer repeat; None if it is a convolution."""
    layer = cast(Wired, row.layer)
    return steps(layer.kind, layer.spec, row.in_shape, layer.period)


def stride_of(row: Row) -> int | None:
    """Of a pooling layer; None if its windows lie side by side."""
    pool = cast(Pool, row.layer)
    return None if pool.stride == pool.size else pool.stride


def frame_of(row: Row) -> Pad:
    return cast(Pad, row.layer)


def _conv(piece: Piece) -> list[str]:
    """PyTorch pads both sides alike; what is not, is padded before."""
    row, spec = piece.row, spec_of(piece.row)
    (top, bottom), (left, right) = spec.pads
    alike = (top, left) == (bottom, right)
    inside = alike and (top or left)
    layer = call(
        "nn.Conv2d",
        spec.in_channels,
        spec.out_channels,
        sides(spec.kernel_size),
        stride=sides(spec.stride, 1),
        padding=sides((top, left), 0) if inside else None,
        dilation=sides(spec.dilation, 1),
        groups=spec.groups if spec.groups > 1 else None,
        bias=no_bias(row),
        padding_mode=f'"{spec.padding_mode}"' if inside and spec.padding_mode != "zeros" else None,
    )
    before = [] if alike else [call(PADS[spec.padding_mode], (left, right, top, bottom))]
    return [f"{line}," for line in (*before, layer)]


def _placed(piece: Piece) -> list[str]:
    row, spec, period = piece.row, spec_of(piece.row), period_of(piece.row)
    if period is None:
        return _conv(piece)
    stride = spec.stride if spec.stride != (1, 1) else None
    given = spec.in_channels, spec.out_channels, spec.kernel_size
    return [call("Tiled", *given, period=period, stride=stride, bias=no_bias(row)) + ","]


def _table(piece: Piece) -> list[str]:
    row, spec = piece.row, spec_of(piece.row)
    reads = list(map(list, cast(Tabled, row.layer).table))
    return [call("Table", reads, sides(spec.kernel_size), stride=sides(spec.stride, 1), bias=no_bias(row)) + ","]


def _pad(piece: Piece) -> list[str]:
    frame = frame_of(piece.row)
    (top, bottom), (left, right) = frame.pads
    width = top if top == bottom else (left, right, top, bottom)
    return [(call("nn.ConstantPad2d", width, frame.value) if frame.value else call("nn.ZeroPad2d", width)) + ","]


def _norm(piece: Piece) -> list[str]:
    name = "nn.BatchNorm1d" if piece.flat else "nn.BatchNorm2d"
    return [call(name, piece.shape[0], track_running_stats=False) + ","]


def _unit_bias(piece: Piece) -> list[str]:
    return [call("UnitBias", *(piece.shape[:1] if piece.flat else piece.shape)) + ","]


def _softmax(piece: Piece) -> list[str]:
    """Over all numbers of an example."""
    if places(piece.shape) == 1:
        return ["nn.Softmax(dim=1),"]
    return ["nn.Flatten(),", "nn.Softmax(dim=1),", call("nn.Unflatten", 1, piece.shape) + ","]


def _dense(piece: Piece) -> list[str]:
    C, H, W = piece.shape
    return [call("nn.Linear", C * H * W, spec_of(piece.row).out_channels, bias=no_bias(piece.row)) + ","]


def _pool(name: str) -> Callable[[Piece], list[str]]:
    return lambda piece: [call(name, piece.row.config["size"], stride=stride_of(piece.row)) + ","]


def _always(text: str) -> Callable[[Piece], list[str]]:
    return lambda _piece: [text] if text else []


PADS = {
    "zeros": "nn.ZeroPad2d",
    "reflect": "nn.ReflectionPad2d",
    "replicate": "nn.ReplicationPad2d",
    "circular": "nn.CircularPad2d",
}
LINES: dict[str, Callable[[Piece], list[str]]] = {
    "conv": _conv,
    "local": _placed,
    "tiled": _placed,
    "table": _table,
    "unitbias": _unit_bias,
    "relu": _always("nn.ReLU(),"),
    "tanh": _always("nn.Tanh(),"),
    "sigmoid": _always("nn.Sigmoid(),"),
    "max": _pool("nn.MaxPool2d"),
    "mean": _pool("nn.AvgPool2d"),
    "globalmax": _always("nn.AdaptiveMaxPool2d(1),"),
    "globalmean": _always("nn.AdaptiveAvgPool2d(1),"),
    "subsample": lambda piece: [call("Subsample", piece.shape[0], piece.row.config["size"]) + ","],
    "pad": _pad,
    "norm": _norm,
    "flatten": _always(""),  # the change of form before it is all it does
    "row": _always("nn.Flatten(),"),
    "volume": lambda piece: [call("nn.Unflatten", 1, piece.shape) + ","],
    "dense": _dense,
    "softmax": _softmax,
    "split": _always("Residual("),
    "shortcut": _always("shortcut=["),
}
HELPERS = {
    "Residual": '''\
class Residual(nn.Module):
    """f(x) + g(x): a branch plus a shortcut, which is the identity if it has no layers."""

    def __init__(self, *branch, shortcut=()):
        super().__init__()
        self.branch = nn.Sequential(*branch)
        self.shortcut = nn.Sequential(*shortcut)

    def forward(self, x):
        return self.branch(x) + self.shortcut(x)''',
    "Table": '''\
class Table(nn.Module):
    """A convolution in which each map reads only the channels listed for it."""

    def __init__(self, reads, size, stride=1, bias=True):
        super().__init__()
        self.reads = reads
        self.maps = nn.ModuleList([nn.Conv2d(len(channels), 1, size, stride, bias=bias) for channels in reads])

    def forward(self, x):
        return torch.cat([conv(x[:, channels]) for conv, channels in zip(self.maps, self.reads)], dim=1)''',
    "Tiled": '''\
class Tiled(nn.Module):
    """One bank of kernels per position within a period; locally connected if no position repeats."""

    def __init__(self, channels, maps, size, period, stride=(1, 1), bias=True):
        super().__init__()
        self.size, self.period, self.stride = size, period, stride
        reads = channels * size[0] * size[1]
        self.weight = nn.Parameter(torch.randn(maps, reads, *period) * (2 / reads) ** 0.5)
        self.bias = nn.Parameter(torch.zeros(maps, *period)) if bias else None

    def forward(self, x):
        rows, cols = [(n - k) // s + 1 for n, k, s in zip(x.shape[2:], self.size, self.stride)]
        windows = F.unfold(x, self.size, stride=self.stride).reshape(len(x), -1, rows, cols)
        i, j = torch.arange(rows)[:, None] % self.period[0], torch.arange(cols) % self.period[1]
        y = torch.einsum("brij,orij->boij", windows, self.weight[:, :, i, j])
        return y if self.bias is None else y + self.bias[:, i, j]''',
    "Subsample": '''\
class Subsample(nn.Module):
    """a · Σ window + b over adjacent windows: two parameters per map, initialised to the mean."""

    def __init__(self, channels, size):
        super().__init__()
        self.size = size
        self.a = nn.Parameter(torch.ones(channels, 1, 1) / size**2)
        self.b = nn.Parameter(torch.zeros(channels, 1, 1))

    def forward(self, x):
        return self.a * F.avg_pool2d(x, self.size, divisor_override=1) + self.b''',
    "UnitBias": '''\
class UnitBias(nn.Module):
    """A separate bias for every unit."""

    def __init__(self, *shape):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(shape))

    def forward(self, x):
        return x + self.bias''',
}
