"""The Adaptive page as a visitor meets it: what is drawn is what was learned, every control moves what it names.

No browser: `Visitor` reads what the components are sent, and answers in their place.
"""

import json
import math
import re
from base64 import b64decode
from functools import cache
from hashlib import sha256

import numpy as np
import pytest
from numpy.typing import NDArray

from kernels.adaptive.lms import learn
from kernels.adaptive.systems import Mimo, Parallel, Pictures
from kernels.images.decode import planes
from kernels.images.samples import sample
from tests.support.pictures import unpacked
from tests.support.text import numbers
from tests.support.visitor import Visitor, as_read, saved

Floats = NDArray[np.float64]

TITLES = {"parallel": "Parallel channels", "mimo": "Circulant MIMO", "pictures": "Identifying an image kernel"}
COMPONENTS = ("kernels", "filters", "mu", *(f"matrices-{experiment}" for experiment in TITLES))
LEARNING = -2  # the page's last fragment but for the keys learns
GRID = {"image": "grid", "side": "10"}  # ten pixels, no two alike


class Page(Visitor):
    """One visitor's session on the Adaptive page."""

    path = "adaptive"

    def map(self, key: str, column: int) -> NDArray[np.float32]:
        found = self.data(key)["cards"][column]["pictures"][0]
        return np.frombuffer(b64decode(found["values"]), "<f4").reshape(found["shape"])

    @property
    def shown(self) -> dict[str, str]:
        """All that is sent to the components, by their keys: its digest, for it is long."""
        sent = {key: self.named(key).proto.json for key in COMPONENTS if self.has(key)}
        return {key: sha256(text.encode()).hexdigest() for key, text in sent.items()}

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
    def facts(self) -> list[dict[str, str]]:
        """Of the two filters."""
        return [{fact["name"]: fact["text"] for fact in card["facts"]} for card in self.data("filters")["cards"]]

    @property
    def measured(self) -> list[str]:
        """The names of the lines that are no theory."""
        return [name for name in self.curves if not name.endswith("theory")]


def pixels(name: str, side: int) -> Floats:
    """The picture (H, W) in grey."""
    found: Floats = planes(sample(name, side), "grey")[0] / 255
    return found


def near(map: NDArray[np.float32], truth: Floats) -> bool:
    """Equal, but for what float32 cannot hold."""
    return map.shape == truth.shape and bool(np.abs(map - truth).max() <= 1e-6 * max(1.0, float(np.abs(truth).max())))


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
ADAPTIVE_LINK = {name: str(int(value) if value is True else value) for name, value in FIELDS.items()}


def test_each_field_is_taken_and_in_the_link() -> None:
    page, link = Page(**GRID), dict(GRID)
    for name, value in FIELDS.items():
        page.put(name, value)
        link[name] = ADAPTIVE_LINK[name]
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


def test_hostile_values_in_a_link_are_each_refused_in_words_and_the_sound_one_counts() -> None:
    names = {*ADAPTIVE_LINK, "mu", "experiment"} - {"steps"}
    page = Page(**GRID, **dict.fromkeys(names, "<script>"), steps="300")
    page.is_sound()
    assert (page.query, page.errors) == ({**GRID, "steps": "300"}, [])
    named = [found for text in page.warnings for found in re.findall(r"^The link's (\w+) must be ", text)]
    assert sorted(named) == sorted(names)


def test_a_step_size_that_is_none_is_refused_in_words_and_changes_nothing() -> None:
    page = Page(**GRID)
    before = page.shown
    for value in (0, 2.5, "9" * 500):
        page.send("mu", "place", value)
        page.is_sound()
        (reason,) = page.warnings
        assert reason.startswith("Nothing was changed: mu must be a number from 0.0001 to 2, not ")
        assert (len(reason) < 400, page.query, page.shown) == (True, GRID, before)


def test_a_thin_picture_never_breaks_the_page() -> None:
    page, noise = Page(experiment="pictures"), np.random.default_rng(4).integers(0, 256, (200, 400, 3), np.uint8)
    for thin in (noise[:4], noise[:1], noise[:, :1]):
        page.upload("thin.png", saved(thin))
        page.is_sound()
        assert page.tab == TITLES["pictures"]


