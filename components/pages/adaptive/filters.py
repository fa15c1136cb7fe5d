"""Adaptive filters: the system, what theory says of it, what was measured. Pure."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from math import inf, isfinite, log10

import numpy as np

from components.display import cards, theme, words
from components.display.cards import Card, Fact, Picture
from components.display.image import png_url, wiring_picture
from components.display.layer import window_weights
from components.pages.adaptive.state import Adaptive
from components.state.setup import Setup
from kernels.adaptive import theory
from kernels.adaptive.lms import Filters, Learned, learning, table
from kernels.adaptive.systems import Mimo, Parallel, Pictures
from kernels.adaptive.theory import Prediction
from kernels.layer.spec import Floats
from kernels.layer.wiring import Wiring

System = Parallel | Mimo | Pictures
Predictions = tuple[Prediction, Prediction]  # of the shared and of the untied weights

EXPERIMENTS = {
    "parallel": "Parallel channels",
    "mimo": "Circulant MIMO",
    "pictures": "Identifying an image kernel",
}
NAMES = ("Shared", "Untied")
ROLES = {"Shared": theme.ROLES["conv"], "Untied": theme.ROLES["local"]}
SOURCE = (
    "Prior work: Cheong Took and Mandic, Weight sharing for LMS algorithms: convolutional neural networks inspired "
    "multichannel adaptive filtering, Digital Signal Processing 127 (2022) 103580. Its formulas were not available; "
    "the dashed curves are derived here under the independence assumption and checked by simulation."
)
RULES = {
    False: r"e_t = d_t - W_t\,x \qquad F \leftarrow F + \mu \cdot \operatorname{mean}_{\text{uses of } F}\; e_t\, x_s",
    True: r"e_t = d_t - W_t\,x \qquad F \leftarrow F + \mu \cdot \sum_{\text{uses of } F} e_t\, x_s "
    r"\,\Big/\, \sum_{\text{uses of } F} \lVert x_t \rVert^2",
}  # by whether it is normalised
RULE_NOTE = (
    "A shared weight averages the gradients of its uses; summing would multiply the step size by their number. "
    "The excess MSE is E‖(W − W_o)x‖² per channel, the mean-square error beyond the noise."
)
FAR = 3  # decibels between measurement and theory, from which the page says so
WINS = 3  # decibels, from which it is worth saying what the other would need
SETTLED = 0.25  # the share at the end of the run that counts as steady state
BELOW = 20  # decibels: the fall that is timed
PATCH = 12  # pixels along a side of the patches
ROUNDING = 1e-20  # of an excess error: below it only rounding is left
POINTS = 300  # of a learning curve on the chart


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The excess error of one filter, averaged over `block` iterations a point; `steady` is its end, inf diverged."""

    name: str
    iterations: Floats
    excess: Floats
    steady: float
    diverged_at: int | None
    fell_at: int | None
    done: int


def system_of(own: Adaptive, state: Setup, picture: Floats) -> System:
    """The system whose filters are learned. Raises SpecError for numbers that cannot be."""
    if own.experiment == "parallel":
        return Parallel(
            own.members, own.lags, own.variance, own.ar, own.mismatch, own.drift, own.steps, own.trials, own.seed
        )
    if own.experiment == "mimo":
        return Mimo(own.members, own.lags, own.variance, own.steps, own.trials, own.seed)
    kernel = window_weights(state)
    side = min(max(PATCH, *(n + 4 for n in kernel.shape)), *picture.shape)
    return Pictures(picture, kernel, side, own.variance, own.steps, min(own.trials, 4), own.seed)


def key(own: Adaptive, state: Setup, picture: Hashable) -> Hashable:
    """What the run depends on. picture: equal for equal pixels."""
    return (own, picture, state.kernel, state.flip) if own.experiment == "pictures" else own


def learned(own: Adaptive, made: System, after: Filters | None = None) -> Iterator[tuple[Learned | None, Filters]]:
    """Both filters, learned from this system's samples: each record with the filters after it."""
    return learning(made, made.wirings, own.mu, own.normalised, after)


