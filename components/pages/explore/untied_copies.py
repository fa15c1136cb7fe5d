"""Untie all, one gradient step, tie again: what each copy of a weight does, as maps over the outputs. Pure."""

from base64 import b64encode
from collections.abc import Iterable
from typing import Any

import numpy as np

from components.display import words
from components.display.layer import Layer, Scale, window_weights
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

    Each stage has a name, a sentence, its free parameters, a note for every weight of the window and the maps
    (K, L, H', W') as signed levels, 0 where a use lies on padding.
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
    return {"refused": "", "stages": _stages(F, step, aim, int(layer.spec.bias))}


def _stages(F: Floats, step: UntiedStep, aim: str, bias: int) -> list[dict[str, Any]]:
    untied, tied = int(step.uses.sum()) + bias, F.size + bias
    real = ~np.isnan(step.copies)
    alike, mean = (np.where(real, weights[..., None, None], np.nan) for weights in (F, step.tied))
    high = float(max(np.nanmax(np.abs(step.copies), initial=0.0), np.abs(F).max()))
    copies = f"The {words.plural(F.size, 'weight')} became {words.plural(untied - bias, 'copy', 'copies')}"
    gradient = (
        f"Target: {aim}; loss ½Σ(y − t)² = {words.figure(step.loss)}. Each copy has its own gradient, error × input"
    )
    drift = f"One step at learning rate {RATE}: each copy saw different pixels, so they drift apart"
    back = (
        "Each weight is the mean of its copies again: it has moved by the learning rate × the mean of their gradients."
    )
    return [
        _stage("Copies", f"{copies}, all still equal.", untied, alike, high, map(words.figure, F.ravel())),
        _stage("Gradients", f"{gradient}; a shared weight's gradient is their sum Σ.", untied, step.gradients, None,
               (f"Σ {words.figure(sum_)}" for sum_ in step.shared_gradient.ravel())),
        _stage("One step", f"{drift} (standard deviation σ).", untied, step.copies, high,
               (f"σ {words.figure(spread)}" for spread in step.spread.ravel())),
        _stage("Tie", back, tied, mean, high, map(words.figure, step.tied.ravel())),
    ]  # fmt: skip


def _stage(
    name: str, sentence: str, parameters: int, maps: Floats, high: float | None, notes: Iterable[str]
) -> dict[str, Any]:
    real = ~np.isnan(maps)
    top = (float(np.abs(maps[real]).max(initial=0.0)) if high is None else high) or 1.0
    levels = np.where(real, Scale(top, signed=True).levels(np.where(real, maps, 0)), 0).astype(np.uint8)
    told = f"{sentence} Blue −{words.figure(top)}, red {words.figure(top)}."
    return {
        "name": name,
        "sentence": told,
        "parameters": parameters,
        "notes": list(notes),
        "maps": b64encode(levels.tobytes()).decode(),
    }
