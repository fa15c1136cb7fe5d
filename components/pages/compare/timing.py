"""Measured times of one product: which methods run at which sizes, one after the other. Pure but for the clock."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from components.display import words
from components.display.layer import spec_of
from components.pages.compare.saving import fitting_sides
from components.state.setup import Setup
from kernels.layer.spec import LayerSpec, Shape, SpecError
from kernels.layer.timing import MEMORY, METHODS, Measurement, Method, fits, measure, needs

METHOD_NAMES: dict[Method, str] = {
    "dense": "Dense product (BLAS)",
    "sparse": "Sparse product (SciPy)",
    "correlate": "Sliding kernel (correlate)",
}
OVERHEAD = 0.15  # seconds a measurement takes at least
BUILDING = 1e9  # bytes of a matrix that are made in a second, about


def timed_layer(state: Setup) -> LayerSpec:
    """The layer that is timed: without a bias, which costs the same everywhere."""
    return spec_of(replace(state, bias=0.0))


def planned(spec: LayerSpec) -> list[tuple[Method, Shape]]:
    """What is measured, small before large: every method at every side that fits the kernel and the memory."""
    sizes = _sizes(spec)
    return [(method, size) for size in sizes for method in METHODS if fits(method, spec, size)]


def measurements(spec: LayerSpec, after: int | None = None) -> Iterator[tuple[Measurement, int]]:
    """Yields each planned measurement, and how many there are. Raises SpecError where there is no memory after all."""
    for done, (method, size) in islice(enumerate(planned(spec), 1), after or 0, None):
        try:
            yield measure(method, spec, size), done
        except MemoryError:
            raise SpecError(
                f"the server does not have enough memory for {method} at {size[1]} × {size[2]} pixels"
            ) from None


def current(spec: LayerSpec, done: int) -> str:
    """What is being measured after this many measurements; "" after the last."""
    return next((f"{METHOD_NAMES[method]}, {size[1]} × {size[2]}" for method, size in planned(spec)[done:]), "")


def progress(spec: LayerSpec, done: int) -> float:
    """The part of the work, 0..1, that so many measurements are; large matrices take longer to make."""
    costs = [OVERHEAD + needs(method, spec, size) / BUILDING for method, size in planned(spec)]
    return sum(costs[:done]) / sum(costs)


def too_large(spec: LayerSpec) -> list[str]:
    """A sentence a method: the sizes that are not measured, with the memory they would need."""
    lines = []
    for method, name in METHOD_NAMES.items():
        left_out = [size for size in _sizes(spec) if not fits(method, spec, size)]
        if left_out:
            named = ", ".join(f"{words.size(needs(method, spec, size))} at {size[1]}" for size in left_out)
            lines.append(f"{name} would need {named} pixels.")
    return lines


def sentence(found: Sequence[Measurement], *, live: bool = True) -> str:
    """All methods at the largest size that all have run; nothing before there is one.

    live: measured on this server, and not read from a recording.
    """
    by_method = {method: {one.side: one for one in found if one.method == method} for method in METHODS}
    common = set.intersection(*(set(sides) for sides in by_method.values()))
    if not common:
        return ""
    side = max(common)
    dense, sparse, slide = (words.duration(by_method[method][side].typical) for method in METHODS)
    where = ", measured on this server" if live else ""
    return f"At {side} × {side} pixels{where}: dense {dense}, sparse {sparse}, sliding kernel {slide}."


NOTE = (
    "Medians. The time to build W is not included, and the sliding kernel needs no W. At small sizes the overhead of a "
    f"call dominates. Each measurement may use up to {words.size(MEMORY)} of memory."
)


def _sizes(spec: LayerSpec) -> list[Shape]:
    return [(1, side, side) for side in fitting_sides(spec)]
