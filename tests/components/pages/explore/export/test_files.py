"""Every file is opened again, and holds what the page shows."""

import csv
import io
from itertools import product
from math import prod
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from components.display.layer import Layer, OutputMap, layer_of, output_map
from components.pages.explore.export import figure, files, gif, handout, script
from components.state.link import edited
from components.state.setup import Setup
from kernels.layer.counts import count
from kernels.layer.wiring import MAX_CONNECTIONS
from tests.support.explored import CASES, Case, close
from tests.support.layers import untied_by_loops

Made = tuple[Setup, Layer, NDArray[np.uint8], OutputMap]
LINK = "https://example.org/?kernel=1,2;3,4&side=64"
NAMES = {
    *("kernel.csv", "output.csv", "counts.csv", "matrix.npz", "matrix.csv"),
    *("input.png", "output.png", "picture.png", "figure.png", "figure.svg", "scan.gif"),
    *("recipe_numpy.py", "recipe_torch.py", "handout.html"),
}
VIEWS = [("conv", 1), ("tiled", 1), ("tiled", 2), ("tiled", 3), ("local", 1), ("dense", 1)]
MAKERS: list[tuple[Any, str]] = [
    *((figure, name) for name in ("figure_png", "figure_svg", "input_png", "output_png", "picture_png")),
    *((files, name) for name in ("kernel_csv", "output_csv", "counts_csv", "matrix_npz", "matrix_csv")),
    *((script, name) for name in ("numpy", "torch")),
    (gif, "scan_gif"),
    (handout, "handout"),
]


def offers(made: Made, link: str = LINK) -> dict[str, files.Export]:
    return {export.name: export for export in files.exports(*made, link)}


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8"))))


def times_picture(target: Any, source: Any, value: Any, shape: Any, made: Made) -> NDArray[np.float64]:  # noqa: ANN401
    """W x, with W as a whole array and x with a 1 behind it where W has a column for the bias."""
    _, layer, planes, result = made
    matrix = np.zeros(tuple(shape))
    np.add.at(matrix, (target, source), value)
    x = planes.reshape(len(planes), -1) / 255
    if matrix.shape[1] > x.shape[1]:
        x = np.hstack([x, np.ones((len(x), 1))])
    assert matrix.shape == (prod(layer.out_shape), x.shape[1])
    return (matrix @ x.T).T.reshape(result.linear.shape)


def test_everything_is_on_offer_once_and_can_be_made() -> None:
    for case in [Case(), CASES[6], CASES[18], CASES[25]]:
        found = files.exports(*case.made(), LINK)
        assert sorted(export.name for export in found) == sorted(NAMES)
        assert len({export.label for export in found}) == len(found)
        for export in found:
            assert not export.refused
            assert export.make()
            assert export.note.endswith(".")
            assert export.mime


def test_what_is_offered_is_what_its_name_says() -> None:
    starts = {"png": b"\x89PNG", "gif": b"GIF89a", "svg": b"<?xml", "npz": b"PK", "html": b"<!DOCTYPE html>"}
    for name, export in offers(Case().made()).items():
        start = starts.get(name.split(".")[1], b"")
        assert export.make().startswith(start)


def test_asking_what_is_on_offer_makes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for case in [Case(), CASES[25]]:
        made = case.made()

        def fail(*_: object) -> bytes:
            raise RuntimeError("made")

        for module, name in MAKERS:
            monkeypatch.setattr(module, name, fail)
        for module, name in (
            (files, "wiring"),
            (files, "connections"),
            (figure, "page_figure"),
            (figure, "matrix_picture"),
        ):
            monkeypatch.setattr(module, name, fail)
        for export in files.exports(*made, LINK):
            with pytest.raises(RuntimeError, match="made"):
                export.make()


def test_the_kernel_is_the_one_that_was_typed_to_the_last_digit() -> None:
    cases = Case({"kernel": "0.1,-1e-6;123456.789,0.3333333333333333;0,-0"}), Case({"flip": True, "kernel": "1,2,3"})
    for case in cases:
        made = case.made()
        found = rows(offers(made)["kernel.csv"].make())
        assert tuple(tuple(map(float, row)) for row in found) == made[0].kernel
    assert "180°" in offers(made)["kernel.csv"].note


def test_the_output_has_every_number_exactly_with_its_place_counted_from_one() -> None:
    for case in CASES[:9] + CASES[13:18]:
        made = case.made()
        head, *found = rows(offers(made)["output.csv"].make())
        output = made[3].output
        assert head == ["channel", "row", "column", "value"]
        places = [tuple(int(n) for n in row[:3]) for row in found]
        assert places == [(o + 1, i + 1, j + 1) for o, i, j in np.ndindex(output.shape)]
        assert [float(row[3]) for row in found] == output.ravel().tolist()
        assert f"{output.size:,} number" in offers(made)["output.csv"].note


def test_the_counts_are_those_of_the_engine() -> None:
    for case in [Case({"period": 3, "view": "tiled"}), CASES[3], CASES[18]]:
        made = state, layer, _, _ = case.made()
        head, *found = rows(offers(made)["counts.csv"].make())
        assert head == ["kind", "parameters", "connections", "padded_connections", "multiply_adds", "bytes"]
        assert [row[0] for row in found] == ["dense", "local", "tiled", "conv"]
        for kind, *numbers in found:
            wanted = count(kind, layer.spec, layer.in_shape, state.period)  # type: ignore[arg-type]  # one of the four
            extra = len(layer.untied) * (kind == "conv")
            assert [int(number) for number in numbers] == [
                wanted.parameters + extra,
                *(wanted.connections, wanted.padded_connections, wanted.multiply_adds),
                wanted.bytes + 4 * extra,
            ]


