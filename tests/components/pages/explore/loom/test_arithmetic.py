"""The loom's arithmetic in the browser is NumPy's: its own scripts, in Node, on seeded random layers.

Both sides get what crosses between them in the app: an 8-bit picture, the kernel as typed and the axes of the layer.
"""

from base64 import b64decode, b64encode
from functools import cache

import numpy as np

from components.display.layer import Layer, axis_props, layer_of, output_map
from components.display.theme import untied_ink
from components.state.link import edited
from components.state.setup import Setup
from components.widgets.mount import SHARED
from kernels.layer.activation import ACTIVATIONS
from kernels.layer.presets import PRESETS, kernel
from kernels.layer.spec import PADDING_MODES, Bytes, SpecError
from tests.support.node import call

LOOM = SHARED.parents[1] / "pages" / "explore" / "loom"
SCRIPT = "\n".join(file.read_text("utf-8") for file in (SHARED, LOOM / "geometry.js", LOOM / "arithmetic.js"))
PREVIEWS = """(layers) => layers.map(([props, [channels, h, w], picture, weights]) => {
  const geo = geometry(props);
  const planes = Float64Array.from(bytes(picture), (level) => level / 255);
  const empty = () => new Float64Array(channels * geo.outH * geo.outW);
  const linear = correlate(geo, planes, channels, weights, props.bias, empty());
  const floor = noiseFloor(weights, props.bias, planes.reduce((largest, x) => Math.max(largest, x), 0));
  const values = activated(withoutNoise(linear, floor), props.activation, empty());
  const scale = scaleOf(values);
  const levels = levelsOf(values, scale, new Uint8Array(values.length));
  return { values: [...values], scale, levels: btoa(String.fromCharCode(...levels)) };
})"""
TABLES = """(axes) => axes.map((axis) => {
  const { reads, readers } = axisTables(axis);
  return [reads.map((row) => [...row]), readers];
})"""


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


@cache
def layers() -> list[tuple[Setup, Bytes, Layer]]:
    return [random_layer(seed) for seed in range(150)]


def test_the_layers_are_of_all_kinds() -> None:
    states = [state for state, _, _ in layers()]
    assert {state.mode for state in states} == set(PADDING_MODES)
    assert {state.activation for state in states} == set(ACTIVATIONS)
    assert {state.padding for state in states} >= {"valid", "same", "full", 0, 4}
    assert {(state.stride, state.dilation) for state in states} >= {(1, 1), (1, 2), (2, 1), (3, 3)}
    assert max(max(state.kernel_size) for state in states) > 5


def test_the_preview_has_the_numbers_the_scale_and_the_very_bytes_of_numpy() -> None:
    asked = []
    for state, picture, layer in layers():
        rows, cols = map(axis_props, layer.spec.axes(layer.in_shape))
        props = {"rows": rows, "cols": cols, "flip": state.flip, "bias": state.bias, "activation": state.activation}
        weights = [value for row in state.kernel for value in row]
        asked.append([props, picture.shape, b64encode(picture.tobytes()).decode(), weights])
    for (state, picture, layer), preview in zip(layers(), call(SCRIPT, PREVIEWS, asked), strict=True):
        right = output_map(state, layer, picture)
        levels = np.frombuffer(b64decode(preview["levels"]), np.uint8)
        np.testing.assert_array_equal(levels, right.levels.ravel(), err_msg=str(state))
        assert preview["scale"]["signed"] is right.scale.signed, state
        assert abs(preview["scale"]["high"] / right.scale.high - 1) <= 1e-12, state
        largest = max(1e-300, float(np.abs(right.linear).max(initial=1)))
        assert np.abs(np.array(preview["values"]) - right.output.ravel()).max() <= 1e-12 * largest, state


def test_every_tap_reads_the_input_the_engine_says() -> None:
    axes = [axis for _, _, layer in layers() for axis in layer.spec.axes(layer.in_shape)]
    for axis, (reads, readers) in zip(axes, call(SCRIPT, TABLES, [*map(axis_props, axes)]), strict=True):
        right = axis.sources()
        np.testing.assert_array_equal(np.array(reads).reshape(right.shape), right, err_msg=str(axis))
        back = [sorted(np.argwhere(source == right.T).tolist()) for source in range(axis.size)]
        assert [sorted(pairs) for pairs in readers] == back, axis


def test_untied_cells_have_the_same_colours_on_both_sides() -> None:
    rng = np.random.default_rng(415)
    pairs = np.concatenate([rng.integers(0, high, (200, 2)) for high in (10, 5000, 2**20, 2**31, 2**32)])
    ink = call(SCRIPT, "(pairs) => pairs.map(([target, source]) => untiedInk(target, source))", pairs.tolist())
    np.testing.assert_array_equal(ink, untied_ink(pairs[:, 0], pairs[:, 1]))
