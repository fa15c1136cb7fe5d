"""The Adaptive page as a visitor meets it: what is drawn is what was learned, every control moves what it names."""

import json
import re
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from components.pages.adaptive import charts
from components.pages.adaptive.state import Adaptive
from components.state.link import from_query
from components.state.setup import Setup
from kernels.images.decode import planes
from kernels.images.samples import sample
from tests.support.adaptive import Run
from tests.support.pictures import as_sent, unpacked
from tests.support.text import numbers
from tests.support.visitor import Visitor, as_read

Floats = NDArray[np.float64]

TITLES = {"parallel": "Parallel channels", "mimo": "Circulant MIMO", "pictures": "Identifying an image kernel"}
COMPONENTS = ("kernels", "filters", "mu", *(f"matrices-{experiment}" for experiment in TITLES))
LEARNING = -2  # the page's last fragment but for the keys learns
GRID = {"image": "grid", "side": "10"}  # ten pixels, no two alike


class Page(Visitor):
    """One visitor's session on the Adaptive page."""

    path = "adaptive"

    @property
    def shown(self) -> dict[str, str]:
        return self.digests(COMPONENTS)

    @property
    def said(self) -> str:
        """What is said of the filters that learn."""
        return next(
            as_read(node.value)
            for node in self.at.markdown
            if re.search(r"Press \*\*Run|sharing the|diverged", node.value)
        )

    @property
    def curves(self) -> dict[str, tuple[Floats, Floats]]:
        """The lines of the learning curves by their names: iterations and decibels."""
        if not self.has("learning"):
            return {}
        traces = json.loads(self.named("learning").proto.spec)["data"]
        return {trace["name"]: (unpacked(trace["x"]), unpacked(trace["y"])) for trace in traces}

    @property
    def measured(self) -> list[str]:
        """The names of the lines that are no theory."""
        return [name for name in self.curves if not name.endswith("theory")]


@pytest.mark.parametrize(("experiment", "mu"), [("parallel", 0.05), ("mimo", 0.02), ("pictures", 1.5)])
def test_each_world_opens_with_a_recorded_run_and_nothing_is_learned_for_it(experiment: str, mu: float) -> None:
    page = Page()
    if experiment != "parallel":
        page.open_tab(TITLES[experiment])
    assert (page.tab, page.errors, page.warnings) == (TITLES[experiment], [], [])
    assert page.data("mu")["value"] == mu
    assert page.measured == ["Shared, measured", "Untied, measured"]
    assert any("Recorded on" in node.value for node in page.at.caption)
    assert (page.has("learn_stop"), page.named("learn_start").label) == (False, "Run")
    shared, untied = (numbers(card["headline"])[0] for card in page.data(f"matrices-{experiment}")["cards"])
    assert numbers(page.title) == [shared, untied]


def test_before_a_run_theory_alone_is_drawn() -> None:
    page = Page(members="3")
    assert (page.measured, len(page.curves)) == ([], 2)
    assert "Press **Run**" in page.said


FIELDS: dict[str, float | bool] = {  # of the filters, none at its default
    "members": 3,
    "lags": 5,
    "variance": 0.25,
    "steps": 300,
    "trials": 7,
    "lms_seed": 9,
    "ar": -0.5,
    "mismatch": 0.3,
    "drift": 0.0005,
    "normalised": True,
}


def test_each_field_is_taken_and_in_the_link() -> None:
    page, link = Page(**GRID), dict(GRID)
    for name, value in FIELDS.items():
        page.put(name, value)
        link[name] = str(int(value) if value is True else value)
        assert (page.query, page.value(name), page.errors, page.warnings) == (link, value, [], [])
    assert page.shown == Page(**link).shown


@pytest.mark.parametrize(("experiment", "mu"), [("mimo", "0.02"), ("pictures", "1.5")])
def test_the_other_experiments_are_in_the_link_too(experiment: str, mu: str) -> None:
    page = Page(**GRID)
    page.open_tab(TITLES[experiment])
    assert page.query == {**GRID, "experiment": experiment, "mu": mu}
    assert Page(**page.query).shown == page.shown
    fields = [page.has(key) for key in ("field:members", "field:ar")]
    assert fields == [experiment == "mimo", False]


def test_a_kernel_larger_than_the_picture_is_explained_and_not_learned() -> None:
    page = Page(image="digit", side="8", kernel=";".join([",".join(["1"] * 15)] * 15), experiment="pictures")
    (reason,) = page.errors
    assert {15, 8} <= {int(n) for n in numbers(reason)}
    assert not page.has("learn_start")


def test_the_slider_has_the_bounds_of_both_filters_as_marks_and_sets_the_step_size_or_refuses_it() -> None:
    page = Page(**GRID, members="4", lags="8")
    assert page.data("mu")["marks"] == pytest.approx(
        {"fastest, shared": 4 / 13, "bound, shared": 2 * 4 / 13, "fastest, untied": 1 / 10, "bound, untied": 2 / 10}
    )
    page.put("members", 1)
    assert page.data("mu")["marks"] == pytest.approx({"fastest": 1 / 10, "bound": 2 / 10})
    page.put("normalised", True)
    page.send("mu", "place", 0.2)
    assert page.data("mu") == {"label": "Step size μ", "value": 0.2, "low": 1e-4, "high": 2, "marks": {}}
    assert (page.query["mu"], page.warnings) == ("0.2", [])
    before = page.shown
    page.send("mu", "place", 2.5)
    assert page.warnings == ["Nothing was changed: mu must be a number from 0.0001 to 2, not “2.5”."]
    assert (page.query["mu"], page.shown) == ("0.2", before)


