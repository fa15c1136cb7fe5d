"""No method takes more memory than was said beforehand; what would take too much is never started; times are times."""

import re
from collections.abc import Callable, Iterator
from itertools import count as counting
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from kernels import LayerSpec, SpecError, correlate, count
from kernels.layer import timing as engine
from kernels.layer.timing import LEAST, MEMORY, METHODS, MOST, Measurement, Method, fits, measure, needs
from kernels.layer.wiring import MAX_CONNECTIONS
from tests.support.memory import peak
from tests.support.oracles import Shape

SPECS = [
    LayerSpec(1),
    LayerSpec(3),
    LayerSpec(9, padding="same"),
    LayerSpec(15, padding="same", padding_mode="reflect"),
    LayerSpec(15, stride=2, padding="same"),
    LayerSpec(3, padding=64),
    LayerSpec(5, padding="full", dilation=3),
    LayerSpec((1, 31)),
    LayerSpec((2, 5), stride=(5, 3), padding="same", padding_mode="circular"),
]
TOO_BIG: list[tuple[Method, LayerSpec, Shape]] = [
    ("dense", LayerSpec(3), (1, 100, 100)),
    ("dense", LayerSpec(3), (1, 512, 512)),
    ("dense", LayerSpec(1, padding=64), (1, 64, 64)),
    ("dense", LayerSpec(3, padding=1), (1, 100_000, 100_000)),
    ("sparse", LayerSpec(7), (1, 512, 512)),
    ("sparse", LayerSpec(3, padding=1), (1, 100_000, 100_000)),
    ("correlate", LayerSpec(3), (1, 4096, 4096)),
    ("correlate", LayerSpec(1, padding=2000), (1, 8, 8)),
    ("correlate", LayerSpec(3, padding=1), (1, 100_000, 100_000)),
]
TOO_MANY = [(LayerSpec(3), (1, 690, 690)), (LayerSpec(1), (1, 2049, 2048))]  # connections


