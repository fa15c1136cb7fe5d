"""The browser's arithmetic is NumPy's: the loom's own scripts, run in a real Chromium on seeded random layers.

Both sides get what crosses between them in the app: an 8-bit picture, the kernel as typed and the axes of the layer.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from components.display.layer import Layer, axis_props, layer_of, output_map
from components.display.theme import untied_ink
from components.state.link import edited
from components.state.setup import Setup
from components.widgets.mount import SHARED
from kernels.images.decode import unit
from kernels.layer.activation import ACTIVATIONS
from kernels.layer.axis import Axis
from kernels.layer.presets import PRESETS, kernel
from kernels.layer.spec import PADDING_MODES, Bytes, SpecError

pytestmark = pytest.mark.long

LOOM = SHARED.parents[1] / "pages" / "explore" / "loom"
SCRIPTS = (SHARED, LOOM / "geometry.js", LOOM / "arithmetic.js")
LAYERS = 150
PREVIEW = """([props, [channels, h, w], picture, weights]) => {
  const geo = geometry(props);
  const planes = Float64Array.from(bytes(picture), (level) => level / 255);
  const empty = () => new Float64Array(channels * geo.outH * geo.outW);
  const linear = correlate(geo, planes, channels, weights, props.bias, empty());
  const floor = noiseFloor(weights, props.bias, planes.reduce((largest, x) => Math.max(largest, x), 0));
  const values = activated(withoutNoise(linear, floor), props.activation, empty());
  const scale = scaleOf(values);
  const levels = levelsOf(values, scale, new Uint8Array(values.length));
  return { values: [...values], scale, levels: btoa(String.fromCharCode(...levels)) };
}"""


@pytest.fixture(scope="module")
def scripts(browser: Browser) -> Iterator[Page]:
    """A blank page that knows the shared script and two of the loom's: they lean on no other."""
    page = browser.new_page()
    page.add_script_tag(content="\n".join(script.read_text("utf-8") for script in SCRIPTS))
    yield page
    page.close()


def random_layer(seed: int) -> tuple[Setup, Bytes, Layer]:
    """A state, a picture of any size (not only square) and the layer they make."""
    rng = np.random.default_rng([415, seed])
    while True:
        presets = [known.id for known in PRESETS]
        K, L = rng.integers(1, 6, 2).tolist()
        weights = rng.normal(0, 10.0 ** rng.integers(-3, 4), (K, L)) * (rng.random((K, L)) < 0.9)
        named = rng.random() < 0.4
        state = edited(
            Setup(),
            kernel=(kernel(str(rng.choice(presets)), None, seed) if named else weights).tolist(),
            flip=bool(rng.integers(2)),
            bias=float(rng.choice([0, 0, 0.5, rng.normal()])),
            activation=str(rng.choice(list(ACTIVATIONS))),
            stride=int(rng.integers(1, 4)),
            padding=str(rng.choice(["valid", "same", "full"])) if rng.random() < 0.5 else int(rng.integers(0, 5)),
            mode=str(rng.choice(PADDING_MODES)),
            dilation=int(rng.integers(1, 4)),
        )
        shape = (int(rng.choice([1, 3])), *rng.integers(1, 41, 2).tolist())
        picture = rng.integers(0, 256, shape).astype(np.uint8)
        if rng.random() < 0.2:
            picture[:] = 255 * (picture > 127)  # ties and exact zeros
        try:
            return state, picture, layer_of(state, picture.shape[1:])
        except SpecError:
            continue


def in_browser(page: Page, state: Setup, picture: Bytes, layer: Layer) -> dict[str, Any]:
    rows, cols = layer.spec.axes(layer.in_shape)
    props = {"rows": axis_props(rows), "cols": axis_props(cols), "flip": state.flip}
    props |= {"bias": state.bias, "activation": state.activation}
    weights = [value for row in state.kernel for value in row]
    answer: dict[str, Any] = page.evaluate(
        PREVIEW, [props, picture.shape, b64encode(picture.tobytes()).decode(), weights]
    )
    return answer


def test_the_layers_are_of_all_kinds() -> None:
    states = [random_layer(seed)[0] for seed in range(LAYERS)]
    assert {state.mode for state in states} == set(PADDING_MODES)
    assert {state.activation for state in states} == set(ACTIVATIONS)
    assert {state.padding for state in states} >= {"valid", "same", "full", 0, 4}
    assert {(state.stride, state.dilation) for state in states} >= {(1, 1), (1, 2), (2, 1), (3, 3)}
    assert max(max(state.kernel_size) for state in states) > 5


def test_the_preview_has_the_numbers_the_scale_and_the_very_bytes_of_numpy(scripts: Page) -> None:
    worst: dict[str, tuple[float, Setup]] = {}
    for seed in range(LAYERS):
        state, picture, layer = random_layer(seed)
        right = output_map(state, layer, picture)
        preview = in_browser(scripts, state, picture, layer)
        levels = np.frombuffer(b64decode(preview["levels"]), np.uint8).astype(int)
        assert preview["scale"]["signed"] is right.scale.signed, state
        largest = max(1e-300, float(np.abs(right.linear).max(initial=1)))
        errors = {
            "levels": float(np.abs(levels - right.levels.ravel()).max()),
            "high": abs(preview["scale"]["high"] / right.scale.high - 1),
            "values": float(np.abs(np.array(preview["values"]) - right.output.ravel()).max() / largest),
        }
        for name, error in errors.items():
            worst[name] = max(worst.get(name, (-1.0, state)), (error, state), key=lambda found: found[0])
    assert worst["levels"][0] == 0, worst["levels"]
    assert worst["high"][0] <= 1e-12, worst["high"]
    assert worst["values"][0] <= 1e-12, worst["values"]


def test_the_picture_crosses_without_rounding(scripts: Page) -> None:
    levels = np.arange(256, dtype=np.uint8)
    there = scripts.evaluate(
        "(text) => Array.from(bytes(text), (level) => level / 255)", b64encode(levels.tobytes()).decode()
    )
    np.testing.assert_array_equal(there, unit(levels))


def test_every_tap_reads_the_input_the_engine_says(scripts: Page) -> None:
    axes = [axis for seed in range(LAYERS) for axis in random_axes(seed)]
    tables = scripts.evaluate(
        """(axes) => axes.map((axis) => {
          const { reads, readers } = axisTables(axis);
          return [reads.map((row) => [...row]), readers];
        })""",
        [axis_props(axis) for axis in axes],
    )
    for axis, (reads, readers) in zip(axes, tables, strict=True):
        right = axis.sources()
        np.testing.assert_array_equal(np.array(reads).reshape(right.shape), right, err_msg=str(axis))
        back = [
            sorted((int(i), int(k)) for k, i in zip(*np.nonzero(right == u), strict=True)) for u in range(axis.size)
        ]
        assert [sorted(map(tuple, pairs)) for pairs in readers] == back, axis


def random_axes(seed: int) -> tuple[Axis, Axis]:
    _, _, layer = random_layer(seed)
    return layer.spec.axes(layer.in_shape)


def test_untied_cells_have_the_same_colours_on_both_sides(scripts: Page) -> None:
    rng = np.random.default_rng(415)
    pairs = np.concatenate([rng.integers(0, high, (200, 2)) for high in (10, 5000, 2**20, 2**31, 2**32)])
    ink = scripts.evaluate("(pairs) => pairs.map(([target, source]) => untiedInk(target, source))", pairs.tolist())
    np.testing.assert_array_equal(ink, untied_ink(pairs[:, 0], pairs[:, 1]))