ticking_only = pytest.mark.usefixtures("record_by_record")  # a tick of the clock learns a slice of 200 iterations


@cache
def run(**link: str) -> Run:
    state = from_query(link, Setup())[0]
    picture = planes(sample(state.image, state.side), "grey")[0] / 255
    return Run(from_query(link, Adaptive())[0], state, picture)


def draws(page: Page, wanted: Run, points: int | None = None) -> bool:
    """Whether the page draws these curves in decibels, as far as this point."""
    drawn = [page.curves[name] for name in page.measured]
    return all(
        x.tolist() == curve.iterations[:points].tolist()
        and np.allclose(y, 10 * np.log10(curve.excess[:points]), rtol=1e-9, equal_nan=True)
        for (x, y), curve in zip(drawn, wanted.curves, strict=True)
    )


RUN = {**GRID, "steps": "600", "trials": "3", "members": "2", "lags": "3"}


@ticking_only
def test_the_clock_alone_learns_to_the_end_and_then_the_button_comes_back() -> None:
    page = Page(**RUN)
    page.run()
    assert (page.measured, page.has("learn_stop"), page.named("learn_start").label) == ([], False, "Run")
    assert "Press **Run**" in page.said
    page.press("learn_start")
    assert page.has("learn_stop")
    for done in (100, 200, 300):
        assert draws(page, run(**RUN), done)
        assert "Stopped" not in page.said
        with page.within(LEARNING):
            page.run()
    assert page.has("mu")  # the whole page was run: the button is not part of what ticks
    assert (page.has("learn_stop"), page.named("learn_start").label) == (False, "Run again")
    wanted = run(**RUN)
    assert draws(page, wanted)
    assert page.said.replace("**", "") == as_read(wanted.said)
    assert page.data("filters")["cards"] == as_sent(wanted.facts)
    assert page.named("learning").proto.alt == charts.learning_curves_alt(wanted.curves, wanted.predicted)
    before = page.shown
    page.run()
    assert page.shown == before


@ticking_only
def test_what_theory_derives_is_drawn_dashed() -> None:
    page, predicted = Page(**RUN), run(**RUN).predicted
    page.press("learn_start")
    for name, one in zip(("Shared", "Untied"), predicted or (), strict=True):
        x, y = page.curves[f"{name}, theory"]
        assert np.allclose(y, 10 * np.log10(one.excess(600)[x.astype(int)]), rtol=1e-9)
    dashes = [trace["line"].get("dash") for trace in json.loads(page.named("learning").proto.spec)["data"]]
    assert dashes == [None, "dash", None, "dash"]


@ticking_only
def test_stopping_keeps_the_curve_and_learning_again_starts_over() -> None:
    page = Page(**RUN)
    page.press("learn_start")
    page.run()
    page.press("learn_stop")
    page.run()
    assert draws(page, run(**RUN), 200)
    assert page.said.startswith("Stopped after 400 of 600 iterations. With sharing the ")
    assert (page.has("learn_start"), page.has("learn_stop")) == (True, False)
    page.press("learn_start")
    assert draws(page, run(**RUN), 100)


@ticking_only
def test_a_number_changed_while_it_learns_ends_the_run_and_the_next_one_has_it() -> None:
    page = Page(**RUN)
    page.press("learn_start")
    page.put("lms_seed", 5)
    assert (page.measured, page.has("learn_start"), page.has("learn_stop")) == ([], True, False)
    page.press("learn_start")
    assert draws(page, run(**RUN, lms_seed="5"), 100)
    page.send("mu", "place", 0.1)
    page.is_sound()
    assert (page.measured, page.query["mu"]) == ([], "0.1")


@ticking_only
@pytest.mark.parametrize(
    "link",
    [
        {**RUN, "experiment": "mimo", "mu": "0.05"},
        {**RUN, "image": "dahlia", "side": "64", "colour": "rgb", "kernel": "1,2;3,-4", "experiment": "pictures"},
        {**RUN, "mu": "2"},
    ],
    ids=["ring", "kernel of explore", "past the bound"],
)
def test_every_world_is_learned_and_ends_in_words_and_not_in_infinities(link: dict[str, str]) -> None:
    page, wanted = Page(**link), run(**link)
    page.press("learn_start")
    while page.has("learn_stop"):
        page.run()
    assert draws(page, wanted)
    assert page.said.replace("**", "") == as_read(wanted.said)
    assert page.data("filters")["cards"] == as_sent(wanted.facts)
    assert page.data("kernels")["cards"] == as_sent(wanted.samples)
    assert "Infinity" not in page.named("learning").proto.spec