def test_a_kernel_larger_than_the_picture_is_explained_and_not_learned() -> None:
    page = Page(image="digit", side="8", kernel=";".join([",".join(["1"] * 15)] * 15), experiment="pictures")
    page.is_sound()
    (reason,) = page.errors
    assert {15, 8} <= {int(n) for n in numbers(reason)}
    assert not page.has("learn_start")


# Learning.


def test_the_slider_has_the_bounds_of_both_filters_as_marks_and_sets_the_step_size() -> None:
    page = Page(**GRID, members="4", lags="8")
    assert page.data("mu")["marks"] == pytest.approx(
        {"fastest, shared": 4 / 13, "bound, shared": 2 * 4 / 13, "fastest, untied": 1 / 10, "bound, untied": 2 / 10}
    )
    page.put("members", 1)
    assert page.data("mu")["marks"] == pytest.approx({"fastest": 1 / 10, "bound": 2 / 10})
    page.put("normalised", True)
    assert page.data("mu")["marks"] == {}
    page.send("mu", "place", 0.2)
    page.is_sound()
    assert (page.query["mu"], page.data("mu")["value"], page.warnings) == ("0.2", 0.2, [])


def test_a_number_beyond_its_limits_never_comes_in() -> None:
    page = Page(**GRID)
    before = page.shown
    for field, beyond in (
        ("members", 17),
        ("steps", 99),
        ("variance", -0.5),
        ("lags", ""),
        ("ar", "x"),
    ):
        page.put(field, beyond)
        assert page.warnings[0].startswith(f"Nothing was changed: {field} must be ")
        assert page.shown == before


ticking_only = pytest.mark.usefixtures("record_by_record")  # a tick of the clock learns a slice of 200 iterations
RUN = {**GRID, "steps": "600", "trials": "3", "members": "2", "lags": "3"}


@cache
def truth(seed: int = 0) -> tuple[Floats, ...]:
    return in_decibels(Parallel(channels=2, taps=3, iterations=600, trials=3, seed=seed), 0.05)


def in_decibels(system: Parallel | Mimo | Pictures, mu: float) -> tuple[Floats, ...]:
    """Both learning curves, two of 600 iterations a point."""
    excess = np.concatenate([record.excess for record in learn(system, system.wirings, mu)], axis=1)
    return tuple(10 * np.log10(row.reshape(300, -1).mean(axis=1)) for row in excess)


def draws(page: Page, wanted: tuple[Floats, ...], points: int | None = None) -> bool:
    """Whether the page draws these curves, as far as this point."""
    drawn = [page.curves[f"{name}, measured"] for name in ("Shared", "Untied")]
    return all(
        len(y) == len(w[:points])
        and np.allclose(y, w[:points], rtol=1e-9)
        and np.allclose(x, 2 * np.arange(len(x)) + 1)
        for (x, y), w in zip(drawn, wanted, strict=True)
    )


def to_the_end(*pages: Page) -> None:
    for page in pages:
        page.press("learn_start")
    while any(page.has("learn_stop") for page in pages):
        for page in pages:
            page.run()


@ticking_only
def test_the_clock_alone_learns_to_the_end_and_then_the_button_comes_back() -> None:
    page = Page(**RUN)
    page.run()
    assert (page.measured, page.has("learn_stop"), page.named("learn_start").label) == ([], False, "Run")
    assert "Press **Run**" in page.said
    page.press("learn_start")
    assert page.has("learn_stop")
    for done in (100, 200, 300):
        assert draws(page, truth(), done)
        assert "Stopped" not in page.said
        with page.within(LEARNING):
            page.run()
    assert page.has("mu")  # the whole page was run: the button is not part of what ticks
    assert draws(page, truth())
    assert (page.has("learn_stop"), page.named("learn_start").label) == (False, "Run again")
    ends = [10 * math.log10((10 ** (curve[-75:] / 10)).mean()) for curve in truth()]
    derived = [10 * math.log10(0.01 * (0.05 * 3 / M) / (2 - 0.05 * (4 + M) / M)) for M in (2, 1)]
    assert numbers(page.said.replace("**", ""))[0] == pytest.approx(ends[1] - ends[0], abs=0.051)
    told = [[numbers(fact[name])[0] for fact in page.facts] for name in ("steady-state excess MSE", "theory")]
    assert np.allclose(told, [ends, derived], atol=0.051)
    said = numbers(page.named("learning").proto.alt)
    assert said == pytest.approx([ends[0], derived[0], ends[1], derived[1]], abs=0.051)
    before = page.shown
    page.run()
    assert page.shown == before


