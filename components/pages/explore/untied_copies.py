"""Untie all, one gradient step, tie again: what each copy of a weight does, as maps over the outputs. Pure."""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from components.display import words
from components.display.layer import Layer, Scale, window_weights
from components.pages.explore.text import weight_name
from components.state.setup import Setup, recentred
from kernels.images.decode import unit
from kernels.layer.conv import correlate
from kernels.layer.presets import kernel
from kernels.layer.spec import Bytes, Floats, SpecError
from kernels.learning.untied import UntiedStep, check_size, untied_step

RATE = 0.1


def goal(weights: Floats) -> tuple[str, Floats]:
    """What the output should become, in words and as the kernel (K, L) that makes it."""
    size = weights.shape[0], weights.shape[1]
    sharpen = recentred(kernel("sharpen"), *size)
    if min(size) >= 3 and not np.array_equal(weights, sharpen):
        return "the sharpened picture", sharpen
    return "the picture itself", recentred(np.ones((1, 1)), *size)


def untied_copies(state: Setup, layer: Layer, planes: Bytes) -> dict[str, Any]:
    """The four stages for the browser, or why there are none: {"refused", "stages"}.

    Each stage has a name, a sentence, its free parameters, what a connection is in it, how many copies are free, a
    note for every weight of the window and the maps (K, L, H', W') as signed levels, 0 where a use lies on padding.
    """
    F, images = window_weights(state), unit(planes)
    aim, wanted = goal(F)
    bias = [state.bias] if layer.spec.bias else None
    try:
        check_size(layer.spec, layer.in_shape)
        target = np.stack([correlate(x[None], wanted[None, None], layer.spec, bias)[0] for x in images])
        step = untied_step(layer.spec, images, F, target, RATE, state.bias)
    except SpecError as error:
        return {"refused": f"{str(error)[:1].upper()}{str(error)[1:]}.", "stages": []}
    names = [weight_name(k, l) for k, l in np.ndindex(*F.shape)][:: -1 if state.flip else 1]
    return {"refused": "", "stages": _stages(F, step, aim, int(layer.spec.bias), names)}


def _stages(F: Floats, step: UntiedStep, aim: str, bias: int, names: Sequence[str]) -> list[dict[str, Any]]:
    uses = int(step.uses.sum())
    untied, tied = uses + bias, F.size + bias
    real = ~np.isnan(step.copies)
    alike, mean = (np.where(real, weights[..., None, None], np.nan) for weights in (F, step.tied))
    high = float(max(np.nanmax(np.abs(step.copies), initial=0.0), np.abs(F).max()))
    copies = f"The {words.plural(F.size, 'weight')} became {words.plural(uses, 'copy', 'copies')}"
    gradient = (
        f"Target: {aim}; loss ½Σ(y − t)² = {words.figure(step.loss)}. Each copy has its own gradient, error × input; "
        "a shared weight's gradient is their sum Σ."
    )
    drift = (
        f"One step towards the target, at learning rate {RATE}: each copy saw different pixels, so they drift apart "
        "(standard deviation σ). The output on screen is from before the step."
    )
    free = f"one of {words.plural(uses, 'free copy', 'free copies')}"
    equal, moved = f"{free}, which no other cell shares", f"before the step, now {free} with a value of its own"
    return [
        _stage(Said("Copies", f"{copies}, all still equal.", untied, equal, uses), alike, high,
               map(words.figure, F.ravel())),
        _stage(Said("Gradients", gradient, untied, equal, uses),
               step.gradients, None, (f"Σ {words.figure(sum_)}" for sum_ in step.shared_gradient.ravel())),
        _stage(Said("One step", drift, untied, moved, uses), step.copies, high,
               (f"σ {words.figure(spread)}" for spread in step.spread.ravel())),
        _stage(Said("Tie", _tied(F, step, names), tied, "before the step, now the mean of its copies", 0), mean, high,
               map(words.figure, step.tied.ravel())),
    ]  # fmt: skip


def _tied(F: Floats, step: UntiedStep, names: Sequence[str]) -> str:
    """What tying does, and what it is not: a gradient step on the shared weight, told of the first weight in use."""
    n = int(np.flatnonzero(step.uses.ravel() > 0)[0]) if step.uses.any() else 0
    before, tied, total, shared = (
        words.figure(values.ravel()[n]) for values in (F, step.tied, step.shared_gradient, step.shared)
    )
    return (
        f"Tying makes each weight the mean of its copies: {names[n]} goes from {before} to {tied}. A gradient step on "
        f"the shared weight itself uses the sum of the gradients, {total}, and leads to {shared}."
    )


@dataclass(frozen=True, slots=True)
class Said:
    """The words of a stage. connection: what is said of one after its weight's value. free: copies that are free."""

    name: str
    sentence: str
    parameters: int
    connection: str
    free: int


def _stage(said: Said, maps: Floats, high: float | None, notes: Iterable[str]) -> dict[str, Any]:
    real = ~np.isnan(maps)
    top = (float(np.abs(maps[real]).max(initial=0.0)) if high is None else high) or 1.0
    levels = np.where(real, Scale(top, signed=True).levels(np.where(real, maps, 0)), 0).astype(np.uint8)
    return asdict(said) | {
        "sentence": f"{said.sentence} Blue −{words.figure(top)}, red {words.figure(top)}.",
        "notes": list(notes),
        "maps": b64encode(levels.tobytes()).decode(),
    }
