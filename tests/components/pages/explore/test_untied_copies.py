"""Untie all, step, tie: the maps, counts and notes the browser is sent are those of `untied_step`."""

import json
from base64 import b64decode
from math import prod

import numpy as np
import pytest

from components.display import words
from components.display.layer import Layer, layer_of, window_weights
from components.pages.explore.text import weight_name
from components.pages.explore.untied_copies import RATE, goal, untied_copies
from components.state.link import edited
from components.state.setup import Setup
from kernels.images.decode import unit
from kernels.layer.conv import correlate
from kernels.layer.presets import kernel
from kernels.layer.spec import Bytes
from kernels.learning.untied import UntiedStep, untied_step
from tests.support.explored import CASES, Case
from tests.support.layers import picture


def step_of(state: Setup, layer: Layer, planes: Bytes) -> UntiedStep:
    """The step towards the goal of this kernel."""
    F, images, bias = window_weights(state), unit(planes), [state.bias] if layer.spec.bias else None
    wanted = goal(F)[1][None, None]
    target = np.stack([correlate(image[None], wanted, layer.spec, bias)[0] for image in images])
    return untied_step(layer.spec, images, F, target, RATE, state.bias)


@pytest.mark.parametrize("case", [case for case in CASES if max(case.size) < 20], ids=str)
def test_the_stages_are_those_of_copies_that_take_their_own_gradient_and_are_tied_to_their_mean(case: Case) -> None:
    made = case.made()
    state, layer = made.state, made.layer
    sent = json.loads(json.dumps(untied_copies(state, layer, made.planes), allow_nan=False))
    copies, gradients, step, tie = sent["stages"]
    assert [stage["name"] for stage in sent["stages"]] == ["Copies", "Gradients", "One step", "Tie"]
    F, taken = window_weights(state), step_of(state, layer, made.planes)
    bias, lost = state.bias != 0, np.isnan(taken.copies)
    assert [stage["parameters"] for stage in sent["stages"]] == [(~lost).sum() + bias] * 3 + [F.size + bias]
    assert goal(F)[0] in gradients["sentence"]
    assert gradients["notes"] == [f"Σ {words.figure(value)}" for value in taken.shared_gradient.ravel()]
    assert tie["notes"] == [words.figure(value) for value in taken.tied.ravel()]
    for stage, values in ((gradients, taken.gradients), (step, taken.copies)):
        levels = np.frombuffer(b64decode(stage["maps"]), np.uint8).reshape(values.shape)
        assert ((levels == 0) == lost).all()
        strong = np.abs(np.nan_to_num(values)) > 0.02 * np.nanmax(np.abs(values), initial=1e-9)
        assert (np.sign(levels[strong].astype(int) - 128) == np.sign(values[strong])).all()
    flat = np.frombuffer(b64decode(copies["maps"]), np.uint8).reshape(F.size, -1)
    assert all(len(set(own.tolist()) - {0}) <= 1 for own in flat)


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
    size, step = F.shape, step_of(state, layer, planes)
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