def test_the_matrix_times_the_picture_is_the_map() -> None:
    for (view, period), case in product(VIEWS, [case for case in CASES if prod(case.size) < 400]):
        made = Case({**case.change, "view": view, "period": period}, case.size, case.channels, case.untied).made()
        state, layer, planes, result = made
        with np.load(io.BytesIO(offers(made)["matrix.npz"].make()), allow_pickle=False) as file:
            found = dict(file)
        assert str(found["kind"]) == view
        linear = times_picture(found["target"], found["source"], found["value"], found["shape"], made)
        close(linear, result.linear)
        close(linear, untied_by_loops(state, planes))
        assert len(found["id"]) == layer.counts[state.view].connections
        head, *lines = rows(offers(made)["matrix.csv"].make())
        assert head == ["target", "source", "id", "value"]
        for n, name in enumerate(head):
            assert [float(line[n]) for line in lines] == found[name].tolist()


def test_equal_ids_are_equal_weights_and_a_copy_has_its_own() -> None:
    for (view, period), mode in product(VIEWS, ["zeros", "replicate"]):
        change = {"padding": 1, "mode": mode, "bias": 0.5, "view": view, "period": period}
        made = Case(change, (5, 6), 1, "0,1,1,9;13,0,2,-4").made()
        state, layer, _, _ = made
        entries = files.matrix_entries(state, layer)
        ids, values = entries.id, entries.value
        for id in np.unique(ids):
            assert len(set(values[ids == id])) == 1
        kinds = {"conv": 9 + 1 + 2, "dense": 30 * 31, "local": layer.counts["local"].parameters}
        tiled = layer.counts["tiled"].parameters + 2
        assert len(np.unique(ids)) == kinds.get(view, tiled)
        assert ids.max() == len(np.unique(ids)) - 1
        if view != "dense":
            assert (ids[values == 9].size, ids[values == -4].size) == (1, 1)


def test_a_matrix_that_is_too_large_is_refused_with_its_size_and_what_to_change() -> None:
    size = (64, 64)
    dense = offers(Case({"view": "dense"}, size).made())
    for name, most in (("matrix.npz", MAX_CONNECTIONS), ("matrix.csv", files.MOST_LINES)):
        assert dense[name].refused == (
            f"W has 15,745,024 connections here, and {name} holds {most:,} at most: choose another kind of layer, a "
            f"smaller picture or a larger stride."
        )
    wide = offers(Case({"padding": "same"}, (150, 152)).made())
    assert "W has 203,392 connections here" in wide["matrix.csv"].refused
    assert "another kind" not in wide["matrix.csv"].refused
    assert wide["matrix.npz"].refused == ""


def test_a_refused_scan_says_how_many_frames_it_would_have() -> None:
    made = Case({"padding": "same"}, (71, 71)).made()
    refused = offers(made)["scan.gif"].refused
    assert refused.startswith("The scan would have 5,041 frames, one for each output, and 5,000 are the most: choose")
    assert offers(Case({"padding": "same"}, (70, 71)).made())["scan.gif"].refused == ""


@pytest.mark.parametrize("channels", [1, 3])
def test_the_pictures_decode_to_the_arrays(channels: int) -> None:
    made = _, _, planes, result = Case({"activation": "relu"}, (9, 11), channels).made()
    found = offers(made)

    def pixels(name: str) -> NDArray[np.uint8]:
        return np.asarray(Image.open(io.BytesIO(found[name].make())))

    picture = pixels("picture.png")
    assert picture.shape == ((9, 11) if channels == 1 else (9, 11, 3))
    np.testing.assert_array_equal(picture if channels == 1 else picture.transpose(2, 0, 1), planes.squeeze())
    for name, levels, factor in (("input.png", planes, 47), ("output.png", result.levels, 57)):
        colours = pixels(name)
        assert colours.shape == (levels.shape[1] * factor, levels.shape[2] * factor, 3)
        large = np.kron(levels, np.ones((1, factor, factor), np.uint8))
        np.testing.assert_array_equal(colours, np.broadcast_to(large, (3, *large.shape[1:])).transpose(1, 2, 0))


def test_a_link_goes_into_the_handout_and_nowhere_else() -> None:
    with_link, without = offers(Case().made(), "https://example.org/secret"), offers(Case().made(), "")
    for name, export in with_link.items():
        assert (export.make() == without[name].make()) == (name != "handout.html")


def test_the_scripts_say_whether_they_read_the_picture() -> None:
    small, large = offers(Case({}, (64, 64)).made()), offers(Case({}, (65, 64)).made())
    for name in ("recipe_numpy.py", "recipe_torch.py"):
        assert small[name].note == "Has the picture in it."
        assert large[name].note == "Reads picture.png: save that beside it."


def test_without_a_connection_the_matrix_is_empty() -> None:
    state = edited(Setup(), kernel="2", stride=16, padding=1, view="local")
    layer = layer_of(state, (14, 14))
    planes = np.zeros((1, 14, 14), np.uint8)
    made = state, layer, planes, output_map(state, layer, planes)
    assert rows(offers(made)["matrix.csv"].make()) == [["target", "source", "id", "value"]]
    assert offers(made)["handout.html"].make()
    assert offers(made)["figure.png"].make()
