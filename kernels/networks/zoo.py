"""Published networks in the words of `kernels.networks.description`, with the figures that were printed of them.

The computed figures come from the description (`kernels.networks.costs`), never from here.
"""

from dataclasses import dataclass
from functools import cache

from kernels.layer.spec import Shape
from kernels.networks.description import parse
from kernels.networks.plan import Plan, plan


@dataclass(frozen=True, slots=True)
class Printed:
    """Figures of one layer as published: its row counted from 0, and None where the source gives no figure.

    rows: how many rows, from that one on, the source takes together.
    """

    name: str
    first: int
    rows: int
    parameters: int | None = None
    connections: int | None = None
    untied: int | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """A network. layers: in the words of `steps`. parameters, connections, multiply_adds, units: the printed totals.

    note: what here is not as it was published. units: with those of the input. fixed: how many of the connections have
    weights that are not trained, and are left out of the layers here. rounded: to what the source rounds parameters and
    multiply-adds. multiply_adds: with those on padding, as papers count them.
    """

    id: str
    title: str
    source: str
    in_shape: Shape
    layers: str
    parameters: int
    connections: int | None = None
    units: int | None = None
    printed: tuple[Printed, ...] = ()
    note: str = ""
    fixed: int = 0
    multiply_adds: int | None = None
    rounded: tuple[int, int] = (1, 1)

    @property
    def plan(self) -> Plan:
        return _planned(self.layers, self.in_shape)


@cache
def _planned(layers: str, in_shape: Shape) -> Plan:
    return plan(parse(layers), in_shape)


def published(id: str) -> Published:
    """The network of this name. Raises KeyError.

    >>> lenet = published("lenet5")
    >>> lenet.parameters, lenet.plan.parameters
    (60000, 60000)
    """
    return {known.id: known for known in ZOO}[id]


LENET_TABLE = "012/123/234/345/045/015/0123/1234/2345/0345/0145/0125/0134/1245/0235/012345"  # Table I of the paper
ZIP_TABLE = "/".join("".join(sorted(f"{(o + n) % 12:x}" for n in range(8))) for o in range(12))


def _block(maps: int, step: str, bottleneck: bool) -> str:
    """The branch of a residual block; of the two places for its stride, the 3×3 convolution, as in torchvision."""
    if bottleneck:
        return (
            f"conv {maps} 1 bias=0, norm, relu, conv {maps} 3{step} padding=1 bias=0, norm, relu, "
            f"conv {4 * maps} 1 bias=0, norm"
        )
    return f"conv {maps} 3{step} padding=1 bias=0, norm, relu, conv {maps} 3 padding=1 bias=0, norm"


def _resnet(counts: tuple[int, ...], bottleneck: bool) -> str:
    """conv1, a maximum, stages of residual blocks, the mean of every map, 1,000 classes; where a block changes the
    shape, its shortcut is a 1×1 convolution."""
    parts = ["conv 64 7 stride=2 padding=3 bias=0, norm, relu, pad 1, max 3 stride=2"]
    channels = 64
    for stage, many in enumerate(counts):
        maps = 64 * 2**stage
        wide = 4 * maps if bottleneck else maps
        for n in range(many):
            step = " stride=2" if stage and n == 0 else ""
            shortcut = f"shortcut, conv {wide} 1{step} bias=0, norm, " if step or channels != wide else ""
            parts.append(f"split, {_block(maps, step, bottleneck)}, {shortcut}add, relu")
            channels = wide
    return ", ".join([*parts, "globalmean, flatten, dense 1000, softmax"])


MOBILE = (  # maps and stride of MobileNet's thirteen blocks (its Table 1)
    (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1),
)  # fmt: skip


def _mobilenet(separable: bool) -> str:
    """A first convolution, thirteen blocks, the mean of every map, 1,000 classes.

    A block is a full 3×3 convolution, or the two that replace it: one kernel per map, then 1×1 kernels across the maps.
    """
    parts, channels = ["conv 32 3 stride=2 padding=1 bias=0, norm, relu"], 32
    for maps, stride in MOBILE:
        step = " stride=2" if stride > 1 else ""
        if separable:
            parts += [f"conv {channels} 3{step} padding=1 groups={channels} bias=0, norm, relu"]
            parts += [f"conv {maps} 1 bias=0, norm, relu"]
        else:
            parts += [f"conv {maps} 3{step} padding=1 bias=0, norm, relu"]
        channels = maps
    return ", ".join([*parts, "globalmean, flatten, dense 1000, softmax"])


def _vgg(stages: tuple[tuple[int, int], ...]) -> str:
    convs = [", ".join([f"conv {maps} 3 padding=1, relu"] * many) + ", max 2" for many, maps in stages]
    return ", ".join([*convs, "flatten, dense 4096, relu, dense 4096, relu, dense 1000, softmax"])


