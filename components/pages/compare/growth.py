"""How the cost of a layer grows with the picture, and where the saving comes from. All counts: the engine's. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import prod, sqrt
from threading import Lock

from components.display import words
from components.display.layer import LAYER_NAMES, Layer, spec_of
from components.pages.compare.state import Quantity
from components.state.setup import Setup, View
from kernels.layer import timing
from kernels.layer.counts import Count, count
from kernels.layer.spec import LayerSpec, Shape, SpecError
from kernels.layer.timing import MEMORY, METHODS, Measurement, Method

SIDES = tuple(2**n for n in range(3, 13))  # 8 to 4096
QUANTITIES: dict[Quantity, str] = {"parameters": "Parameters", "bytes": "Bytes", "multiply_adds": "Multiply-adds"}
RUNNER_NAMES: dict[Method, str] = {
    "dense": "Dense product (BLAS)",
    "sparse": "Sparse product (SciPy)",
    "correlate": "Sliding kernel (correlate)",
}


ALONE = Lock()  # one measurement at a time in the whole process: that bounds its memory, and none disturbs another one


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


def saving_sentence(found: Saving, layer: Layer) -> str:
    """The two factors with the integers they are made of."""
    pixels, places = prod(layer.in_shape), prod(layer.out_shape)
    taps = min(prod(layer.spec.kernel_size), pixels)
    dense, local, conv = (words.amount(n) for n in (found.dense, found.local, found.conv))
    dearer = "" if found.locality >= 1 else " (folded at the border, a pixel is read more than once)"
    return (
        f"**Locality: {dense} → {local} weights, {_factor(found.locality)}**{dearer}: an output reads at most "
        f"{taps:,} of {pixels:,} pixels. **Sharing: {local} → {conv}, {_factor(found.sharing)}**: one kernel for "
        f"{words.plural(places, 'place')}. Together **{words.times(found.whole)}**, for your picture at its own size."
    )


def _factor(ratio: float) -> str:
    """Four figures, so that the factors on the screen multiply to their product."""
    return words.times(ratio) if ratio < 9.95 or ratio >= 999.5 else f"×{ratio:.1f}"


def curves(state: Setup) -> list[Curve]:
    """The four wirings on square pictures of SIDES, with this kernel and geometry."""
    spec = spec_of(state)
    fit = tuple(side for side in SIDES if _fits(spec, side))
    return [
        Curve(kind, fit, tuple(count(kind, spec, (1, side, side), state.period) for side in fit))
        for kind in LAYER_NAMES
    ]


def equivalent_side(layer: Layer) -> float:
    """√card(X): where a picture that is not square stands on the axis of the square ones."""
    return sqrt(prod(layer.in_shape))


def plain(state: Setup) -> LayerSpec:
    """The layer that is timed: without a bias, which costs the same everywhere."""
    return spec_of(replace(state, bias=0.0))


def heats(spec: LayerSpec) -> list[tuple[Method, Shape]]:
    """What is measured, small before large: every runner at every side that fits the kernel and the memory."""
    sizes = [(1, side, side) for side in SIDES if _fits(spec, side)]
    return [(runner, size) for size in sizes for runner in METHODS if timing.fits(runner, spec, size)]


def measured(spec: LayerSpec) -> Iterator[Measurement | None]:
    """Every heat's lap; None while somebody else measures. Raises SpecError where there is no memory after all."""
    for runner, size in heats(spec):
        while not ALONE.acquire(timeout=0.1):
            yield None
        try:
            done = timing.measure(runner, spec, size)
        except MemoryError:
            raise SpecError(f"the server has no memory left for {runner} at {size[1]} × {size[2]} pixels") from None
        finally:
            ALONE.release()
        yield done


def now(spec: LayerSpec, done: int) -> str:
    """What is measured after so many heats; "" after the last."""
    return next((f"{RUNNER_NAMES[runner]}, {size[1]} × {size[2]}" for runner, size in heats(spec)[done:]), "")


def too_large(spec: LayerSpec) -> list[str]:
    """A sentence a runner: the sizes that are not measured, with what they would need."""
    lines = []
    for runner, name in RUNNER_NAMES.items():
        sizes = [(1, side, side) for side in SIDES if _fits(spec, side)]
        needs = [(size[1], timing.needs(runner, spec, size)) for size in sizes if not timing.fits(runner, spec, size)]
        if needs:
            named = ", ".join(f"{words.size(need)} at {side}" for side, need in needs)
            lines.append(f"{name} would need {named} pixels.")
    return lines


def over(spec: LayerSpec, done: int) -> float:
    """How much of the race is over, 0..1, after so many heats; large matrices take longer to make."""
    costs = [0.15 + timing.needs(runner, spec, size) / 1e9 for runner, size in heats(spec)]
    return sum(costs[:done]) / sum(costs)


def race_sentence(laps: list[Measurement]) -> str:
    """What was found, once it was measured: all runners at the largest size that all have run."""
    bound = f"Each measurement may take {words.size(MEMORY)} of memory."
    by_runner = {runner: {lap.side: lap for lap in laps if lap.method == runner} for runner in METHODS}
    common = set.intersection(*(set(found) for found in by_runner.values()))
    if not common:
        return bound
    side = max(common)
    dense, sparse, slide = (words.duration(by_runner[runner][side].typical) for runner in METHODS)
    return (
        f"At {side} × {side} pixels: dense {dense}, sparse {sparse}, the sliding kernel {slide}. Medians, measured on "
        f"this server; building W is not counted, and the sliding kernel needs none. Small sizes measure what a call "
        f"costs. {bound}"
    )


def _fits(spec: LayerSpec, side: int) -> bool:
    try:
        spec.out_shape((1, side, side))
    except SpecError:
        return False
    return True
