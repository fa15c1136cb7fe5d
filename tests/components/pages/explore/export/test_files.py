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
from scipy.sparse import coo_array

from components.display.export import Export
from components.display.layer import Convolved
from components.pages.explore.export import dense_to_shared_gif, figure, files, gif, handout, script
from kernels.layer.counts import count
from kernels.layer.wiring import MAX_CONNECTIONS
from tests.support.explored import CASES, Case, close
from tests.support.layers import untied_by_loops
from tests.support.pictures import rgb

LINK = "https://example.org/?kernel=1,2;3,4&side=64"
STARTS = {"png": b"\x89PNG", "gif": b"GIF89a", "svg": b"<?xml", "npz": b"PK", "html": b"<!DOCTYPE html>"}
NAMES = {
    *("kernel.csv", "output.csv", "counts.csv", "matrix.npz", "matrix.csv"),
    *("input.png", "output.png", "picture.png", "figure.png", "figure.svg", "scan.gif"),
    *("recipe_numpy.py", "recipe_torch.py", "handout.html"),
    *(f"{what}-{size}" for what in ("weave", "scan") for size in ("1280x720.gif", "640x360.gif", "strip.png")),
}
VIEWS = [("conv", 1), ("tiled", 1), ("tiled", 2), ("tiled", 3), ("local", 1), ("dense", 1)]
MAKERS: list[tuple[Any, str]] = [
    *((figure, name) for name in ("figure_png", "figure_svg", "input_png", "output_png", "picture_png")),
    *((files, name) for name in ("kernel_csv", "output_csv", "counts_csv", "matrix_npz", "matrix_csv")),
    *((script, name) for name in ("numpy", "torch")),
    *((dense_to_shared_gif, name) for name in ("weave_gif", "weave_strip")),
    *((gif, "scan_strip"), (gif, "scan_gif"), (handout, "handout"), (files, "wiring"), (files, "connections")),
    *((figure, "page_figure"), (figure, "matrix_picture")),
]


def offers(made: Convolved, link: str = LINK) -> dict[str, Export]:
    return {export.name: export for export in files.exports(made, link)}


def table(made: Convolved, name: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(offers(made)[name].make().decode("utf-8"))))


def times_picture(found: dict[str, Any], made: Convolved) -> NDArray[np.float64]:
    """W x, with a 1 behind x where W has a column for the bias."""
    W = coo_array((found["value"], (found["target"], found["source"])), shape=tuple(found["shape"]))
    bias = int(made.layer.spec.bias)
    assert W.shape == (prod(made.layer.out_shape), prod(made.layer.in_shape) + bias)
    x = np.pad(made.planes.reshape(len(made.planes), -1) / 255, ((0, 0), (0, bias)), constant_values=1)
    product: NDArray[np.float64] = W @ x.T
    return product.T.reshape(made.result.linear.shape)


def test_everything_is_on_offer_once_can_be_made_and_is_what_its_name_says() -> None:
    for case in [Case(), CASES[6], CASES[18], CASES[25]]:
        found = files.exports(case.made(), LINK)
        assert sorted(export.name for export in found) == sorted(NAMES)
        assert len({export.label for export in found}) == len(found)
        for export in found:
            assert not export.refused
            assert export.make().startswith(STARTS.get(export.name.split(".")[1], b""))
            assert export.note.endswith(".")
            assert export.mime


def test_asking_what_is_on_offer_makes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> bytes:
        raise RuntimeError("made")

    everything = [case.made() for case in (Case(), CASES[25])]
    for module, name in MAKERS:
        monkeypatch.setattr(module, name, fail)
    for made in everything:
        for export in files.exports(made, LINK):
            with pytest.raises(RuntimeError, match="made"):
                export.make()


def test_the_kernel_is_the_one_that_was_typed_to_the_last_digit() -> None:
    for flip, kernel in ((False, "0.1,-1e-6;123456.789,0.3333333333333333;0,-0"), (True, "1,2,3")):
        made = Case({"flip": flip, "kernel": kernel}).made()
        assert tuple(tuple(map(float, row)) for row in table(made, "kernel.csv")) == made.state.kernel
        assert ("180°" in offers(made)["kernel.csv"].note) == flip


def test_the_output_has_every_number_exactly_with_its_place_counted_from_one() -> None:
    for made in (case.made() for case in CASES[:9] + CASES[13:18]):
        head, *found = table(made, "output.csv")
        output = made.result.output
        assert head == ["channel", "row", "column", "value"]
        places = [tuple(int(n) for n in row[:3]) for row in found]
        assert places == [(o + 1, i + 1, j + 1) for o, i, j in np.ndindex(output.shape)]
        assert [float(row[3]) for row in found] == output.ravel().tolist()
        assert f"{output.size:,} number" in offers(made)["output.csv"].note