@pytest.fixture
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One repetition is enough to see what is allocated; what is imported at the first one is not the method's."""
    for method, side in product(METHODS, (3, 9)):
        measure(method, LayerSpec(side), (1, 10, 10))
    monkeypatch.setattr(engine, "LEAST", 1)
    monkeypatch.setattr(engine, "BUDGET", 0.0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """A clock on which every repetition takes as long as it is told, with a budget of one second."""

    def set_to(step: float) -> None:
        ticks: Iterator[int] = counting()
        monkeypatch.setattr(engine, "perf_counter", lambda: next(ticks) * step)
        monkeypatch.setattr(engine, "BUDGET", 1.0)

    return set_to


def unfit(method: Method, spec: LayerSpec, in_shape: Shape) -> None:
    with pytest.raises(SpecError, match="more than"):
        measure(method, spec, in_shape)


def check_memory(shapes: list[Shape]) -> None:
    for spec, shape, method in product(SPECS, shapes, METHODS):
        if fits(method, spec, shape):
            allocated = peak(lambda method=method, spec=spec, shape=shape: measure(method, spec, shape))  # type: ignore[misc]
            held = 8 * count("dense", spec, shape).parameters if method == "dense" else 8 * shape[1] * shape[2]
            assert held < allocated <= needs(method, spec, shape), (method, spec, shape)


@pytest.mark.usefixtures("once")
def test_no_method_allocates_more_than_it_said_it_needs() -> None:
    check_memory([(1, 32, 45)])


@pytest.mark.long
@pytest.mark.usefixtures("once")
def test_no_method_allocates_more_than_it_said_it_needs_at_any_size() -> None:
    check_memory([(1, 64, 77), (1, 128, 128), (1, 509, 300), (1, 512, 512), (1, 1024, 1024)])


def test_the_needs_of_a_photo_are_known_without_building_anything() -> None:
    spec, photo = LayerSpec(3), (1, 512, 512)
    found: dict[Method, int] = {}
    assert peak(lambda: found.update({method: needs(method, spec, photo) for method in METHODS})) < 100_000
    assert found["dense"] == 8 * (510**2 * 512**2 + 2 * (510**2 + 512**2)) == 545_477_591_104
    assert found["correlate"] < found["sparse"] < MEMORY < found["dense"]
    assert [fits(method, spec, photo) for method in METHODS] == [found[method] <= MEMORY for method in METHODS]
    for method in METHODS:
        least = needs(method, LayerSpec(3), (1, 40, 40))
        assert needs(method, LayerSpec(3), (1, 40, 41)) > least
        assert needs(method, LayerSpec(3, padding=2), (1, 40, 40)) > least
        assert needs(method, LayerSpec(3, padding=1), (1, 10**9, 10**9)) > 10**18


@pytest.mark.parametrize("method", METHODS)
def test_only_a_layer_that_can_be_with_one_channel_and_no_bias_is_timed(method: Method) -> None:
    for spec in (LayerSpec(3, 2), LayerSpec(3, 1, 4), LayerSpec(3, bias=True)):
        with pytest.raises(SpecError, match=r"^spec must have one channel in and out and no bias, got LayerSpec"):
            measure(method, spec, (spec.in_channels, 20, 20))
    refusing: list[Callable[[Method, LayerSpec, Shape], object]] = [needs, fits, measure]
    for refuse in refusing:
        with pytest.raises(SpecError, match="a kernel of 9 rows"):
            refuse(method, LayerSpec(9), (1, 8, 8))
        with pytest.raises(SpecError, match="channels"):
            refuse(method, LayerSpec(3), (3, 8, 8))


@pytest.mark.parametrize(
    ("method", "spec", "in_shape"),
    [*TOO_BIG, *(("sparse", *case) for case in TOO_MANY)],
    ids=lambda value: str(value)[:40],
)
def test_what_does_not_fit_is_refused_with_its_bytes_and_nothing_is_allocated(
    method: Method, spec: LayerSpec, in_shape: Shape
) -> None:
    assert not fits(method, spec, in_shape)
    with pytest.raises(SpecError, match=rf"{method}.*{needs(method, spec, in_shape):,} bytes") as refused:
        measure(method, spec, in_shape)
    needed, most = re.findall(r"[0-9][0-9,]*[0-9]", str(refused.value).partition(" needs ")[2])[:2]
    assert int(needed.replace(",", "")) > int(most.replace(",", ""))
    assert peak(lambda: unfit(method, spec, in_shape)) < 1_000_000
    if method == "sparse" and (spec, in_shape) in TOO_MANY:
        assert count("conv", spec, in_shape).connections > MAX_CONNECTIONS


@pytest.mark.parametrize("method", METHODS)
def test_the_last_byte_decides(method: Method, monkeypatch: pytest.MonkeyPatch) -> None:
    spec, in_shape = LayerSpec(3), (1, 20, 20)
    needed = needs(method, spec, in_shape)
    monkeypatch.setattr(engine, "MEMORY", needed)
    assert fits(method, spec, in_shape)
    assert measure(method, spec, in_shape).method == method
    monkeypatch.setattr(engine, "MEMORY", needed - 1)
    assert not fits(method, spec, in_shape)
    with pytest.raises(SpecError, match=f"{needed:,} bytes, more than {needed - 1:,}"):
        measure(method, spec, in_shape)


def test_a_measurement_holds_at_least_five_times_and_its_typical_one_is_the_median() -> None:
    for method in METHODS:
        found = measure(method, LayerSpec(9, stride=2, padding="same"), (1, 24, 30))
        assert (found.method, found.side) == (method, 30)
        assert 5 == LEAST <= len(found.seconds) <= MOST
        assert min(found.seconds) > 0
    assert Measurement("dense", 8, (3.0, 1.0, 9.0, 2.0, 4.0)).typical == 3.0
    assert Measurement("dense", 8, (3.0, 1.0, 9.0, 2.0)).typical == 2.5
    assert Measurement("dense", 8, (3.0, 1.0, 9.0, 2.0)).spread == (1.0, 9.0)


@pytest.mark.parametrize(("step", "times"), [(100.0, LEAST), (0.25, LEAST), (0.125, 8), (1 / 16, MOST), (0.0, MOST)])
def test_products_are_repeated_until_the_budget_is_spent(
    step: float, times: int, clock: Callable[[float], None]
) -> None:
    clock(step)
    for method in METHODS:
        assert measure(method, LayerSpec(3), (1, 9, 8)).seconds == (step,) * times


def test_the_first_run_does_not_count(monkeypatch: pytest.MonkeyPatch, clock: Callable[[float], None]) -> None:
    runs: list[Shape] = []

    def watched(image: Any, weight: Any, spec: LayerSpec) -> Any:  # noqa: ANN401  # as `correlate` has it
        runs.append(image.shape)
        return correlate(image, weight, spec)

    monkeypatch.setattr(engine, "correlate", watched)
    clock(0.125)
    assert len(measure("correlate", LayerSpec(3), (1, 9, 8)).seconds) == 8
    assert runs == [(1, 9, 8)] * 9


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_the_methods_that_know_the_weights_compute_one_map(spec: LayerSpec, monkeypatch: pytest.MonkeyPatch) -> None:
    results: dict[Method, NDArray[np.float64]] = {}

    def keep(method: Method, in_shape: Shape, run: Callable[[], Any]) -> Measurement:
        results[method] = np.ravel(run())
        return Measurement(method, in_shape[1], (1.0,))

    monkeypatch.setattr(engine, "_timed", keep)
    for method in METHODS:
        measure(method, spec, (1, 33, 40), seed=3)
    assert {y.shape for y in results.values()} == {results["correlate"].shape}
    np.testing.assert_allclose(results["sparse"], results["correlate"], rtol=0, atol=1e-10)
    assert np.ptp(results["correlate"]) > 0.1
