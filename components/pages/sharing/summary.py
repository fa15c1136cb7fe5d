"""Sharing in three sentences, a function for each tab. Pure."""

from components.display import words
from components.display.summary import Summary, finding
from components.pages.sharing import clustering, factorised, reuse, symmetry
from components.pages.sharing.state import Clustering, Factorised, Reuse, Sharing


def orbits(own: Sharing) -> Summary:
    wires = symmetry.layer(own)
    rows, cols = wires.shape
    return Summary(
        f"A matrix W of {rows} rows and {cols} columns with {words.plural(wires.n_params, 'weight')}, one colour for "
        "each orbit, and a check of what it does to a moved input.",
        finding(symmetry.sentence(own)),
        "Choose another way to “Move the input”, or switch on “Change a single weight”.",
    )


def learned(own: Clustering) -> Summary:
    return Summary(
        f"{clustering.example(own).weights.size} weights in clusters with their gradients, a network clustered in the "
        "same way, and networks with the same number of parameters, tied differently.",
        finding(clustering.headline(own)),
        "Change “Clusters k” and see how many bits are left.",
    )


def reused(own: Reuse) -> Summary:
    drawn = words.plural(len(reuse.diagrams(own)), "diagram")
    return Summary(
        f"A network whose layers share weights, counted once and layer by layer in {drawn}, an audit of your own "
        "model, and published networks.",
        finding(reuse.headline(own)),
        "Choose another “Network”.",
    )


def factors(own: Factorised) -> Summary:
    return Summary(
        "W as a product of smaller matrices, or with connections removed, and the same at real sizes in a table.",
        finding(factorised.headline(own)),
        "Choose another way under “Fewer parameters by”.",
    )