def test_the_counts_are_those_of_the_engine() -> None:
    for made in (case.made() for case in [Case({"period": 3, "view": "tiled"}), CASES[3], CASES[18]]):
        layer, (head, *found) = made.layer, table(made, "counts.csv")
        assert head == ["kind", "parameters", "connections", "padded_connections", "multiply_adds", "bytes"]
        assert [row[0] for row in found] == ["dense", "local", "tiled", "conv"]
        for kind, *numbers in found:
            wanted = count(kind, layer.spec, layer.in_shape, made.state.period)  # type: ignore[arg-type]  # one of them
            extra = len(layer.untied) * (kind == "conv")
            shared = [wanted.connections, wanted.padded_connections, wanted.multiply_adds]
            assert [*map(int, numbers)] == [wanted.parameters + extra, *shared, wanted.bytes + 4 * extra]


def test_the_matrix_times_the_picture_is_the_map() -> None:
    for (view, period), case in product(VIEWS, [case for case in CASES if prod(case.size) < 400]):
        made = Case({**case.change, "view": view, "period": period}, case.size, case.channels, case.untied).made()
        with np.load(io.BytesIO(offers(made)["matrix.npz"].make()), allow_pickle=False) as file:
            found = dict(file)
        assert str(found["kind"]) == view
        linear = times_picture(found, made)
        close(linear, made.result.linear)
        close(linear, untied_by_loops(made.state, made.planes))
        assert len(found["id"]) == made.layer.counts[made.state.view].connections
        head, *lines = table(made, "matrix.csv")
        assert head == ["target", "source", "id", "value"]
        assert [[float(line[n]) for line in lines] for n in range(4)] == [found[name].tolist() for name in head]


def test_equal_ids_are_equal_weights_and_a_copy_has_its_own() -> None:
    for (view, period), mode in product(VIEWS, ["zeros", "replicate"]):
        change = {"padding": 1, "mode": mode, "bias": 0.5, "view": view, "period": period}
        made = Case(change, (5, 6), 1, "0,1,1,9;13,0,2,-4").made()
        entries, counts = files.matrix_entries(made.state, made.layer), made.layer.counts
        used = np.unique(entries.id)
        assert all(len(set(entries.value[entries.id == id])) == 1 for id in used)
        kinds = {"conv": 9 + 1 + 2, "dense": 30 * 31, "local": counts["local"].parameters}
        assert len(used) == used.max() + 1 == kinds.get(view, counts["tiled"].parameters + 2)
        if view != "dense":
            assert [(entries.value == value).sum() for value in (9, -4)] == [1, 1]


def test_what_is_too_large_is_refused_with_its_size_and_what_to_change() -> None:
    dense = offers(Case({"view": "dense"}, (64, 64)).made())
    for name, most in (("matrix.npz", MAX_CONNECTIONS), ("matrix.csv", files.MOST_LINES)):
        assert dense[name].refused == (
            f"W has 15,745,024 connections here, but {name} holds at most {most:,}: choose another kind of layer, a "
            f"smaller picture or a larger stride."
        )
    wide = offers(Case({"padding": "same"}, (150, 152)).made())
    assert wide["matrix.csv"].refused.startswith("W has 203,392 connections here")
    assert "another kind" not in wide["matrix.csv"].refused
    assert wide["matrix.npz"].refused == ""
    assert wide["scan.gif"].refused == gif.refusal(Case({"padding": "same"}, (150, 152)).made().layer) != ""


@pytest.mark.parametrize("channels", [1, 3])
def test_the_pictures_decode_to_the_arrays(channels: int) -> None:
    made = Case({"activation": "relu"}, (9, 11), channels).made()
    found = {name: export.make() for name, export in offers(made).items() if export.mime == "image/png"}
    assert Image.open(io.BytesIO(found["picture.png"])).mode == ("L" if channels == 1 else "RGB")
    for name, levels, factor in (
        ("picture.png", made.planes, 1),
        ("input.png", made.planes, 47),
        ("output.png", made.result.levels, 57),
    ):
        large = np.kron(levels, np.ones((1, factor, factor), np.uint8))
        np.testing.assert_array_equal(
            rgb(found[name]), np.broadcast_to(large, (3, *large.shape[1:])).transpose(1, 2, 0)
        )


def test_a_link_goes_into_the_handout_and_nowhere_else() -> None:
    with_link, without = offers(Case().made(), "https://example.org/secret"), offers(Case().made(), "")
    for name, export in with_link.items():
        assert (export.make() == without[name].make()) == (name != "handout.html")


def test_the_scripts_say_whether_they_read_the_picture() -> None:
    for height, note in ((64, "Contains the picture."), (65, "Reads picture.png: save it in the same folder.")):
        found = offers(Case({}, (height, 64)).made())
        assert {found[name].note for name in ("recipe_numpy.py", "recipe_torch.py")} == {note}


def test_without_a_connection_the_matrix_is_empty() -> None:
    made = Case({"kernel": "2", "stride": 16, "padding": 1, "view": "local"}, (14, 14)).made()
    assert table(made, "matrix.csv") == [["target", "source", "id", "value"]]
    assert all(offers(made)[name].make() for name in ("handout.html", "figure.png"))
