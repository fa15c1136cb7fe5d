"""Sharing in class, a guide for each tab. Pure."""

from dataclasses import replace

from components.display import words
from components.display.guide import Activity, Guide
from components.pages.sharing import clustering, factorised, reuse, symmetry
from components.pages.sharing.state import Clustering, Factorised, Reuse, Sharing
from components.state.show import PREDICT

FITS = "A supplement: it carries the sharing of these chapters beyond the convolution."
SHIFTS = Sharing(tab="symmetry")
MIRRORS = replace(SHIFTS, group="mirrors", move="mirror")
ALONE = replace(SHIFTS, alone=True)
TWO = Clustering(clusters=2)
AUTOENCODER, APART = Reuse(example="autoencoder"), Reuse(shared="none")
LOW_RANK = Factorised(method="low_rank")


def guides() -> tuple[Guide, ...]:
    return _symmetry(), _learned(), _layers(), _factorised()


def _symmetry() -> Guide:
    none, shifts, mirrors = (symmetry.layer(own).n_params for own in (replace(SHIFTS, group="none"), SHIFTS, MIRRORS))
    check = symmetry.check(ALONE)
    wrong, of = int((check.difference != 0).sum()), len(check.x)
    return Guide(
        "Symmetry decides",
        "Students derive which weights must be equal from the symmetries a layer is to respect.",
        "“Sharing was invented to save memory.” It is what a symmetry demands.",
        (
            Activity(4, f"A torus of {SHIFTS.points} × {SHIFTS.points}: {none} weights without symmetry, {shifts} with "
                     "shifts. Which cells must be equal?", (SHIFTS,)),
            Activity(3, f"Rotations and reflections too: {mirrors} weights are left. Draw the kernel.", (MIRRORS,)),
            Activity(3, "Change a single weight: W·(moved x) and moved (W·x) now differ in "
                     f"{wrong} of {of} outputs.", (ALONE,)),
        ),
        (
            ("What is an orbit here?", "All cells of W onto which the symmetries map one cell."),
            ("Which layer commutes with all permutations?", "One number on the diagonal, one everywhere else."),
            ("What is lost if the world lacks the symmetry?",
             "After pooling over the symmetry, what it maps onto each other can no longer be told apart: a six and a "
             "nine, for example, under rotation."),
        ),
        FITS,
    )  # fmt: skip


def _learned() -> Guide:
    own, tab = Clustering(), Sharing(tab="learned")
    made, two = clustering.example(own), clustering.example(TWO)
    return Guide(
        "Learned or random (hashed)",
        "Students follow one step of Deep Compression: cluster, sum the gradients by colour, move the centroids.",
        "“Sharing must be designed.” It can be found after training, by clustering, or be random (hashed).",
        (
            Activity(4, f"{made.weights.size} weights in {len(made.found.centroids)} clusters. Students compute one "
                     "centroid and its gradient.", (tab, own)),
            Activity(3, f"{len(two.found.centroids)} clusters: {words.figure(two.saving)} times fewer bits instead of "
                     f"{words.figure(made.saving)}. What is lost?", (tab, TWO)),
            Activity(3, "Scroll to the comparison at equal parameters: predict the order, then run.",
                     (tab, own, PREDICT)),
        ),
        (
            ("What is the gradient of a centroid?", "The sum of the gradients of the weights in its cluster."),
            ("What must be stored?", "The centroids, and for each weight the number of its cluster."),
            ("How does a convolution differ from arbitrary tying?",
             "It ties exactly those weights that a shift maps onto each other."),
        ),
        FITS,
    )  # fmt: skip


def _layers() -> Guide:
    tab = Sharing(tab="layers")
    counts = {own: [drawn.wiring.n_params for drawn in reuse.diagrams(own)] for own in (Reuse(), AUTOENCODER, APART)}
    own = Reuse()
    return Guide(
        "Between layers and branches",
        "Students count weights that are used in several layers once.",
        "“Parameters are summed layer by layer.” A weight counts once, however many layers use it.",
        (
            Activity(4, f"One block used {own.uses} times: {counts[own][0]} weights, {counts[own][1]} if added up "
                     "layer by layer.", (tab, own)),
            Activity(3, f"A tied autoencoder: {counts[AUTOENCODER][0]} instead of {counts[AUTOENCODER][1]}. Find the "
                     "transposed colours.", (tab, AUTOENCODER)),
            Activity(3, f"Untied: {counts[APART][0]} weights. Then audit the list of tensors below.",
                     (tab, APART)),
        ),
        (
            ("What is a repeated block in terms of recurrence?", "A recurrent layer unrolled in depth."),
            ("Is the tied decoder the inverse of the encoder?", "No: it is the transpose."),
            ("Why must both branches of a siamese pair be one network?", "So that their outputs can be compared."),
        ),
        FITS,
    )  # fmt: skip


def _factorised() -> Guide:
    own, tab = Factorised(), Sharing(tab="factorised")
    separable, low = factorised.counts(own), factorised.counts(LOW_RANK)
    return Guide(
        "Not sharing",
        "Students tell fewer parameters by factorisation from fewer parameters by sharing.",
        "“Fewer parameters means shared weights.” Factorising or pruning by itself ties nothing.",
        (
            Activity(4, f"A separable kernel of {own.side} × {own.side}: {separable.parameters} parameters make "
                     f"{separable.distinct} different weights.", (tab, own)),
            Activity(3, f"Low rank, {LOW_RANK.inputs} inputs, {LOW_RANK.outputs} outputs, rank {LOW_RANK.rank}: "
                     f"{low.parameters} parameters for {low.connections} cells. Is any number repeated?",
                     (tab, LOW_RANK)),
            Activity(3, "Pruning: which cells are left, and is a colour used twice?",
                     (tab, Factorised(method="pruned"))),
        ),
        (
            ("How do you recognise sharing in W?", "One colour, that is one parameter, in several cells."),
            ("Is LoRA sharing?",
             "No: its update is the product of two small matrices, and its entries are in general all different."),
            ("Can both be combined?",
             "Yes: a depthwise convolution is factorised, and each factor is shared over shifts."),
        ),
        FITS,
    )  # fmt: skip
