"""The question on the gradient of a shared weight: the sum over its uses. Pure."""

import numpy as np

from components.display.words import figure, indexed, term
from components.pages.quiz.question import Question, Rng, ask, between, in_words
from components.pages.quiz.state import Level
from kernels.layer.kinds import wiring
from kernels.layer.spec import Ints, LayerSpec

PLACES = 3


def gradient(rng: Rng, level: Level) -> Question:
    """∂L/∂w = Σ ∂L/∂y · x over the uses of w, three places on a line."""
    K, stride = 2 if level == "easy" else 3, 2 if level == "hard" else 1
    layer = wiring("conv", LayerSpec((1, K), stride=(1, stride)), (1, 1, (PLACES - 1) * stride + K))
    dy, x = (_draw(rng, n) for n in layer.shape)
    every, at = layer.collect(np.outer(dy, x)).astype(int).tolist(), between(rng, 0, K - 1)
    here = layer.ids == at
    uses = [(int(dy[t]), int(x[s])) for t, s in zip(layer.targets[here], layer.sources[here], strict=True)]
    terms, right, weight = [a * b for a, b in uses], every[at], indexed("w", at + 1)
    read = ", ".join(indexed("x", int(source) + 1) for source in layer.sources[here])
    products = ", ".join(f"{term(a)} · {term(b)} = {figure(a * b)}" for a, b in uses)
    working = (
        f"{weight} is used at each of the {PLACES} positions, on {read}.",
        f"Each use contributes ∂L/∂y times its input: {products}.",
        f"The gradient of a shared weight is the sum over its uses: {' + '.join(map(term, terms))} = {figure(right)}.",
    )
    first = " + ".join(f"{indexed('w', k + 1)} · {indexed('x', k + 1)}" for k in range(K))
    prompt = (
        f"A kernel of {K} weights slides along a row of {len(x)} numbers, stride {stride}: y₁ = {first}, and so on "
        f"for {PLACES} positions. Here x = ({', '.join(map(figure, x))}) and ∂L/∂y = ({', '.join(map(figure, dy))}). "
        f"What is ∂L/∂{weight}?"
    )
    total = int(dy.sum())
    mistakes = {
        f"This is only the first use of {weight}: all positions share it.": terms[0],
        f"This is only the last use of {weight}: all positions share it.": terms[-1],
        "This is the mean over the uses, but the gradient is their sum.": right / PLACES,
        "This adds up ∂L/∂y and forgets the inputs.": total,
        "This multiplies two sums instead of summing the products.": total * sum(b for _, b in uses),
    } | {f"This is the gradient of {indexed('w', k + 1)}.": every[k] for k in range(K) if k != at}
    wrong = [in_words(figure(number), mistake) for mistake, number in mistakes.items()]
    return ask(rng, "gradient", prompt, in_words(figure(right)), wrong, working)


def _draw(rng: Rng, n: int) -> Ints:
    """Whole numbers from −4 to 4, none of them 0."""
    drawn: Ints = rng.integers(1, 5, n) * rng.choice((-1, 1), n)
    return drawn
