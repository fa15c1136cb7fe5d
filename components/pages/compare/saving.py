"""Where the saving comes from, and how the cost of a layer grows with the picture. All counts: the engine's. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod, sqrt

from components.display import cards, words
from components.display.cards import Card, Fact
from components.display.layer import LAYER_NAMES, Layer, spec_of
from components.pages.compare.state import Quantity
from components.state.setup import Setup, View
from kernels.layer.counts import Count, count
from kernels.layer.spec import LayerSpec, SpecError

BEYOND = (
    "Weight sharing is not limited to convolutions, and fewer weights do not always mean sharing: see "
    "[Sharing](sharing?sharing_tab=layers)."
)
SIDES = tuple(2**n for n in range(3, 13))  # 8 to 4096
QUANTITIES: dict[Quantity, str] = {"parameters": "Parameters", "bytes": "Bytes", "multiply_adds": "Multiply-adds"}


@dataclass(frozen=True, slots=True)
class Saving:
    """dense / conv = locality · sharing, in free parameters."""

    dense: int
    local: int
    conv: int

    @property
    def locality(self) -> float:
        """Fully connected → locally connected: only what lies in the window is connected."""
        return self.dense / self.local

    @property
    def sharing(self) -> float:
        """Locally connected → convolution: every place uses the same weights."""
        return self.local / self.conv

    @property
    def whole(self) -> float:
        return self.dense / self.conv


@dataclass(frozen=True, slots=True)
class Curve:
    """One wiring's cost at these image sides; sides at which the kernel does not fit are left out."""

    kind: View
    sides: tuple[int, ...]
    counts: tuple[Count, ...]


def saving(layer: Layer) -> Saving:
    """Raises SpecError where no output reads a pixel."""
    if not layer.counts["local"].multiply_adds:
        raise SpecError("no output of this layer reads a pixel: choose a smaller stride or less padding")
    dense, local, conv = (layer.counts[kind].parameters for kind in ("dense", "local", "conv"))
    return Saving(dense, local, conv)


def sentence(found: Saving, layer: Layer) -> str:
    """Both factors with the counts they come from."""
    pixels, places = prod(layer.in_shape), prod(layer.out_shape)
    taps = min(prod(layer.spec.kernel_size), pixels)
    dense, local, conv = (words.amount(n) for n in (found.dense, found.local, found.conv))
    dearer = "" if found.locality >= 1 else " (with reflected padding, pixels near the border are read more than once)"
    return (
        f"**Locality: {dense} → {local} weights, {_factor(found.locality)}**{dearer}: each output reads at most "
        f"{taps:,} of {pixels:,} pixels. **Sharing: {local} → {conv} weights, {_factor(found.sharing)}**: one kernel "
        f"for {words.plural(places, 'position')}. In all **{words.fewer(found.whole)}**, for your picture at full size."
    )


def step_cards(found: Saving, layer: Layer) -> list[Card]:
    """The three layers between which the two savings lie: what each output reads, and with which weights."""
    told: tuple[tuple[View, str, str], ...] = (
        ("dense", "Every output reads every pixel, each with its own weight.", "—"),
        ("local", "Locality: every output reads its window alone.", f"{_factor(found.locality)}, by locality"),
        ("conv", "Sharing: every window has the same weights.", f"{_factor(found.sharing)}, by sharing"),
    )
    return [
        cards.layer_card(
            kind,
            LAYER_NAMES[kind],
            words.plural(layer.counts[kind].parameters, "parameter"),
            note,
            (),
            (
                Fact("saving over the layer to the left", factor),
                Fact("connections", words.amount(layer.counts[kind].connections)),
                Fact("memory, float32", words.size(layer.counts[kind].bytes)),
            ),
        )
        for kind, note, factor in told
    ]


def growth(found: Sequence[Curve]) -> str:
    """By how much the largest picture costs more than the smallest, fully connected and shared."""
    dense, conv = (next(one for one in found if one.kind == kind) for kind in ("dense", "conv"))
    if len(dense.sides) < 2:
        return "The kernel fits too few of these sizes to compare them."
    grown = words.times(dense.counts[-1].parameters / dense.counts[0].parameters)
    first, last = (conv.counts[n].parameters for n in (0, -1))
    shared = f"the same {last:,}" if first == last else f"{last:,} instead of {first:,}"
    return (
        f"From {dense.sides[0]} to {dense.sides[-1]} pixels a side, a fully connected layer needs **{grown} as many "
        f"parameters; the convolution {shared}**."
    )


def _factor(ratio: float) -> str:
    """Four figures, so that the factors on the screen multiply to their product."""
    return f"{ratio:.1f} times fewer" if 9.95 <= ratio < 999.5 else words.fewer(ratio)


def curves(state: Setup) -> list[Curve]:
    """The four wirings on square pictures of SIDES, with this kernel and geometry."""
    spec = spec_of(state)
    sides = fitting_sides(spec)
    counts = {kind: tuple(count(kind, spec, (1, side, side), state.period) for side in sides) for kind in LAYER_NAMES}
    return [Curve(kind, sides, counts[kind]) for kind in LAYER_NAMES]


def equivalent_side(layer: Layer) -> float:
    """√card(X): where a picture that is not square stands on the axis of the square ones."""
    return sqrt(prod(layer.in_shape))


def fitting_sides(spec: LayerSpec) -> tuple[int, ...]:
    """Those of SIDES at which the kernel fits the picture."""
    return tuple(side for side in SIDES if _fits(spec, side))


def _fits(spec: LayerSpec, side: int) -> bool:
    try:
        spec.out_shape((1, side, side))
    except SpecError:
        return False
    return True
