"""Published networks whose layers share weights, as the tables of tensors that a framework lists.

Sharing is nothing but which names have the same storage: `parameters` and `layer_by_layer` count these tables.
"""

from typing import Literal, get_args

from kernels.sharing.reused import Tensor

Shared = Literal["all", "attention", "feed-forward", "none"]
SHARED: tuple[Shared, ...] = get_args(Shared)


def albert(shared: Shared, layers: int = 12) -> list[Tensor]:
    """ALBERT-base (Lan et al., 2020) with this part of its block shared by all layers.

    30,000 pieces of words in 128 numbers each, 512 places, layers of width 768 and 3,072, and a pooler.

    >>> from kernels.sharing.reused import parameters
    >>> parameters(albert("all")), parameters(albert("none"))
    (11683584, 89650176)
    """
    words, embedded, width, wide = 30_000, 128, 768, 3072
    before = _named("embeddings", words=(words, embedded), places=(512, embedded), segments=(2, embedded))
    before += _named("embeddings.norm", weight=(embedded,), bias=(embedded,)) + _dense("project", embedded, width)
    found = [*before]
    for layer in range(layers):
        attention = [part for name in ("query", "key", "value", "output") for part in _dense(name, width, width)]
        feed_forward = _dense("wide", width, wide) + _dense("narrow", wide, width)
        for part, tensors in (("attention", attention), ("feed-forward", feed_forward)):
            own = "" if shared in ("all", part) else f"layer{layer}."
            for tensor in tensors + _named("norm", weight=(width,), bias=(width,)):
                found.append(Tensor(f"layer{layer}.{part}.{tensor.name}", tensor.shape, f"{own}{part}.{tensor.name}"))
    return found + _dense("pooler", width, width)


def language_model(tied: bool, words: int = 10_000, size: int = 1_500, layers: int = 2) -> list[Tensor]:
    """The large LSTM language model of Press & Wolf (2017), its input and output embedding tied or not.

    >>> from kernels.sharing.reused import parameters
    >>> parameters(language_model(tied=True)), parameters(language_model(tied=False))
    (51034000, 66034000)
    """
    found = [Tensor("encoder.weight", (words, size), "encoder.weight")]
    for layer in range(layers):  # four gates, each with a weight for every input and state, and PyTorch's two biases
        for kind in ("ih", "hh"):
            found += _named(
                "rnn", **{f"weight_{kind}_l{layer}": (4 * size, size), f"bias_{kind}_l{layer}": (4 * size,)}
            )
    output = "encoder.weight" if tied else "decoder.weight"
    return [*found, Tensor("decoder.weight", (words, size), output), *_named("decoder", bias=(words,))]


def _dense(name: str, inputs: int, outputs: int) -> list[Tensor]:
    return _named(name, weight=(outputs, inputs), bias=(outputs,))


def _named(layer: str, **shapes: tuple[int, ...]) -> list[Tensor]:
    """Tensors of a layer, each with a storage of its own."""
    return [Tensor(f"{layer}.{name}", shape, f"{layer}.{name}") for name, shape in shapes.items()]
