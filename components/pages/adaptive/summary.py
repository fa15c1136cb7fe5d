"""Adaptive in three sentences. Pure."""

from collections.abc import Sequence

from components.display import words
from components.display.summary import Summary, of_run
from components.pages.adaptive import filters
from components.pages.adaptive.state import Adaptive
from kernels.adaptive.lms import Learned


def summary(own: Adaptive, made: filters.System, records: Sequence[Learned], *, running: bool) -> Summary:
    found, predicted = filters.curves(records, own.steps), filters.predictions(own, made)
    shared, untied = (wires.n_params for wires in made.wirings)
    return Summary(
        f"{filters.EXPERIMENTS[own.experiment]}: an adaptive filter with {words.plural(shared, 'shared weight')} and "
        f"one with {words.amount(untied)} untied weights, their matrices and their learning curves.",
        of_run(filters.sentence(own, made, found, predicted), running=running),
        "Set “Step size μ” and run both.",
    )