@ticking_only
def test_what_theory_derives_is_drawn_dashed() -> None:
    page = Page(**RUN)
    page.press("learn_start")
    mu, L, v = 0.05, 3, 0.01
    for name, M in (("Shared", 2), ("Untied", 1)):
        D, wanted = 1.0, []
        for _ in range(600):
            wanted.append(D)
            D = (1 - 2 * mu + mu**2 * (L + M + 1) / M) * D + mu**2 * L * v / M
        x, y = page.curves[f"{name}, theory"]
        assert np.allclose(y, [10 * math.log10(wanted[int(n)]) for n in x], rtol=1e-6)
    dashes = [trace["line"].get("dash") for trace in json.loads(page.named("learning").proto.spec)["data"]]
    assert dashes == [None, "dash", None, "dash"]


@ticking_only
def test_stopping_keeps_the_curve_and_learning_again_starts_over() -> None:
    page = Page(**RUN)
    page.press("learn_start")
    page.run()
    page.press("learn_stop")
    page.run()
    assert draws(page, truth(), 200)
    assert page.said.startswith("Stopped after 400 of 600 iterations. With sharing the ")
    assert (page.has("learn_start"), page.has("learn_stop")) == (True, False)
    page.press("learn_start")
    assert draws(page, truth(), 100)


@ticking_only
def test_a_number_changed_while_it_learns_ends_the_run_and_the_next_one_has_it() -> None:
    page = Page(**RUN)
    page.press("learn_start")
    page.put("lms_seed", 5)
    assert (page.measured, page.has("learn_start"), page.has("learn_stop")) == ([], True, False)
    page.press("learn_start")
    assert draws(page, truth(seed=5), 100)
    page.send("mu", "place", 0.1)
    page.is_sound()
    assert (page.measured, page.query["mu"]) == ([], "0.1")


@ticking_only
def test_other_pages_can_be_used_while_the_filters_learn() -> None:
    page = Page(**RUN)
    page.press("learn_start")
    page.go("explore")
    page.go("adaptive")
    assert draws(page, truth(), 200)


@ticking_only
def test_two_visitors_learn_beside_each_other_as_each_would_alone() -> None:
    one, other = Page(**RUN), Page(**RUN, lms_seed="6")
    to_the_end(one, other)
    assert draws(one, truth())
    assert draws(other, truth(seed=6))


@ticking_only
def test_the_kernel_of_explore_is_learned_from_the_picture() -> None:
    page = Page(image="pagoda", kernel="1,2;3,-4", experiment="pictures", steps="600", trials="3", mu="1")
    assert page.map("kernels", 0).tolist() == [[1, 2], [3, -4]]
    assert not page.map("kernels", 1).any()
    to_the_end(page)
    system = Pictures(pixels("pagoda", 64), np.array([[1.0, 2], [3, -4]]), 12, 0.01, 600, 3, 0)
    assert draws(page, in_decibels(system, 1.0))
    last = list(learn(system, system.wirings, 1.0))[-1]
    assert near(page.map("kernels", 0), last.x.reshape(12, 12))
    assert page.map("kernels", 1).tolist() == [[1, 2], [3, -4]]
    assert near(page.map("kernels", 2), last.theta[0].reshape(2, 2))
    assert "With sharing" in page.said


@ticking_only
def test_the_ring_is_learned_with_its_weights_shared_around_it() -> None:
    page = Page(**RUN, experiment="mimo", mu="0.05")
    to_the_end(page)
    assert draws(page, in_decibels(Mimo(2, 3, 0.01, 600, 3, 0), 0.05))


@ticking_only
def test_past_the_bound_the_run_ends_in_words_and_not_in_infinities() -> None:
    page = Page(**RUN, mu="2")
    to_the_end(page)
    assert re.match(r"\*\*Shared diverged\*\* after \d+ iterations: μ = 2, stability bound 0.667", page.said)
    assert [fact["theory"] for fact in page.facts] == ["none: μ exceeds the stability bound"] * 2
    assert "Infinity" not in page.named("learning").proto.spec
    assert not re.search(r"\b(inf|nan)\b", page.said + str(page.facts))
