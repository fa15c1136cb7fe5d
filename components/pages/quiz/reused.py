"""Questions about weights that several layers share: a tied autoencoder, one block used many times. Pure."""

from components.pages.quiz.question import (
    Number,
    Question,
    Rng,
    ask,
    between,
    in_numbers,
    in_words,
    product,
)
from components.pages.quiz.state import Level
from kernels.layer.kinds import fully_connected
from kernels.layer.transposed import transposed
from kernels.sharing import reused as engine

TWICE = "This counts the shared weights once for every layer that uses them."


def reused(rng: Rng, level: Level) -> Question:
    """The free parameters of layers that share weights: each is counted once. Biases are shared only with a layer."""
    return _block(rng) if level == "hard" else _autoencoder(rng, bias=level == "medium")


def _autoencoder(rng: Rng, *, bias: bool) -> Question:
    n, h = between(rng, 6, 20), between(rng, 2, 5)
    encoder = fully_connected(n, h)
    decoder = transposed(encoder)
    once = engine.reused([encoder, decoder], ["W", "W"]).n_params
    often = engine.reused([encoder, decoder], [0, 1]).n_params
    right = once + (h + n if bias else 0)
    biases = "Every hidden unit and every output has a bias." if bias else "There are no biases."
    prompt = (
        f"An autoencoder has {n} inputs, {h} hidden units and {n} outputs, fully connected. It is tied: the decoder's "
        f"matrix is the encoder's, transposed. {biases} How many free parameters does it have?"
    )
    working = [
        "The decoder uses the encoder's weights again, so they count once.",
        f"Every hidden unit has a weight for every input: {product(h, n)}.",
    ]
    wrong: list[Number] = [(n + h, "This adds the layers' sizes, but every input is connected to every hidden unit.")]
    if bias:
        working.append(f"Biases are not in the shared matrix: {once} + {h} + {n} = {right}.")
        wrong = [
            (often + h + n, TWICE),
            (once, "This forgets the biases."),
            (once + h, "This forgets the biases of the decoder: only the matrix is shared."),
        ]
    else:
        wrong += [(often, TWICE), (once + h + n, "This adds biases, but there are none.")]
    return ask(rng, "reused", prompt, in_words(f"{right:,}"), in_numbers(wrong), working)


def _block(rng: Rng) -> Question:
    n, uses = between(rng, 4, 12), between(rng, 3, 12)
    layer = fully_connected(n, n)
    block = engine.reused([layer, layer], ["first", "second"]).n_params
    often = engine.reused([layer] * (2 * uses), range(2 * uses)).n_params
    right = block + 2 * n
    prompt = (
        f"A block has two fully connected layers of {n} units on {n} inputs, each with weights and biases of its own. "
        f"A network uses the same block {uses} times in a row. How many free parameters does it have?"
    )
    working = [
        f"One layer has {product(n, n)} weights and {n} biases: {n * n} + {n} = {n * n + n}.",
        f"The block has two of them, and all its uses share them: {product(2, n * n + n)}.",
    ]
    wrong: list[Number] = [
        (often + 2 * n * uses, TWICE),
        (block, "This forgets the biases."),
        (n * n + n, "This counts one of the block's two layers, but they have weights of their own."),
    ]
    return ask(rng, "reused", prompt, in_words(f"{right:,}"), in_numbers(wrong), working)
