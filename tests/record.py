"""Records the runs that pages show on arrival: `python -m tests.record [FILE …]`, all of them without a name.

Each is the run that a page starts with its default settings, done here to its end and written to
`assets/recorded/FILE.json`. `tests/components/session/test_recorded.py` does every one again.
"""

import json
import os
import sys
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from math import inf
from typing import Any

import numpy as np

from components.display.race import Round
from components.pages.adaptive import filters
from components.pages.adaptive.state import Adaptive
from components.pages.compare import timing
from components.pages.sequence import digits, running_sum
from components.pages.sequence.state import DigitClassifier, RunningSum
from components.pages.sharing import clustering, equal_parameters, turned_digits
from components.pages.train import data_size, lecun1989, race, readouts, teacher
from components.pages.train.state import Train
from components.session.picture import Upload, picture_id
from components.session.process import use_one_blas_thread
from components.session.recorded import FOLDER, encoded
from components.session.runs import Work, work_on
from components.state.link import edited
from components.state.setup import Setup
from kernels.adaptive.lms import Learned
from kernels.images.decode import planes, unit
from kernels.images.samples import sample
from kernels.layer.spec import LayerSpec
from kernels.layer.timing import Measurement
from tests.support.machine import processor

ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Default:
    """A run to record. file: its name in assets/recorded. name, key, record: as for `cache.run`. seed: to be told.

    spread: how far a number of another machine may be from the recorded one, absolute and relative.
    timed: its numbers are seconds, which another machine may need a multiple of.
    kept: what of its records is kept, where the page does not show all of them.
    """

    file: str
    name: str
    key: Hashable
    record: type
    work: Work[Any]
    seed: int | None
    spread: float
    kept: Callable[[Sequence[Any]], Sequence[Any]] = tuple
    timed: bool = False

    def records(self) -> Sequence[Any]:
        """Those of the whole run, done now."""
        return self.kept(work_on(self.work, None, inf).records)


def last_weights(rounds: Sequence[Round]) -> Sequence[Round]:
    """Weights are shown of the last round alone."""
    *before, last = rounds
    return [*map(_without_weights, before), last]


def _without_weights(round: Round) -> Round:
    return Round(round.number, {v: replace(r, kernels=None, theta=None) for v, r in round.results.items()})


def single(records: Sequence[Learned]) -> Sequence[Learned]:
    """Excess errors to seven figures: curves are drawn of them."""
    return [replace(record, excess=record.excess.astype(np.float32)) for record in records]


def quietest(spec: LayerSpec, _after: int | None = None) -> Iterator[tuple[Measurement, int]]:
    """Each measurement with the least median of so many rounds: the one in which least else was done."""
    use_one_blas_thread()  # as a page's workers do
    rounds = [[one for one, _ in timing.measurements(spec)] for _ in range(ROUNDS)]
    for done, tries in enumerate(zip(*rounds, strict=True), 1):
        yield min(tries, key=lambda one: one.typical), done


def machine() -> str:
    """What this runs on, in words: "2 cores (AMD EPYC)"."""
    return f"{os.cpu_count()} cores ({processor() or 'an unknown processor'})"


def _filters(experiment: str) -> Default:
    own, state = edited(Adaptive(), experiment=experiment), Setup()
    grey = replace(state, colour="grey")
    made = filters.system_of(own, state, unit(planes(sample(grey.image, grey.side), grey.colour))[0])
    key = filters.key(own, state, (picture_id(state, Upload()), state.side, state.colour))
    work = partial(filters.learned, own, made)
    return Default(f"filters-{experiment}", "filters", key, Learned, work, own.seed, 1e-3, single)


def _readouts(own: Train) -> Default:
    key = readouts.key(own)
    work = partial(readouts.experiment, key)
    return Default(f"readouts-{own.reach}", "readouts", key, readouts.Score, work, own.seed, 0.05)


def defaults() -> list[Default]:
    """Every run that is recorded."""
    own, state, reader, adder = Train(), Setup(), DigitClassifier(), RunningSum()
    sums = partial(running_sum.experiment, adder)
    fits = partial(teacher.fits, teacher.teacher(own, state), own.seed)
    spec = timing.timed_layer(state)
    times = partial(quietest, spec)
    points, nets = partial(data_size.sweep, own), partial(lecun1989.experiment, own.seed)
    return [
        Default("race", "race", race.key(own), Round, partial(race.rounds, own), own.seed, 0.05, last_weights),
        Default("sweep", "sweep", data_size.key(own), data_size.Point, points, own.seed, 0.05),
        Default("teacher", "teacher", teacher.key(own, state), teacher.Fit, fits, own.seed, 1e-3),
        Default("nets", "nets", own.seed, lecun1989.Result, nets, own.seed, 0.05),
        Default("reading", "reading", digits.key(reader), Round, partial(digits.rounds, reader), reader.seed, 0.05),
        Default("running-sum", "running sum", running_sum.key(adder), running_sum.Score, sums, adder.seed, 0.2),
        *(_readouts(Train(reach=reach)) for reach in (own.reach, 0)),
        Default("times", "times", spec, Measurement, times, None, 0, timed=True),
        Default("turns", "turns", 0, turned_digits.Result, partial(turned_digits.experiment, 0), 0, 0.08),
        Default("clusters", "clusters", 0, clustering.Point, partial(clustering.experiment, 0), 0, 0.08),
        Default("equal", "equal", 0, equal_parameters.Result, partial(equal_parameters.experiment, 0), 0, 0.1),
        *map(_filters, filters.EXPERIMENTS),
    ]


def write(default: Default) -> None:
    """Do this run and keep its records."""
    today = date.today()
    head: dict[str, str | int | None] = {
        "name": default.name,
        "key": repr(default.key),
        "date": f"{today.day} {today:%B %Y}",
        "seed": default.seed,
    }
    if default.timed:
        head["machine"] = machine()
    records = [encoded(record) for record in default.records()]
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{default.file}.json").write_text(json.dumps(head | {"records": records}) + "\n", "utf-8")


if __name__ == "__main__":
    for default in defaults():
        if not sys.argv[1:] or default.file in sys.argv[1:]:
            write(default)
