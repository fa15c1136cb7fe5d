"""What can be taken away from the Sharing page: each file is what its tab shows, and W has the colours of its ids."""

import csv
import io
import pickle
from itertools import chain

import numpy as np
import pytest
from PIL import Image

from components.display.export import Export
from components.display.figure import MARGIN, SHARP
from components.display.matrix_figure import SIDE, TOP
from components.pages.sharing import clustering, equal_parameters, exports, reuse, symmetry, turned_digits
from components.pages.sharing.state import Clustering, Factorised, Reuse, Sharing
from components.session.recorded import recorded
from tests.support.visitor import SharingPage

OWN = Sharing(points=4, group="turns")


def tabs() -> dict[str, tuple[Export, ...]]:
    return {
        "symmetry": exports.of_symmetry(OWN, ()),
        "learned": exports.of_learned(Clustering(), (), ()),
        "layers": exports.of_layers(Reuse(example="autoencoder")),
        "factorised": exports.of_factorised(Factorised(method="depthwise")),
        "pruned": exports.of_factorised(Factorised(method="pruned")),
    }


def lines(data: bytes) -> list[list[str]]:
    return [*csv.reader(io.StringIO(data.decode()))]


def test_every_file_can_be_made_by_a_worker_and_is_what_its_name_says() -> None:
    for export in chain(*tabs().values()):
        if export.refused:
            continue
        data = pickle.loads(pickle.dumps(export.make))()  # noqa: S301  # the test's own
        if export.name.endswith(".png"):
            with Image.open(io.BytesIO(data)) as picture:
                assert picture.format == "PNG"
        elif export.name.endswith(".svg"):
            assert data.startswith(b"<?xml")
            assert b"<script" not in data
        else:
            assert len({len(row) for row in lines(data)}) == 1


def test_w_has_a_colour_for_each_orbit_in_the_figure_and_an_id_in_the_table() -> None:
    wires = symmetry.layer(OWN)
    files = {export.name: export for export in exports.of_symmetry(OWN, ())}
    with Image.open(io.BytesIO(files["orbits.png"].make())) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    cell = SIDE * SHARP / 16
    found: dict[int, set[tuple[int, ...]]] = {}
    for t, s, id in zip(wires.targets.tolist(), wires.sources.tolist(), wires.ids.tolist(), strict=True):
        at = int(TOP * SHARP + (t + 0.5) * cell), int(MARGIN * SHARP + (s + 0.5) * cell)
        found.setdefault(id, set()).add(tuple(pixels[at].tolist()))
    assert len(found) == 6
    assert all(len(colours) == 1 for colours in found.values())
    assert len(set.union(*found.values())) == 6
    head, *rows = lines(files["orbits.csv"].make())
    assert head == ["target", "source", "id", "weight"]
    assert [int(row[2]) for row in rows] == wires.ids.tolist()


def test_runs_are_tables_once_something_is_measured() -> None:
    turned, points = recorded("turns", 0, turned_digits.Result), recorded("clusters", 0, clustering.Point)
    equal = recorded("equal", 0, equal_parameters.Result)
    assert turned
    assert points
    assert equal
    files = {export.name: export for export in exports.of_learned(Clustering(), points.records, equal.records)}
    files |= {export.name: export for export in exports.of_symmetry(OWN, turned.records)}
    for name, records in (("turned-digits.csv", turned.records), ("accuracy-by-clusters.csv", points.records),
                          ("equal-parameters.csv", equal.records)):  # fmt: skip
        assert len(lines(files[name].make())) == len(records) + 1
    assert [export.name for export in tabs()["symmetry"] if export.refused] == ["turned-digits.csv"]


def test_the_figure_of_han_mao_and_dally_is_in_its_tables() -> None:
    head, *rows = lines(exports.centroids_csv(Clustering()))
    assert head == ["cluster", "mean", "gradient", "updated"]
    assert [round(float(row[3]), 2) for row in rows] == [-0.97, -0.04, 1.48, 1.96]
    assert lines(exports.weights_csv(Clustering()))[1] == ["0", "0", "2.09", "3", "-0.03"]


def test_published_counts_are_exact_in_the_table() -> None:
    head, *rows = lines(exports.networks_csv())
    wanted = reuse.table()
    assert [row[0] for row in rows] == wanted["network"]
    assert [int(row[1]) for row in rows] == wanted["free parameters"]
    assert len(head) == 4


@pytest.mark.parametrize("tab", ["symmetry", "learned", "layers", "factorised"])
def test_each_tab_has_its_downloads(tab: str) -> None:
    page = SharingPage(sharing_tab=tab)
    assert any("Download" in place.label for place in page.at.expander)
