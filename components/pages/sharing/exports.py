"""The files that the Sharing page offers, tab by tab: W in the colours of its weights, and the tables. Pure."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from components.display.export import CSV, PNG, SVG, Export, columns_csv, connections_csv, csv_bytes, records_csv
from components.display.figure import Figure, figure_bitmap, figure_markup
from components.display.matrix_figure import matrix_figure, of_diagram
from components.pages.sharing import clustering, equal_parameters, factorised, reuse, symmetry, turned_digits
from components.pages.sharing.clustering import GRADIENT, Point
from components.pages.sharing.state import Clustering, Factorised, Reuse, Sharing
from kernels.layer.wiring import Wiring

ORBITS = "W in the colours of its orbits"
ID = "target, source and id of every connection, counted from 0"


def of_symmetry(own: Sharing, results: Sequence[turned_digits.Result]) -> tuple[Export, ...]:
    return (
        *_pictures("orbits", ORBITS, partial(orbits, own)),
        Export("orbits.csv", "W (CSV)", CSV, f"{ID}; its weight in the check.", partial(orbits_csv, own)),
        Export("check.csv", "Check (CSV)", CSV, "The input and the outputs, both ways.", partial(check_csv, own)),
        Export("ladder.csv", "Ladder (CSV)", CSV, "Weights, shared first and then local.", partial(ladder_csv, own)),
        _records("turned-digits.csv", "Rotated digits (CSV)", turned_digits.Result, results),
    )


def of_learned(
    own: Clustering, points: Sequence[Point], results: Sequence[equal_parameters.Result]
) -> tuple[Export, ...]:
    return (
        *_pictures("ties", "Ties by value, at random, over shifts", ties),
        Export("clusters.csv", "Weights (CSV)", CSV, "Each with its cluster and gradient.", partial(weights_csv, own)),
        Export("centroids.csv", "Centroids (CSV)", CSV, "Mean, gradient, updated.", partial(centroids_csv, own)),
        _records("accuracy-by-clusters.csv", "A network in k clusters (CSV)", Point, points),
        _records("equal-parameters.csv", "Equal parameters (CSV)", equal_parameters.Result, results),
    )


def of_layers(own: Reuse) -> tuple[Export, ...]:
    return (
        *_pictures("layers", "W, shared and not", partial(layers, own)),
        Export("layers.csv", "W (CSV)", CSV, f"{ID}, as it is shared.", partial(layers_csv, own)),
        Export("networks.csv", "Published networks (CSV)", CSV, "", networks_csv),
    )


def of_factorised(own: Factorised) -> tuple[Export, ...]:
    return (
        *_pictures("factors", "W and its parts", partial(factorised.as_figure, own)),
        Export("factors.csv", "W (CSV)", CSV, f"{ID}: of the matrix as a whole.", partial(product_csv, own)),
        Export("real-sizes.csv", "Real sizes (CSV)", CSV, "", partial(sizes_csv, own)),
    )


def _pictures(name: str, label: str, drawn: Callable[[], Figure]) -> tuple[Export, Export]:
    return (
        Export(f"{name}.png", f"{label} (PNG)", PNG, "", partial(_png, drawn)),
        Export(f"{name}.svg", f"{label} (SVG)", SVG, "", partial(_svg, drawn)),
    )


def _png(drawn: Callable[[], Figure]) -> bytes:
    return figure_bitmap(drawn())


def _svg(drawn: Callable[[], Figure]) -> bytes:
    return figure_markup(drawn()).encode()


def _records(name: str, label: str, kind: type, records: Sequence[object]) -> Export:
    refused = "" if records else "Nothing measured yet: run it first."
    return Export(name, label, CSV, "One line per network.", partial(records_csv, kind, tuple(records)), refused)


def orbits(own: Sharing) -> Figure:
    return matrix_figure(ORBITS, [of_diagram(symmetry.diagram(own))])


def ties() -> Figure:
    return matrix_figure("Equal parameters, tied differently", [*map(of_diagram, equal_parameters.diagrams())])


def layers(own: Reuse) -> Figure:
    return matrix_figure(reuse.EXAMPLES[own.example], [*map(of_diagram, reuse.diagrams(own))])


def orbits_csv(own: Sharing) -> bytes:
    wires = symmetry.layer(own)
    return connections_csv(wires, weight=symmetry.weights(wires.n_params)[wires.ids].tolist())


def check_csv(own: Sharing) -> bytes:
    found = symmetry.check(own)
    columns = {"x": found.x, "moved_x": found.moved_x, "W_of_moved_x": found.of_moved, "moved_W_of_x": found.moved_y}
    return columns_csv({"place": [*range(len(found.x))]} | {name: part.tolist() for name, part in columns.items()})


def ladder_csv(own: Sharing) -> bytes:
    rungs = symmetry.ladder(symmetry.SIZE, own.delta)
    return csv_bytes(("layer", "weights"), *((rung.title, rung.weights) for rung in rungs))


def weights_csv(own: Clustering) -> bytes:
    made = clustering.example(own)
    places = np.ndindex(made.weights.shape)
    columns = (part.ravel().tolist() for part in (made.weights, made.names, GRADIENT))
    lines = ((i, j, *values) for (i, j), *values in zip(places, *columns, strict=True))
    return csv_bytes(("row", "column", "weight", "cluster", "gradient"), *lines)


def centroids_csv(own: Clustering) -> bytes:
    made = clustering.example(own)
    columns = {"mean": made.found.centroids, "gradient": made.summed, "updated": made.tuned}
    numbers = {name: part.tolist() for name, part in columns.items()}
    return columns_csv({"cluster": [*range(len(made.tuned))]} | numbers)


def layers_csv(own: Reuse) -> bytes:
    return connections_csv(reuse.tied(reuse.network(own)))


def networks_csv() -> bytes:
    return columns_csv(reuse.table())


def product_csv(own: Factorised) -> bytes:
    return connections_csv(_whole(own))


def _whole(own: Factorised) -> Wiring:
    both = factorised.factors(own)
    return both.cells if both else factorised.pruned(own)[1]


def sizes_csv(own: Factorised) -> bytes:
    return columns_csv(factorised.table(own))
