"""What the Sharing page sets."""

from dataclasses import dataclass, replace
from typing import Annotated, Literal, get_args

from components.state.fields import Grid, Kernel, Named, OneOf, Real, Switch, TabName, Whole
from components.state.link import State, edited
from components.state.typed import read_matrix
from kernels.sharing.published import Shared

TABS = ("symmetry", "learned", "layers", "factorised")
Domain = Literal["ring", "torus", "set", "pairs", "graph"]
Group = Literal["none", "shifts", "turns", "mirrors", "automorphisms", "permutations"]
Move = Literal["shift", "down", "right", "turn", "mirror", "automorphism", "swap", "shuffle", "scramble"]
Graph = Literal["path", "star", "house", "cube"]
Example = Literal["repeated", "autoencoder", "embeddings", "siamese"]
Method = Literal["separable", "stacked", "depthwise", "low_rank", "pruned"]
GROUPS: dict[Domain, tuple[Group, ...]] = {  # from no symmetry to all of it
    "ring": ("none", "shifts", "mirrors", "permutations"),
    "torus": ("none", "shifts", "turns", "mirrors", "permutations"),
    "set": ("none", "permutations"),
    "pairs": ("none", "permutations"),
    "graph": ("none", "automorphisms", "permutations"),
}
MOVES: dict[Domain, tuple[Move, ...]] = {
    "ring": ("shift", "mirror", "shuffle"),
    "torus": ("down", "right", "turn", "mirror", "shuffle"),
    "set": ("swap", "shuffle"),
    "pairs": ("swap", "shuffle", "scramble"),
    "graph": ("automorphism", "swap", "shuffle"),
}
POINTS: dict[Domain, Whole] = {  # n, so that W has at most 64 × 64 cells
    "ring": Whole(3, 12), "torus": Whole(2, 8), "set": Whole(2, 12), "pairs": Whole(2, 6), "graph": Whole(2, 12),
}  # fmt: skip
RANK = Whole(1, 4)


@dataclass(frozen=True, slots=True)
class Sharing(State):
    """tab: the open one, "" for the first.

    domain: what the layer's inputs and outputs are numbered by, points: how many, or along a side of the torus; graph:
    which one. group: the symmetries that W is to commute with. move: what is done to the input. alone: one weight of W
    is changed alone. delta: how far an output sees, where sharing is to be local too.
    """

    tab: Annotated[str, TabName(TABS), Named("sharing_tab")] = ""
    domain: Annotated[Domain, OneOf(get_args(Domain))] = "torus"
    points: Annotated[int, Whole(2, 12)] = 5
    graph: Annotated[Graph, OneOf(get_args(Graph))] = "cube"
    group: Annotated[Group, OneOf(get_args(Group)), Named("symmetry")] = "shifts"
    move: Annotated[Move, OneOf(get_args(Move))] = "right"
    alone: Annotated[bool, Switch()] = False
    delta: Annotated[int, Whole(1, 50)] = 2

    @property
    def possible(self) -> "Sharing":
        """With a number, a group and a move that this domain has, in place of others."""
        limits, groups, moves = POINTS[self.domain], GROUPS[self.domain], MOVES[self.domain]
        return replace(
            self,
            points=min(max(self.points, limits.low), limits.high),
            group=self.group if self.group in groups else groups[1],
            move=self.move if self.move in moves else moves[0],
        )


@dataclass(frozen=True, slots=True)
class Reuse(State):
    """Weights shared between layers and branches.

    example: the network; inputs, units: of its first layer. uses: how often its block is repeated, and shared: which
    part of the block all of them have in common.
    """

    example: Annotated[Example, OneOf(get_args(Example)), Named("reused")] = "repeated"
    inputs: Annotated[int, Whole(2, 6), Named("reused_inputs")] = 5
    units: Annotated[int, Whole(1, 4), Named("reused_units")] = 3
    uses: Annotated[int, Whole(1, 6)] = 4
    shared: Annotated[Shared, OneOf(get_args(Shared)), Named("shared_part")] = "all"


@dataclass(frozen=True, slots=True)
class Factorised(State):
    """A matrix made of few numbers without sharing.

    method: what it is made of. side: of its kernels. inputs, outputs: how many, or how many channels; rank: of a
    product of two matrices, kept: percent of the weights that pruning leaves. channels: of three 3×3 convolutions.
    """

    method: Annotated[Method, OneOf(get_args(Method)), Named("factorised")] = "separable"
    side: Annotated[int, Whole(2, 4), Named("factor_side")] = 3
    inputs: Annotated[int, Whole(2, 8), Named("factor_inputs")] = 4
    outputs: Annotated[int, Whole(2, 8), Named("factor_outputs")] = 4
    rank: Annotated[int, RANK] = 1
    kept: Annotated[int, Whole(5, 100)] = 25
    channels: Annotated[int, Whole(1, 1024), Named("stack_channels")] = 64

    @property
    def possible(self) -> "Factorised":
        """With a rank that its matrix can have."""
        return replace(self, rank=min(self.rank, self.inputs, self.outputs))


SIDE = 4  # of the example
FIGURE_3: Kernel = (
    (2.09, -0.98, 1.48, 0.09), (0.05, -0.14, -1.08, 2.12), (-0.91, 1.92, 0.0, -1.03), (1.87, 0.0, 1.53, 1.49),
)  # fmt: skip  # Han, Mao & Dally, 2016


@dataclass(frozen=True, slots=True)
class Clustering(State):
    """Sharing that is learned. weights: of the example. clusters: at most so many. step: the learning rate."""

    weights: Annotated[Kernel, Grid(SIDE, SIDE), Named("trained_weights")] = FIGURE_3
    clusters: Annotated[int, Whole(1, 8)] = 4
    step: Annotated[float, Real(0.0, 10.0), Named("centroid_rate")] = 1.0


def typed(own: Clustering, text: str) -> Clustering:
    """With the weights that somebody has typed or pasted. Raises ValueError, in words."""
    return edited(own, weights=read_matrix(text, SIDE))


def text_of(weights: Kernel) -> str:
    """The weights as one types them, one line per row."""
    return "\n".join("  ".join(f"{weight:g}" for weight in row) for row in weights)
