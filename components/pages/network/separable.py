"""One block of MobileNet as matrices: the full convolution, and the depthwise and pointwise ones in its place. Pure."""

from components.display import theme, words
from components.display.cards import Card, Fact, Picture
from components.display.image import png_url, wiring_picture
from kernels.layer.counts import count
from kernels.layer.kinds import wiring
from kernels.layer.spec import LayerSpec, Shape
from kernels.networks.costs import textbook_multiply_adds, total
from kernels.networks.zoo import published

READS, MAPS, SIDE = 4, 6, 5  # channels, maps, and rows and columns of a picture small enough to see every weight
BEYOND = (
    "Splitting a convolution saves parameters without tying any: see [Not sharing](sharing?sharing_tab=factorised). "
    "Blocks that are used several times are tied: see [Between layers and branches](sharing?sharing_tab=layers)."
)
FULL = LayerSpec(3, READS, MAPS, padding=1)
DEPTHWISE = LayerSpec(3, READS, READS, padding=1, groups=READS)
POINTWISE = LayerSpec(1, READS, MAPS)
IN_SHAPE: Shape = (READS, SIDE, SIDE)


def weights(spec: LayerSpec) -> int:
    return count("conv", spec, IN_SHAPE).parameters


def totals() -> str:
    """The whole network both ways, and the block that is drawn."""
    full, separable = published("mobilenet_full").plan, published("mobilenet").plan
    parameters = total(full).parameters, total(separable).parameters
    work = textbook_multiply_adds(full), textbook_multiply_adds(separable)
    block, deep, point = map(weights, (FULL, DEPTHWISE, POINTWISE))
    return (
        f"MobileNet v1 splits a convolution into **space and channels**: {parameters[1]:,} parameters and "
        f"{_millions(work[1])} multiply-adds instead of {parameters[0]:,} and {_millions(work[0])}, "
        f"{words.factor(parameters[0] / parameters[1])} and {words.times(work[0] / work[1])} fewer. Below, W of one "
        f"small block: {block} weights, or {deep} + {point} = {deep + point}."
    )


def _millions(n: int) -> str:
    return f"{n / 1e6:,.1f} million"


def cards() -> list[Card]:
    """The matrix W of each, a colour for each weight: a block of rows for each map, of columns for each channel."""
    return [
        _card("Full 3 × 3 convolution", FULL, f"each of {MAPS} maps has a kernel with {READS} slices, one per channel"),
        _card("Depthwise 3 × 3", DEPTHWISE, "one kernel per channel: filters in space, mixes no channels"),
        _card("Pointwise 1 × 1", POINTWISE, "one weight per pair of channels: mixes channels, at one pixel"),
    ]


def _card(title: str, spec: LayerSpec, note: str) -> Card:
    layer = wiring("conv", spec, IN_SHAPE)
    O, C, K, L = spec.weight_shape
    rows, columns = layer.shape
    links = words.amount(len(layer.ids))
    told = (
        f"{title}: a matrix of {rows} rows and {columns} columns, {links} of its cells in the colours of "
        f"{words.plural(layer.n_params, 'weight')}"
    )
    picture = Picture("", told, png_url(wiring_picture(layer, theme.bank(O, C, K, L)[layer.ids])), layer.shape)
    size = " · ".join(map(words.amount, (part for part in (O, C, K, L) if part > 1)))
    facts = (Fact("connections (and multiply-adds)", links),)
    return Card(title, f"{size} = {layer.n_params}", note, (picture,), facts)
