"""Untie all, step, tie: the maps, counts and notes the browser is sent, against one product after the other."""

import json
from base64 import b64decode
from math import prod

import numpy as np
import pytest

from components.display import words
from components.display.layer import layer_of, window_weights
from components.pages.explore.text import weight_name
from components.pages.explore.untied_copies import RATE, goal, untied_copies
from components.state.link import edited
from components.state.setup import Setup
from kernels.images.decode import unit
from kernels.layer.axis import PADDING
from kernels.layer.conv import correlate
from kernels.layer.presets import kernel
from kernels.learning.untied import untied_step
from tests.support.explored import CASES, Case
from tests.support.layers import picture
from tests.support.oracles import loop_correlate


@pytest.mark.parametrize("case", [case for case in CASES if max(case.size) < 20], ids=str)
def test_the_stages_are_those_of_copies_that_take_their_own_gradient_and_are_tied_to_their_mean(case: Case) -> None:
    made = case.made()
    state, layer, images = made.state, made.layer, unit(made.planes)
    sent = json.loads(json.dumps(untied_copies(state, layer, made.planes), allow_nan=False))
    copies, gradients, step, tie = sent["stages"]
    assert [stage["name"] for stage in sent["stages"]] == ["Copies", "Gradients", "One step", "Tie"]
    F, (aim, wanted) = window_weights(state), goal(window_weights(state))
    spec, K, L = layer.spec, *window_weights(state).shape
    geometry = spec.stride, spec.pads, spec.dilation, 1, spec.padding_mode, None
    error = [loop_correlate(x[None], (F - wanted)[None, None], *geometry)[0] for x in images]
    rows, cols = (axis.sources() for axis in layer.spec.axes(layer.in_shape))
    height, width = layer.out_shape[1:]
    wants = np.full((K, L, height, width), np.nan)
    for k, l, i, j in np.ndindex(wants.shape):
        r, c = rows[k, i], cols[l, j]
        if PADDING not in (r, c):
            wants[k, l, i, j] = sum(e[i, j] * x[r, c] for e, x in zip(error, images, strict=True))
    uses = int((~np.isnan(wants)).sum())
    bias = state.bias != 0
    assert [stage["parameters"] for stage in sent["stages"]] == [uses + bias] * 3 + [K * L + bias]
    assert aim in gradients["sentence"]
    assert gradients["notes"] == [f"Σ {words.figure(float(np.nansum(own)))}" for own in wants.reshape(K * L, -1)]
    moved = F[..., None, None] - RATE * wants
    for stage, values in ((gradients, wants), (step, moved)):
        levels = np.frombuffer(b64decode(stage["maps"]), np.uint8).reshape(wants.shape)
        assert ((levels == 0) == np.isnan(wants)).all()
        strong = np.abs(np.nan_to_num(values)) > 0.02 * np.nanmax(np.abs(values), initial=1e-9)
        assert (np.sign(levels[strong].astype(int) - 128) == np.sign(values[strong])).all()
    flat = np.frombuffer(b64decode(copies["maps"]), np.uint8).reshape(K * L, -1)
    assert all(len(set(own.tolist()) - {0}) <= 1 for own in flat)
    if np.isfinite(moved).any(axis=(2, 3)).all():
        assert tie["notes"] == [words.figure(float(value)) for value in np.nanmean(moved, axis=(2, 3)).ravel()]


@pytest.mark.parametrize(
    "change", [{}, {"flip": True}, {"bias": 0.5}, {"kernel": "1,2;3,4", "padding": "same"}], ids=str
)
def test_what_is_said_of_a_connection_and_of_tying_is_true_of_each_stage(change: dict[str, object]) -> None:
    state = edited(Setup(), **change)
    planes = picture(1, (8, 8))
    layer = layer_of(state, planes.shape[1:])
    sent = untied_copies(state, layer, planes)["stages"]
    copies = layer.counts["conv"].connections - layer.spec.bias * prod(layer.out_shape)
    assert [stage["free"] for stage in sent] == [copies, copies, copies, 0]
    for stage in sent[:3]:
        assert f"one of {words.amount(copies)} free copies" in stage["connection"]
    assert sent[3]["connection"] == "before the step, now the mean of its copies"
    F = window_weights(state)
    size, (_, wanted) = F.shape, goal(F)
    images, bias = unit(planes), [state.bias] if layer.spec.bias else None
    target = np.stack([correlate(x[None], wanted[None, None], layer.spec, bias)[0] for x in images])
    step = untied_step(layer.spec, images, F, target, RATE, state.bias)
    first = "F₁₁" if not state.flip else weight_name(size[0] - 1, size[1] - 1)
    before, tied, total, shared = (words.figure(v[0, 0]) for v in (F, step.tied, step.shared_gradient, step.shared))
    assert f"{first} goes from {before} to {tied}." in sent[3]["sentence"]
    assert f"uses the sum of the gradients, {total}, and leads to {shared}." in sent[3]["sentence"]
    assert sent[3]["notes"][0] == tied
    assert sent[1]["notes"][0] == f"Σ {total}"


def test_a_layer_with_too_many_connections_is_refused_in_a_sentence_and_the_goal_is_never_the_kernel_itself() -> None:
    made = Case(size=(64, 64)).made()
    sent = untied_copies(made.state, made.layer, made.planes)
    assert sent == {
        "refused": "This layer has 34,596 connections, and at most 8,192 are untied one by one: make the picture "
        "or the kernel smaller.",
        "stages": [],
    }
    assert goal(kernel("sobel_vertical"))[0] == "the sharpened picture"
    assert goal(kernel("sharpen"))[0] == "the picture itself"
    assert goal(np.ones((2, 2)))[0] == "the picture itself"
