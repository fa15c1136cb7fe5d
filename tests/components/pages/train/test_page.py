"""The Train page as a visitor meets it: its sections, and what each of them runs.

No browser: the visitor ticks the clock in its place. Play, Pause and Step are tested in `test_player`, links in
`test_links`.
"""

import csv
import re
from collections.abc import Iterator
from io import StringIO

import pytest

from components.pages.train import charts, controls, data_size, lecun1989, teacher
from components.pages.train.lecun1989 import Result
from components.pages.train.state import Train
from components.state.link import from_query
from tests.support.pictures import unpacked
from tests.support.player import TrainPage
from tests.support.text import exact, numbers
from tests.support.training import NAMES
from tests.support.visitor import as_read
from tests.support.work import records_of

TABS = {"race": "Learning curves", "readouts": "Shared × pooled", "size": "Training set size",
        "gradient": "Inside a gradient", "teacher": "Teacher–student", "nets": "Five networks of 1989"}  # fmt: skip
QUICK = TrainPage.quick
pytestmark = pytest.mark.usefixtures("record_by_record")


class Page(TrainPage):
    """One visitor's session on the Train page."""

    def wait(self, key: str) -> None:
        """As long as this button says that something runs."""
        for _ in range(200):
            self.run()
            if not self.has(key):
                return
            self.tick()
        raise AssertionError(key)


def recorded(page: Page) -> list[str]:
    return [node.value for node in page.at.caption if node.value.startswith("Recorded on")]


def test_a_first_visit_shows_recorded_runs_tab_by_tab_and_trains_nothing() -> None:
    page = Page()
    starts = {"race": "Play", "readouts": "Run", "size": "Train at every size", "gradient": None, "teacher": "Run",
              "nets": "Train all five"}  # fmt: skip
    for name, title in TABS.items():
        page.open_tab(title)
        assert (page.errors, page.warnings, page.tab) == ([], [], title)
        assert [text.split("**")[1] for text in recorded(page)] == ([starts[name]] if starts[name] else [])
        assert page.progress == []
        assert not any("| — |" in text for text in page.said)
    page.open_tab(TABS["race"])
    assert "—" not in {text for facts in page.facts.values() for text in facts}
    page.press("train_reset")
    assert (page.progress, recorded(page)) == (["epoch 0 of 40"], [])
    page.press("train_recorded")
    assert recorded(page)


def test_a_link_can_open_an_experiment_before_its_result_which_a_button_shows() -> None:
    keys = {"race": "train", "readouts": "readouts", "size": "sweep", "teacher": "teach", "nets": "nets"}
    for tab, key in keys.items():
        with_result = Page(train_tab=tab)
        page = Page(train_tab=tab, start="blank")
        page.is_sound()
        assert (page.warnings, page.query["start"], recorded(page)) == ([], "blank", [])
        assert page.title != with_result.title or tab in ("size", "teacher")
        page.press(f"{key}_recorded")
        assert (page.shown, recorded(page), page.title) == (with_result.shown, recorded(with_result), with_result.title)
        assert not page.has(f"{key}_recorded")


def test_a_link_of_before_there_were_tabs_arrives_at_what_it_is_about() -> None:
    assert Page(watched="3,2,4").tab == TABS["gradient"]
    assert Page(disturbance="0.3").tab == TABS["teacher"]
    assert Page(examples="20").tab == TABS["race"]


def test_without_a_recording_no_accuracy_is_claimed() -> None:
    page = Page(train_seed="1")
    assert (page.errors, page.warnings, page.query) == ([], [], {"train_seed": "1"})
    order = ["train_play", "train_step", "race", "digits", "networks"]
    assert [node.key for node in page.at.main if getattr(node, "key", None) in (*order, "table")] == order
    assert page.progress == ["epoch 0 of 40"]
    assert "**Play**" in page.sentence
    assert {text for facts in page.facts.values() for text in facts} == {"—"}
    headlines = {card["title"]: numbers(card["headline"]) for card in page.data("networks")["cards"]}
    assert headlines == {"Fully connected": [315_370], "Locally connected": [41_770], "Convolution": [586]}
    before = page.shown
    page.run()
    assert page.shown == before


def test_the_table_can_be_downloaded_in_the_end_and_holds_every_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[str] = []
    monkeypatch.setattr(controls, "download", lambda text, **_: texts.append(text))
    page = Page(**QUICK)
    page.press("train_play")
    assert texts == []
    page.over()
    losses = [score.loss for r in page.rounds() for score in r.results.values()]
    assert [float(row["loss"]) for row in csv.DictReader(StringIO(texts[-1]))] == losses


@pytest.mark.filterwarnings("ignore:(overflow|invalid):RuntimeWarning")
def test_divergence_is_named_with_what_to_change_and_no_number_on_the_page_is_none() -> None:
    page = Page(**QUICK | {"optimiser": "momentum", "rate": "10", "batch": "1", "racers": "local,conv"})
    page.play()
    assert "**Locally connected diverged**" in page.sentence
    assert "Choose a smaller learning rate" in page.sentence
    assert not re.search(r"\b(nan|inf|infinity)\b", f"{page.shown} {page.progress}", re.IGNORECASE)


