"""Ids that outlive a layer: several layers, or several uses of one, that take their weights from the same parameters.

A siamese pair, a tied autoencoder (the decoder is Wᵀ), tied embeddings and one block used n times are all the same
thing: the layers side by side are one wiring, in which an id runs across them. Parameters are counted once.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from kernels.layer.spec import SpecError
from kernels.layer.wiring import Wiring


def reused(wirings: Sequence[Wiring], sets: Sequence[Hashable]) -> Wiring:
    """Layers side by side as one block-diagonal wiring; those whose `sets` are equal have the same parameters.

    Outputs and inputs run from layer to layer; parameters from set to set, in the order in which sets first appear.
    Raises SpecError where layers of one set differ in their number of parameters.

    >>> from kernels import LayerSpec, transposed, wiring
    >>> encoder = wiring("dense", LayerSpec((1, 2)), (1, 1, 2))
    >>> reused([encoder, transposed(encoder)], ["W", "W"]).matrix([5, 7]).toarray()  # a tied autoencoder
    array([[5, 7, 0],
           [0, 0, 5],
           [0, 0, 7]])
    """
    if not wirings or len(wirings) != len(sets):
        raise SpecError(f"wirings and sets must be as many, and at least 1, got {len(wirings)} and {len(sets)}")
    sizes: dict[Hashable, int] = {}
    for wires, name in zip(wirings, sets, strict=True):
        if sizes.setdefault(name, wires.n_params) != wires.n_params:
            raise SpecError(f"layers of set {name!r} must have {sizes[name]} parameters each, got {wires.n_params}")
    starts = dict(zip(sizes, np.cumsum([0, *sizes.values()])[:-1].tolist(), strict=True))
    ends = np.cumsum([(0, 0), *(wires.shape for wires in wirings)], axis=0)
    return Wiring(
        np.concatenate([wires.targets + start for wires, (start, _) in zip(wirings, ends, strict=False)]),
        np.concatenate([wires.sources + start for wires, (_, start) in zip(wirings, ends, strict=False)]),
        np.concatenate([wires.ids + starts[name] for wires, name in zip(wirings, sets, strict=True)]),
        sum(sizes.values()),
        (int(ends[-1, 0]), int(ends[-1, 1])),
    )


@dataclass(frozen=True, slots=True)
class Tensor:
    """A weight tensor as a framework lists it: tensors with the same storage are the same parameters."""

    name: str
    shape: tuple[int, ...]
    storage: str


def parameters(tensors: Sequence[Tensor]) -> int:
    """The free parameters: every storage once, with the largest tensor that lies in it.

    >>> tied = [Tensor("embedding", (10, 4), "a"), Tensor("read-out", (10, 4), "a"), Tensor("bias", (10,), "b")]
    >>> parameters(tied), layer_by_layer(tied)
    (50, 90)
    """
    sizes: dict[str, int] = {}
    for tensor in tensors:
        sizes[tensor.storage] = max(sizes.get(tensor.storage, 0), prod(tensor.shape))
    return sum(sizes.values())


def layer_by_layer(tensors: Sequence[Tensor]) -> int:
    """What a tool says that adds up all tensors, shared ones as often as they are used."""
    return sum(prod(tensor.shape) for tensor in tensors)
