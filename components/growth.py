"""How the cost of a layer grows with the picture, and where the saving comes from. All counts: the engine's. Pure."""

from dataclasses import dataclass, replace
from math import prod, sqrt

from components import views, words
from components.state import Explore, Quantity, View
from components.views import NAMES, Layer
from kernels import race
from kernels.counts import Count, count
from kernels.race import MEMORY, RUNNERS, Lap, Runner
from kernels.spec import LayerSpec, Shape, SpecError

SIDES = tuple(2**n for n in range(3, 13))  # 8 to 4096
QUANTITIES: dict[Quantity, str] = {"parameters": "Parameters", "bytes": "Bytes", "multiply_adds": "Multiply-adds"}
RUNNER_NAMES: dict[Runner, str] = {
    "dense": "Dense product (BLAS)",
    "sparse": "Sparse product (SciPy)",
    "correlate": "Sliding kernel (correlate)",
}


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
    dense, local, conv = (layer.counts[kind].parameters for kind in ("dense", "local", "conv"))
    return Saving(dense, local, conv)


def saving_sentence(found: Saving, layer: Layer) -> str:
    """The two factors with the integers they are made of."""
    taps, pixels, places = prod(layer.spec.kernel_size), prod(layer.in_shape), prod(layer.out_shape)
    dense, local, conv = (words.amount(n) for n in (found.dense, found.local, found.conv))
    return (
        f"**Locality: {dense} → {local} weights, {words.times(found.locality)}**: an output reads at most {taps:,} of "
        f"{pixels:,} pixels. **Sharing: {local} → {conv}, {words.times(found.sharing)}**: one kernel for "
        f"{words.plural(places, 'place')}. Together **{words.times(found.whole)}**, for your picture at its own size."
    )


def curves(state: Explore) -> list[Curve]:
    """The four wirings on square pictures of SIDES, with this kernel and geometry."""
    spec = views.spec_of(state)
    fit = tuple(side for side in SIDES if _fits(spec, side))
    return [Curve(kind, fit, tuple(count(kind, spec, (1, side, side), state.period) for side in fit)) for kind in NAMES]


def equivalent_side(layer: Layer) -> float:
    """√card(X): where a picture that is not square stands on the axis of the square ones."""
    return sqrt(prod(layer.in_shape))


def plain(state: Explore) -> LayerSpec:
    """The layer that is timed: without a bias, which costs the same everywhere."""
    return views.spec_of(replace(state, bias=0.0))


def heats(spec: LayerSpec) -> list[tuple[Runner, Shape]]:
    """What is measured, small before large: every runner at every side that fits the kernel and the memory."""
    sizes = [(1, side, side) for side in SIDES if _fits(spec, side)]
    return [(runner, size) for size in sizes for runner in RUNNERS if race.fits(runner, spec, size)]


def too_large(spec: LayerSpec) -> list[str]:
    """A sentence a runner: the sizes that are not measured, with what they would need."""
    lines = []
    for runner, name in RUNNER_NAMES.items():
        sizes = [(1, side, side) for side in SIDES if _fits(spec, side)]
        needs = [(size[1], race.needs(runner, spec, size)) for size in sizes if not race.fits(runner, spec, size)]
        if needs:
            named = ", ".join(f"{words.size(need)} at {side}" for side, need in needs)
            lines.append(f"Not run, for want of memory: {name} needs {named} pixels.")
    return lines


def progress(heats: list[tuple[Runner, Shape]], done: int, spec: LayerSpec, elapsed: float) -> tuple[float, float]:
    """How much of the race is over, 0..1, and about how many seconds are left; large matrices take longer to make."""
    costs = [0.15 + race.needs(runner, spec, size) / 1e9 for runner, size in heats]
    over = sum(costs[:done]) / sum(costs)
    return over, elapsed * (1 - over) / over if over else sum(costs)


def race_sentence(laps: list[Lap]) -> str:
    """What was found, once it was measured: who is faster at the largest size all have run, and by how much."""
    bound = f"Each measurement may take {words.size(MEMORY)} of memory."
    by_runner = {runner: {lap.side: lap for lap in laps if lap.runner == runner} for runner in RUNNERS}
    common = set.intersection(*(set(found) for found in by_runner.values()))
    if not common:
        return f"Nothing measured yet. {bound}"
    side = max(common)
    dense, sparse, slide = (by_runner[runner][side].typical for runner in RUNNERS)
    return (
        f"At {side} × {side} pixels: dense {words.duration(dense)}, sparse {words.duration(sparse)}, the sliding "
        f"kernel {words.duration(slide)}. Medians, measured on this server just now; building W is not counted, "
        f"and the sliding kernel needs none. {bound}"
    )


def _fits(spec: LayerSpec, side: int) -> bool:
    try:
        spec.out_shape((1, side, side))
    except SpecError:
        return False
    return True