def test_which_networks_train_can_be_chosen_but_not_none() -> None:
    page = Page(**QUICK)
    for chosen, shown in (
        (["conv"], ["Convolution"]),
        ([], ["Convolution"]),
        (["conv", "tiled", "dense"], ["Fully connected", "Tiled", "Convolution"]),
    ):
        page.put("racers", chosen)
        assert (list(page.facts), page.warnings) == (shown, [])
    page.put("scrambled", True)
    assert list(page.facts)[3:] == ["Fully connected, scrambled", "Tiled, scrambled", "Convolution, scrambled"]


def test_the_gradient_is_taken_apart_before_training_and_after_it() -> None:
    page = Page(**QUICK)
    page.open_tab(TABS["gradient"])
    before = page.data("gradient")
    assert any("Before training" in line for line in page.said)
    page.open_tab(TABS["race"])
    page.play()
    page.open_tab(TABS["gradient"])
    (said,) = (line for line in page.said if "of the run under" in line)
    assert said.startswith("After epoch 3 ")
    assert page.data("gradient") != before
    page.put("watched0", 4)
    page.put("watched2", 5)
    assert page.query == {**QUICK, "watched": "3,2,4", "train_tab": "gradient"}
    apart, whole = page.data("gradient")["cards"]
    assert exact(apart["facts"][0]["exact"]) == pytest.approx(exact(whole["facts"][0]["exact"]), rel=1e-9)
    assert (apart["title"], whole["pictures"][0]["marks"]) == ("∂L/∂F₃₅ of kernel 4, by position", [[2, 4, 1, 1]])


def test_the_sweep_runs_by_its_own_clock_and_stopped_keeps_its_points(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_size, "SIZES", (20, 40))
    page = Page(**QUICK, train_tab="size")

    def drawn() -> dict[str, list[float]]:
        return {trace["name"]: unpacked(trace["y"]).tolist() for trace in page.traces("sweep")}

    page.press("sweep_start")
    page.press("sweep_stop")
    page.run()
    assert sum(map(len, drawn().values())) == 1
    page.press("sweep_start")
    page.wait("sweep_stop")
    assert page.named("sweep_start").label == "Train at every size again"
    points = records_of(data_size.sweep(from_query(QUICK, Train())[0]))
    assert drawn() == {NAMES[k]: [p.accuracy for p in points if p.kind == k] for k in ("tiled", "conv")}
    assert data_size.sentence(points) in page.said


def taught_with(monkeypatch: pytest.MonkeyPatch, *pairs: int) -> None:
    """Students see so many examples."""
    for module in (teacher, charts):
        monkeypatch.setattr(module, "PAIRS", pairs)


def test_a_hidden_kernel_teaches_until_all_have_learned_and_another_noise_begins_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taught_with(monkeypatch, 16, 512)
    monkeypatch.setattr(teacher, "TRIALS", 2)
    page = Page(kernel="1,2;3,-4", disturbance="0.5", train_tab="teacher")

    def many() -> list[int]:
        return [unpacked(trace["y"]).size for trace in page.traces("students") if "theory" not in trace["name"]]

    assert many() == [0] * 4
    page.press("teach_start")
    page.wait("teach_stop")
    assert (page.named("teach_start").label, many()) == ("Run again", [2] * 4)
    assert f"{NAMES['conv']}, p = 4" in [trace["name"] for trace in page.traces("students")]
    assert any(line.startswith("After 512 examples the smallest excess error") for line in page.said)
    page.put("disturbance", 0.3)
    assert many() == [0] * 4


def test_a_kernel_that_cannot_teach_is_refused_in_words_and_the_page_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    taught_with(monkeypatch, teacher.PAIRS[-1])  # the most examples need the most room
    page = Page(kernel=";".join([",".join(["1"] * 15)] * 15), train_tab="teacher")
    page.is_sound()
    assert page.has("teach_start") != bool(page.errors)
    page.open_tab(TABS["nets"])
    assert page.has("five")


def test_the_five_are_trained_one_by_one_and_their_cards_fill(monkeypatch: pytest.MonkeyPatch) -> None:
    def experiment(seed: int, after: int | None = None) -> Iterator[tuple[Result, int]]:
        for n in range(after or 0, 5):
            yield Result(f"Net-{n + 1}", seed, 0.1 * seed + 0.05 * n), n + 1

    monkeypatch.setattr(lecun1989, "experiment", experiment)
    page = Page(train_seed="3", train_tab="nets")

    def measured() -> list[str]:
        return [card["facts"][3]["text"] for card in page.data("five")["cards"]]

    assert measured() == ["—"] * 5
    page.press("nets_start")
    assert measured()[:2] == ["30.0%", "—"]
    page.wait("nets_stop")
    assert measured() == ["30.0%", "35.0%", "40.0%", "45.0%", "50.0%"]
    assert any("not available" in as_read(node.value) for node in page.at.caption)