ZOO = (
    Published(
        "zip", "Zip-code network, 1989",
        "LeCun et al., Neural Computation 1(4), 1989", (1, 16, 16),
        f"pad 1x2 value=-1, conv 12 5 stride=2 bias=0, unitbias, tanh, "
        f"pad 1x2 value=-1, table {ZIP_TABLE} 5 stride=2 bias=0, unitbias, tanh, "
        "flatten, dense 30, tanh, dense 10, tanh",
        9_760, 64_660, 1_256,
        (
            Printed("H1", 0, 3, 1_068, 19_968),
            Printed("H2", 4, 3, 2_592, 38_592),
            Printed("H3", 9, 1, 5_790, 5_790),
            Printed("output", 11, 1, 310, 310),
        ),
        "Which 8 of the 12 maps a unit of H2 reads is not published: here they are assigned cyclically. Every unit has "
        "its own bias; connections beyond the border read a background of −1 and are counted.",
    ),
    Published(
        "lenet5", "LeNet-5, 1998",
        "LeCun, Bottou, Bengio and Haffner, Proceedings of the IEEE 86(11), 1998", (1, 32, 32),
        f"conv 6 5, subsample 2, tanh, table {LENET_TABLE} 5, subsample 2, tanh, conv 120 5, tanh, flatten, dense 84, "
        "tanh",
        60_000, 340_908, None,
        (
            Printed("C1", 0, 1, 156, 122_304),
            Printed("S2", 1, 1, 12, 5_880),
            Printed("C3", 3, 1, 1_516, 151_600),
            Printed("S4", 4, 1, 32, 2_000),
            Printed("C5", 6, 1, 48_120, 48_120),
            Printed("F6", 9, 1, 10_164, 10_164),
        ),
        "The paper counts 340,908 connections, of which 340,068 are trainable. The other 840, 84 to each of 10 "
        "outputs, hold fixed bitmaps of the characters and are left out here.",
        840,
    ),
    Published(
        "alexnet", "AlexNet, 2012",
        "Krizhevsky, Sutskever and Hinton, NIPS 2012; first layer: CS231n", (3, 227, 227),
        "conv 96 11 stride=4, relu, max 3 stride=2, conv 256 5 padding=2 groups=2, relu, max 3 stride=2, "
        "conv 384 3 padding=1, relu, conv 384 3 padding=1 groups=2, relu, conv 256 3 padding=1 groups=2, relu, "
        "max 3 stride=2, flatten, dense 4096, relu, dense 4096, relu, dense 1000, softmax",
        60_965_224, None, None,
        (Printed("conv1", 0, 1, 34_944, None, 105_705_600),),
        "Its two halves are the two groups. Local response normalisation has no weights and is left out.",
    ),
    Published(
        "vgg16", "VGG-16, 2014",
        "Simonyan and Zisserman, ICLR 2015", (3, 224, 224),
        _vgg(((2, 64), (2, 128), (3, 256), (3, 512), (3, 512))),
        138_357_544,
    ),
    Published(
        "resnet18", "ResNet-18, 2015",
        "He, Zhang, Ren and Sun, CVPR 2016; parameters as in torchvision", (3, 224, 224),
        _resnet((2, 2, 2, 2), bottleneck=False),
        11_689_512, note="With batch normalisation; here it uses the statistics of the one picture shown.",
    ),
    Published(
        "resnet50", "ResNet-50, 2015",
        "He, Zhang, Ren and Sun, CVPR 2016; parameters as in torchvision", (3, 224, 224),
        _resnet((3, 4, 6, 3), bottleneck=True),
        25_557_032, note="With batch normalisation; strides as in torchvision.",
    ),
    Published(
        "mobilenet", "MobileNet v1, 2017",
        "Howard et al., arXiv:1704.04861, 2017, Table 4", (3, 224, 224),
        _mobilenet(separable=True),
        4_200_000, note="Depthwise separable: ImageNet accuracy 70.6%. Its figures are printed in millions.",
        multiply_adds=569_000_000, rounded=(100_000, 1_000_000),
    ),
    Published(
        "mobilenet_full", "MobileNet v1 with full convolutions",
        "Howard et al., arXiv:1704.04861, 2017, Table 4", (3, 224, 224),
        _mobilenet(separable=False),
        29_300_000,
        note="The paper's “Conv MobileNet”: ImageNet accuracy 71.7%. Its printed 4,866 million multiply-adds come out "
        "without the last layer; with it, as in the 569 million of the other network, it is 4,867 million.",
        multiply_adds=4_866_000_000, rounded=(100_000, 1_000_000),
    ),
)  # fmt: skip