def predictions(own: Adaptive, made: System) -> Predictions | None:
    """For (shared, untied) weights, where there is a closed form: LMS on white input."""
    if own.normalised:
        return None
    if isinstance(made, Parallel) and not made.colour:
        return theory.parallel(made, own.mu, True), theory.parallel(made, own.mu, False)
    if isinstance(made, Mimo):
        return theory.mimo(made, own.mu, True), theory.mimo(made, own.mu, False)
    return None


def curves(records: Sequence[Learned], steps: int) -> list[Curve]:
    """The learning curves so far."""
    if not records:
        return []
    excess = np.concatenate([record.excess for record in records], axis=1)
    block = max(1, steps // POINTS)
    return [_curve(name, row, block) for name, row in zip(NAMES, excess, strict=True)]


def _curve(name: str, excess: Floats, block: int) -> Curve:
    count = len(excess) // block
    blocks = excess[: count * block].reshape(count, block)
    known = np.isfinite(blocks)
    means = np.where(known, blocks, 0).sum(axis=1)  # of the block in which it diverges, what came before
    means = np.divide(means, known.sum(axis=1), out=np.full(count, np.nan), where=known.any(axis=1))
    middle = (np.arange(count, dtype=np.float64) + 0.5) * block
    diverged = np.flatnonzero(np.isnan(excess))
    low = np.flatnonzero(means < excess[0] * 10 ** (-BELOW / 10))
    tail = excess[-max(1, int(len(excess) * SETTLED)) :]
    return Curve(
        name,
        middle,
        means,
        inf if diverged.size else float(tail.mean()),
        int(diverged[0]) if diverged.size else None,
        int(middle[low[0]]) if low.size else None,
        len(excess),
    )


def title(made: System) -> str:
    """The page's title: the weights of both filters."""
    shared, untied = (wires.n_params for wires in made.wirings)
    return f":primary[{words.plural(shared, 'weight')} or {words.amount(untied)}]: adaptive filters (LMS)"


def matrix_cards(made: System) -> list[Card]:
    """A card per filter: its matrix in the colours of its weights."""
    return [
        Card(name, words.plural(wires.n_params, "weight"), _uses(wires), (_matrix(name, wires),), (), ROLES[name])
        for name, wires in zip(NAMES, made.wirings, strict=True)
    ]


def fact_cards(found: list[Curve], predicted: Predictions | None) -> list[Card]:
    """A card per filter: its steady-state error, and that of the theory."""
    return [
        _fact_card(name, found[n] if found else None, predicted[n] if predicted else None)
        for n, name in enumerate(NAMES)
    ]


def _fact_card(name: str, curve: Curve | None, predicted: Prediction | None) -> Card:
    fell = curve.fell_at if curve else None
    facts = (
        Fact("steady-state excess MSE", _settled(curve), "measured, mean over the last quarter of the run"),
        Fact("theory", _predicted(predicted), _gap(curve, predicted)),
        Fact(f"time to fall by {BELOW} dB", f"{fell:,} iterations" if fell is not None else "—"),
    )
    return Card(name, "", "", (), facts, ROLES[name])


def _predicted(predicted: Prediction | None) -> str:
    if predicted is None:
        return "—"
    return words.decibels(predicted.steady) if isfinite(predicted.steady) else "none: μ exceeds the stability bound"


def _gap(curve: Curve | None, predicted: Prediction | None) -> str:
    """How many decibels the measured error lies from that of the theory."""
    if curve is None or predicted is None or not (0 < curve.steady < inf and 0 < predicted.steady < inf):
        return "for LMS with white input"
    apart = round(10 * log10(curve.steady / predicted.steady), 1) + 0.0  # −0 is 0
    return f"the measured value differs by {apart:+.1f} dB".replace("-", "−")


def _settled(curve: Curve | None) -> str:
    if curve is None:
        return "—"
    return f"diverged at {curve.diverged_at:,}" if curve.diverged_at is not None else words.decibels(curve.steady)


def _uses(wires: Wiring) -> str:
    uses = len(wires.ids) / wires.n_params
    return f"W is {wires.shape[0]} × {wires.shape[1]}; each weight used {'once' if uses == 1 else f'{uses:,.0f} times'}"


def _matrix(name: str, wires: Wiring) -> Picture:
    """W with every connection in the colour of its weight."""
    own = len(wires.ids) == wires.n_params
    palette = theme.untied() if own else theme.bank(1, 1, 1, wires.n_params)
    ink = theme.untied_ink(wires.targets, wires.sources) if own else wires.ids
    told = f"{name}: the matrix W, {wires.shape[0]} × {wires.shape[1]}, coloured by its {wires.n_params:,} weights"
    rows, columns = wires.shape
    return Picture("W", told, png_url(wiring_picture(wires, palette[ink])), (max(rows, columns // 4), columns))


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    """The values a card shows, what their rows are, and the heading and title of their picture."""

    title: str
    picture: str
    note: str
    values: Floats
    signed: bool = True

    @property
    def card(self) -> Card:
        range = cards.colour_range(self.values)
        scale = cards.ColourRange(range.high) if self.signed else range
        return Card(self.title, "", self.note, (cards.map_picture("", self.picture.capitalize(), self.values, scale),))


def sample_cards(made: System, records: Sequence[Learned]) -> list[Card]:
    """The newest sample X(n), and the filters after it."""
    if isinstance(made, Pictures):
        newest = [_patch(made, records[-1]).card] if records else []
        return newest + kernel_cards(made, records)
    if not records:
        return []
    now = records[-1]
    x = now.x.reshape(made.channels, made.taps)
    hidden = made.targets(np.random.default_rng(made.seed))
    source = "before they drift" if isinstance(made, Parallel) and made.drift else "generate the desired outputs"
    shown = (
        _Shown(_sample(now), "the newest sample", "one row per input: its latest samples, newest on the left", x),
        _Shown("Target", "the target filters", source, hidden),
        _shared(made, now),
        _untied(made, now),
    )
    return [one.card for one in shown]


def _patch(made: Pictures, now: Learned) -> _Shown:
    x = now.x.reshape(made.side, made.side)
    return _Shown(
        _sample(now), "the newest sample", "a patch of the picture, minus the picture's mean", x, signed=False
    )


def _shared(made: Parallel | Mimo, now: Learned) -> _Shown:
    if isinstance(made, Parallel):
        rows, note = now.theta[0][None], "one filter for all channels"
    else:
        rows, note = now.theta[0].reshape(made.channels, -1), "one row per offset around the circle"
    return _filter(now, 0, note, rows)


def _untied(made: Parallel | Mimo, now: Learned) -> _Shown:
    """The weights of each output, a row an output."""
    note = "one row per channel: its own filter" if isinstance(made, Parallel) else "one row per output"
    return _filter(now, 1, note, now.theta[1][table(made.wirings[1]).ids])


def _filter(now: Learned, which: int, note: str, values: Floats) -> _Shown:
    """A filter and the iteration it has reached; one that diverged stopped earlier."""
    name = NAMES[which].lower()
    if now.diverged[which]:
        return _Shown(f"F, {name}: diverged", f"the {name} weights at the last stable iteration", note, values)
    return _Shown(f"F({_iterations(now):,}), {name}", f"the {name} weights", note, values)


def _sample(now: Learned) -> str:
    return f"X({_iterations(now):,})"


def _iterations(now: Learned) -> int:
    """How many are done at the end of this slice of the run."""
    return now.first + int(now.excess.shape[1])


def kernel_cards(made: Pictures, records: Sequence[Learned]) -> list[Card]:
    """The hidden kernel, the shared one so far, and the untied one of the middle of the picture so far."""
    theta = records[-1].theta if records else tuple(np.zeros(wires.n_params) for wires in made.wirings)
    shared, untied = made.wirings
    rows, cols = (made.side - n + 1 for n in made.kernel.shape)
    middle = untied.ids[untied.targets == rows // 2 * cols + cols // 2]
    shape, signed = made.kernel.shape, cards.ColourRange(cards.colour_range(made.kernel).high)

    def card(name: str, note: str, kernel: Floats) -> Card:
        return Card(name, "", note, (cards.map_picture("F", f"{name} kernel", kernel, signed, group="F", letter="F"),))

    return [
        card("Target", "generates the desired output", made.kernel),
        card("Shared", f"learned at all {shared.shape[0]:,} positions", theta[0].reshape(shape)),
        card("Untied", "learned at the central position only", theta[1][middle].reshape(shape)),
    ]


def stopped(own: Adaptive, found: list[Curve]) -> str:
    """How far a stopped run got; "" for one that finished or diverged."""
    if not found or _diverged(found) or found[0].done >= own.steps:
        return ""
    return f"Stopped after {found[0].done:,} of {own.steps:,} iterations. "


def sentence(own: Adaptive, made: System, found: list[Curve], predicted: Predictions | None) -> str:
    """The result, with any divergence named and explained."""
    if not found:
        return "Press **Run**: each iteration draws a new sample and updates both systems of filters."
    if diverged := _diverged(found):
        bounds = [predicted[NAMES.index(curve.name)].bound if predicted else None for curve in diverged]
        ends = [_divergence(curve, own, bound) for curve, bound in zip(diverged, bounds, strict=True)]
        return f"{'. '.join(ends)}. Choose a smaller μ."
    line = _compared(*found)
    if isinstance(made, Parallel) and predicted:
        line += _theory(own, made, predicted)
    if isinstance(made, Pictures) and found[1].steady > found[0].steady * 10 ** (WINS / 10):
        line += _places(made)
    return f"{line}.{_disagreement(found, predicted)}"


def _diverged(found: list[Curve]) -> list[Curve]:
    return [curve for curve in found if curve.diverged_at is not None]


def _theory(own: Adaptive, made: Parallel, predicted: Predictions) -> str:
    """What sharing gains in theory, or up to which mismatch of the channels it gains anything."""
    if not (made.mismatch or made.drift):
        shared, untied = (one.steady for one in predicted)
        exact = f"{10 * log10(untied / shared):.1f} dB at this μ, and " if 0 < shared < inf and 0 < untied < inf else ""
        return f"; theory predicts {exact}10·log₁₀ M = {theory.gain(made.channels):.1f} dB in the limit of small μ"
    if made.mismatch and made.channels > 1:
        limit = theory.pays_until(made, own.mu)
        return f". The channels differ by Δ = {made.mismatch:g}; for small μ sharing pays off while Δ < {limit:.2g}"
    return ""


def _places(made: Pictures) -> str:
    places = made.wirings[0].shape[0]
    return (
        f": its kernel learns at {places:,} positions of every patch. To reach the same error, the untied layer would "
        f"need a step card(Y) = {places:,} times smaller and so {places:,} times as many patches (in theory, for small "
        "μ)"
    )


def _disagreement(found: list[Curve], predicted: Predictions | None) -> str:
    """A warning where the measured error is far from theory: the independence assumption fails there."""
    far = [
        curve.name.lower()
        for curve, one in zip(found, predicted or (), strict=False)
        if 0 < one.steady < inf and abs(10 * log10(max(curve.steady, ROUNDING) / one.steady)) > FAR
    ]
    if not far:
        return ""
    return (
        f" For the {' and the '.join(far)} filter, theory and measurement disagree: successive inputs are shifted "
        "copies of one another, which the theory ignores and which matters near the stability bound. Choose a smaller "
        "μ or more iterations."
    )


def _divergence(curve: Curve, own: Adaptive, bound: float | None) -> str:
    step = f" with μ = {own.mu:g}" if bound is None else f": μ = {own.mu:g}, stability bound {bound:.3g}"
    return f"**{curve.name} diverged** after {curve.diverged_at:,} iterations{step}"


def _compared(shared: Curve, untied: Curve) -> str:
    """How much lower sharing ends; errors that are rounding alone are not compared."""
    if max(shared.steady, untied.steady) < ROUNDING:
        return "Both converge to rounding error"
    gain = 10 * log10(max(untied.steady, ROUNDING) / max(shared.steady, ROUNDING))
    return f"With sharing the steady-state excess MSE is **{abs(gain):.1f} dB {'lower' if gain >= 0 else 'higher'}**"


def marks(own: Adaptive, made: System) -> dict[str, float]:
    """On the axis of μ: where each filter converges fastest, and its stability bound; where they are known.

    The mean-square error falls by 1 − 2μs + μ²·(…) a step: the least at half of the bound, where it is 1 again.
    """
    found = predictions(own, made)
    if not found:
        return {}
    one = found[0].bound == found[1].bound
    names = [("", found[0])] if one else [(f", {n.lower()}", at) for n, at in zip(NAMES, found, strict=True)]
    return {f"{word}{name}": at.bound * part for name, at in names for word, part in (("fastest", 0.5), ("bound", 1.0))}
