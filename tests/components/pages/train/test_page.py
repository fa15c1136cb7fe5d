"""The Train page as a visitor meets it: what plays, pauses and steps is one run, and its figures are those measured.

No browser: `Visitor` ticks the clock in its place. A tick of the page's clock learns one record unless a test says
otherwise.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from io import StringIO
from typing import Any

import pytest

from components.display.race import Round
from components.pages.train import charts, controls, data_size, lecun1989, race, teacher
from components.pages.train.lecun1989 import Result
from components.pages.train.state import Train
from components.session.queue import LINE
from components.state.link import declared, from_query, limits
from tests.support.pictures import unpacked
from tests.support.player import Curves, Player, at_once
from tests.support.text import numbers
from tests.support.training import KINDS, NAMES
from tests.support.visitor import as_read

RACE, SWEEP, TEACH, FIVE = range(4)  # the page's fragments, counted from above
ANCHORS = ["gradient", "more", "teacher", "nets"]
QUICK = {"examples": "20", "epochs": "3", "batch": "20", "racers": "tiled,conv"}
COMPONENTS = ("digits", "networks", "gradient", "five")
pytestmark = pytest.mark.usefixtures("record_by_record")


class Page(Player):
    """One visitor's session on the Train page."""

    path = "train"
    player, race = "train", "race"
    clock = RACE

    @property
    def sentence(self) -> str:
        """The one about the race."""
        return next(line for line in self.said if re.match(r"Press \*\*Play|After \d+ epoch|\*\*", line))

    @property
    def facts(self) -> dict[str, dict[str, str]]:
        return {
            card["title"]: {fact["name"]: fact["text"] for fact in card["facts"]}
            for card in self.data("networks")["cards"]
        }

    @property
    def shown(self) -> dict[str, Any]:
        """What is sent to the components, what is drawn and what is said of the race."""
        sent = {key: self.named(key).proto.json for key in COMPONENTS if self.has(key)}
        return sent | {"curves": self.curves, "sentence": self.sentence}

    def wait(self, key: str, fragment: int) -> None:
        """As long as this button says that something runs."""
        for _ in range(200):
            self.run()
            if not self.has(key):
                return
            self.tick(fragment)
        raise AssertionError(key)


@cache
def truth(**more: str) -> list[Round]:
    """The race of this link, run at once."""
    own, notes = from_query(QUICK | more, Train())
    assert notes == ()
    return list(filter(None, race.rounds(own)))


def wanted(rounds: list[Round], epochs: int | None = None) -> Curves:
    """What the learning curves must be after so many epochs."""
    found: Curves = {}
    scrambled = any(variant.scrambled for variant in rounds[0].results)
    for variant in rounds[0].results:
        found[f"{variant.name}, unseen"] = [r.results[variant].test for r in rounds[:epochs]]
        if not scrambled:
            found[f"{variant.name}, trained with"] = [r.results[variant].train for r in rounds[:epochs]]
    return found


def test_a_first_visit_shows_every_section_in_order_and_claims_no_accuracy() -> None:
    page = Page()
    page.is_sound()
    assert (page.errors, page.warnings, page.query) == ([], [], {})
    assert [node.proto.anchor for node in page.at.header] == ANCHORS
    linked = [anchor for text in page.at.markdown for anchor in re.findall(r"\(#([\w-]+)\)", text.value)]
    assert linked == ANCHORS
    order = ["train_play", "train_step", "race", "digits", "networks", "gradient", "sweep_start", "teach_start"]
    keys = [node.key for node in page.at.main if getattr(node, "key", None) in (*order, "nets_start", "five", "table")]
    assert keys == [*order, "nets_start", "five"]
    assert page.progress == ["epoch 0 of 40"]
    assert "**Play**" in page.sentence
    assert {text for facts in page.facts.values() for text in facts.values()} == {"—"}
    headlines = {card["title"]: numbers(card["headline"]) for card in page.data("networks")["cards"]}
    assert headlines == {"Fully connected": [315_370], "Locally connected": [41_770], "Convolution": [586]}
    before = page.shown
    page.run()
    assert page.shown == before


# Playing.


def test_the_clock_alone_plays_to_the_end_and_then_the_button_comes_back() -> None:
    page, rounds = Page(**QUICK), truth()
    assert page.named("train_reset").proto.disabled
    before = page.shown
    page.press("train_play")
    assert (page.named("train_step").proto.disabled, page.named("train_reset").proto.disabled) == (True, False)
    for epochs in (1, 2, 3):
        assert page.curves == wanted(rounds, epochs)
        assert page.progress[0].startswith(f"epoch {epochs} of 3")
        assert (epochs == 3) != ("about" in page.progress[0])  # time left is told while there is some
        assert page.has("further") == (epochs == 3)  # measured in the end
        page.tick()
    page.run()
    assert (page.curves, page.progress) == (wanted(rounds), ["epoch 3 of 3"])
    assert (page.playing, page.named("train_play").label) == (False, "Play again")
    for variant, score in rounds[-1].results.items():
        facts = page.facts[variant.name]
        assert numbers(facts["right of those it has never seen"]) == pytest.approx([100 * score.test], abs=0.5)
        assert numbers(facts["right of those it trained with"]) == pytest.approx([100 * score.train], abs=0.5)
        (line,) = (trace for trace in page.traces("further") if trace["name"] == variant.name)
        assert unpacked(line["y"]).tolist() == list(score.harder)
    after = page.shown
    page.press("train_reset")
    assert (page.shown, page.has("table")) == (before, False)
    page.play()
    assert page.shown == after


def test_a_tick_of_the_fast_pace_learns_as_much_as_there_is_time_for(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once(monkeypatch)
    fast, slow = Page(**QUICK), Page(**QUICK, pace="step")
    fast.press("train_play")
    slow.press("train_play")
    assert (fast.epochs, slow.epochs) == (3, 1)


def test_paused_nothing_moves_and_resumed_the_run_ends_as_if_it_had_not_been() -> None:
    page = Page(**QUICK)
    page.press("train_play")
    page.press("train_play")
    paused = page.epochs
    page.run()
    page.tick()
    assert page.epochs == paused < 3
    assert page.named("train_play").label == "Play"
    page.press("train_play")
    page.over()
    assert page.curves == wanted(truth())


def test_a_step_is_an_epoch_and_stepped_to_the_end_the_next_press_starts_anew() -> None:
    page, rounds = Page(**QUICK), truth()
    for epochs in (1, 2, 3):
        page.press("train_step")
        assert (page.curves, page.playing) == (wanted(rounds, epochs), False)
        assert page.progress == [f"epoch {epochs} of 3"]
    assert page.named("train_play").label == "Play again"
    page.press("train_step")
    assert page.curves == wanted(rounds, 1)
    page.press("train_play")  # goes on from there
    page.over()
    assert page.curves == wanted(rounds)


def test_who_has_to_wait_is_told_behind_how_many_and_begins_when_they_are_done() -> None:
    for other in ("one", "two"):
        LINE.ask(other)
    page = Page(**QUICK)
    page.press("train_play")
    assert (page.epochs, page.playing) == (0, True)
    assert page.progress == ["epoch 0 of 3, waiting: 2 visitors before you"]
    LINE.leave("one")
    page.tick()
    assert page.progress == ["epoch 0 of 3, waiting: 1 visitor before you"]
    page.run()
    page.press("train_play")
    assert (page.named("train_play").label, page.progress) == ("Play", ["epoch 0 of 3"])
    assert set(LINE.entries) == {"two"}
    LINE.leave("two")
    page.play()
    assert page.curves == wanted(truth())


def test_reset_while_it_plays_stops_it() -> None:
    page = Page(**QUICK)
    page.press("train_play")
    page.run()
    page.press("train_reset")
    page.run()
    assert (page.epochs, page.playing) == (0, False)


@pytest.mark.parametrize(("field", "value"), [("rate", 0.02), ("scrambled", True)])
def test_a_setting_changed_while_it_plays_ends_the_run_and_the_next_one_has_it(field: str, value: Any) -> None:  # noqa: ANN401
    page = Page(**QUICK)
    page.press("train_play")
    page.put(field, value)
    assert (page.epochs, page.playing, page.has("train_play")) == (0, False, True)
    assert {text for facts in page.facts.values() for text in facts.values()} == {"—"}
    page.play()
    assert page.curves == wanted(truth(**{field: str(int(value) if value is True else value)}))


def test_what_is_not_about_the_race_leaves_it_running() -> None:
    page = Page(**QUICK)
    page.press("train_play")
    for epochs, (field, value) in enumerate((("watched0", 4), ("disturbance", 0.5), ("pace", "step")), 2):
        page.put(field, value)
        assert page.epochs == min(epochs, 3)
    assert page.curves == wanted(truth())


def test_two_visitors_train_beside_each_other_as_each_would_alone() -> None:
    one, other = Page(**QUICK), Page(**QUICK, train_seed="6", readout="mean")
    one.press("train_play")
    other.press("train_play")
    while one.playing or other.playing:
        one.run()
        other.run()
    assert one.curves == wanted(truth())
    assert other.curves == wanted(truth(train_seed="6", readout="mean"))


@pytest.mark.long
def test_with_the_first_settings_the_page_measures_thirty_points_between_them(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once(monkeypatch)
    page = Page(racers="dense,conv")
    page.press("train_play")
    right = {title: numbers(facts["right of those it has never seen"])[0] for title, facts in page.facts.items()}
    assert right["Convolution"] >= right["Fully connected"] + 30
    assert numbers(page.sentence.replace("**", ""))[:4] == [40, 300, right["Convolution"], right["Fully connected"]]


def test_the_table_can_be_downloaded_in_the_end_and_holds_every_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[str] = []
    download = controls.download

    def noted(text: str, **more: Any) -> None:  # noqa: ANN401  # Streamlit's own
        texts.append(text)
        download(text, **more)

    monkeypatch.setattr(controls, "download", noted)
    page = Page(**QUICK)
    page.press("train_play")
    assert (page.has("table"), texts) == (False, [])
    page.over()
    assert page.has("table")
    losses = [score.loss for r in truth() for score in r.results.values()]
    assert [float(row["loss"]) for row in csv.DictReader(StringIO(texts[-1]))] == losses


WILD = {"optimiser": "momentum", "rate": "10", "batch": "1", "examples": "20", "epochs": "3", "racers": "local,conv"}


@pytest.mark.filterwarnings("ignore:(overflow|invalid):RuntimeWarning")
def test_divergence_is_named_with_what_to_change_and_no_number_on_the_page_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(data_size, "SIZES", (20,))
    page = Page(**WILD)
    page.play()
    assert "**Locally connected diverged**" in page.sentence
    assert "Take a smaller rate" in page.sentence
    page.press("sweep_start")
    page.wait("sweep_stop", SWEEP)
    assert any(line.startswith("Right of the unseen") and "diverged" in line for line in page.said)
    everything = " ".join([*page.said, *page.progress, str(page.facts), page.named("race").proto.alt])
    everything += "".join(page.named(key).proto.json for key in COMPONENTS if page.has(key))
    assert not re.search(r"\b(nan|inf|infinity)\b", everything, re.IGNORECASE)
    assert not re.search(r"NaN|Infinity", page.named("race").proto.spec)


def test_which_networks_train_can_be_chosen_but_not_none() -> None:
    page = Page(**QUICK)
    page.put("racers", ["conv"])
    assert (page.query["racers"], list(page.facts)) == ("conv", ["Convolution"])
    page.put("racers", [])
    assert (page.value("racers"), page.query["racers"], page.warnings) == (["conv"], "conv", [])
    page.put("racers", ["conv", "tiled", "dense"])
    assert list(page.facts) == ["Fully connected", "Tiled", "Convolution"]
    page.put("scrambled", True)
    assert list(page.facts)[3:] == ["Fully connected, scrambled", "Tiled, scrambled", "Convolution, scrambled"]


def test_the_gradient_is_taken_apart_before_training_and_of_the_epoch_it_is_of(monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(_own: Train) -> Iterator[Round]:
        """The convolution ends after two epochs, the other network after three."""
        for round in truth():
            kept = {v: score for v, score in round.results.items() if round.number < 3 or v.kind != "conv"}
            yield replace(round, results=kept)

    monkeypatch.setattr(race, "rounds", ended)
    page = Page(**QUICK)
    before = page.data("gradient")
    assert any("Before training" in line for line in page.said)
    page.play()
    (said,) = (line for line in page.said if "of the contest above" in line)
    assert said.startswith("After epoch 2 ")
    assert page.data("gradient") != before
    for data in (before, page.data("gradient")):
        apart, whole = data["cards"]
        assert float(apart["facts"][0]["exact"]) == pytest.approx(float(whole["facts"][0]["exact"]), rel=1e-9)
        assert whole["facts"][0]["good"] is True
    assert [page.value(f"watched{n}") for n in range(3)] == [1, 3, 3]
    page.put("watched0", 4)
    page.put("watched2", 5)
    assert page.query == {**QUICK, "watched": "3,2,4"}
    assert page.data("gradient")["cards"][0]["title"] == "∂L/∂F₃₅ of kernel 4, place by place"
    assert page.data("gradient")["cards"][1]["pictures"][0]["marks"] == [[2, 4, 1, 1]]


# Links.

LINK = {
    "racers": "local,conv", "examples": "50", "reach": "1", "readout": "mean", "scrambled": "1",
    "optimiser": "momentum", "rate": "0.0125", "batch": "7", "epochs": "4", "train_seed": "12", "pace": "step",
    "watched": "15,0,4", "disturbance": "0.25",
}  # fmt: skip
BY_HAND: dict[str, object] = {
    "racers": ["local", "conv"], "examples": 50, "reach": 1, "readout": "mean", "scrambled": True,
    "optimiser": "momentum", "rate": 0.0125, "batch": 7, "epochs": 4, "train_seed": 12, "pace": "step",
    "watched0": 16, "watched1": 1, "watched2": 5, "disturbance": 0.25,
}  # fmt: skip
LIMITS: dict[str, tuple[float, float]] = {
    **{declared(Train)[name].link: limits(Train, name)
       for name in ("examples", "reach", "rate", "batch", "epochs", "seed", "disturbance")},
    "watched0": (1, 16), "watched1": (1, 5), "watched2": (1, 5),
}  # fmt: skip


def test_what_is_set_by_hand_is_what_its_link_brings() -> None:
    linked, page = Page(**LINK), Page()
    linked.is_sound()
    assert (linked.query, linked.errors, linked.warnings) == (LINK, [], [])
    assert {name: linked.value(name) for name in BY_HAND} == BY_HAND
    for field, value in BY_HAND.items():
        page.put(field, value)
    assert (page.query, page.warnings) == (LINK, [])
    assert page.shown == linked.shown


def test_a_hostile_link_is_refused_in_words_and_shows_the_defaults() -> None:
    page = Page(**dict.fromkeys(LINK, "<script>alert(1)</script>"))
    page.is_sound()
    assert (page.query, page.errors) == ({}, [])
    told = [found for text in page.warnings for found in re.findall(r"^The link's (\w+) must be ", text)]
    assert sorted(told) == sorted(LINK)
    assert page.shown == Page().shown


def test_a_number_beyond_its_limits_never_comes_in() -> None:
    page = Page(**QUICK)
    for field, (low, high) in LIMITS.items():
        for value in (low - 1, high + 1):
            page.put(field, int(value) if isinstance(low, int) else float(value))
            assert low <= page.value(field) <= high
            assert (page.errors, page.warnings) == ([], [])
    assert from_query(page.query, Train())[1] == ()


@pytest.mark.long
@pytest.mark.parametrize(
    "link",
    [
        {"examples": "10", "batch": "256", "epochs": "1", "racers": "dense"},
        {"examples": "1000", "reach": "0", "readout": "flat", "racers": "tiled"},
        {"train_seed": "9999", "epochs": "100", "rate": "10", "disturbance": "0.001", "kernel": "1"},
    ],
    ids=str,
)
def test_the_ends_of_what_a_link_may_hold_never_break_the_page(link: dict[str, str]) -> None:
    page = Page(**link)
    page.is_sound()
    assert (page.warnings, page.errors) == ([], [])
    assert [node.proto.anchor for node in page.at.header] == ANCHORS
    page.press("train_step")
    assert page.epochs == 1


# The other sections.


def test_the_sweep_runs_by_its_own_clock_and_stopped_keeps_its_points(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_size, "SIZES", (20, 40))
    page = Page(**QUICK)
    own, _ = from_query(QUICK, Train())
    points = list(filter(None, data_size.sweep(own)))
    page.press("sweep_start")
    assert (page.has("sweep_stop"), page.has("sweep_start")) == (True, False)
    page.press("sweep_stop")
    page.run()
    assert sum(len(unpacked(trace["y"])) for trace in page.traces("sweep")) == 1
    page.press("sweep_start")
    page.wait("sweep_stop", SWEEP)
    assert page.named("sweep_start").label == "Train them all again"
    drawn = {trace["name"]: unpacked(trace["y"]).tolist() for trace in page.traces("sweep")}
    assert drawn == {NAMES[k]: [p.accuracy for p in points if p.kind == k] for k in ("tiled", "conv")}
    assert data_size.sentence(points) in page.said
    assert page.epochs == 0


def taught_with(monkeypatch: pytest.MonkeyPatch, *pairs: int) -> None:
    """Students see so many examples."""
    for module in (teacher, charts):
        monkeypatch.setattr(module, "PAIRS", pairs)


def test_a_hidden_kernel_teaches_until_all_have_learned_and_another_noise_begins_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taught_with(monkeypatch, 16, 512)
    monkeypatch.setattr(teacher, "TRIALS", 2)
    page = Page(kernel="1,2;3,-4", disturbance="0.5")
    assert any("**Teach**" in line for line in page.said)
    page.press("teach_start")
    page.wait("teach_stop", TEACH)
    assert page.named("teach_start").label == "Teach again"
    found = {trace["name"]: unpacked(trace["y"]).tolist() for trace in page.traces("students")}
    for kind, p in zip(KINDS, (49 * 64, 49 * 4, 4 * 4, 4), strict=True):
        assert len(found[f"{NAMES[kind]}, p = {p:,}"]) == 2
        assert found[f"{NAMES[kind]}, p = {p:,}, σ²·p/n derived"][-1] == pytest.approx(0.5 * p / 512)
    assert any(line.startswith("Excess error after 512 examples,") for line in page.said)
    page.put("disturbance", 0.3)
    assert not page.has("students")


def test_a_kernel_that_cannot_teach_is_refused_in_words_and_the_page_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    taught_with(monkeypatch, teacher.PAIRS[-1])  # the most examples need the most room
    page = Page(kernel=";".join([",".join(["1"] * 15)] * 15))
    page.is_sound()
    assert page.has("teach_start") != bool(page.errors)
    assert page.has("five")


def test_the_five_are_trained_one_by_one_and_their_cards_fill(monkeypatch: pytest.MonkeyPatch) -> None:
    def experiment(seed: int) -> Iterator[Result]:
        assert seed == 3
        for n in range(5):
            yield Result(f"Net-{n + 1}", seed, 0.75 + 0.05 * n)

    monkeypatch.setattr(lecun1989, "experiment", experiment)
    page = Page(train_seed="3")

    def measured() -> list[str]:
        return [card["facts"][2]["text"] for card in page.data("five")["cards"]]

    assert measured() == ["—"] * 5
    page.press("nets_start")
    assert measured()[:2] == ["75.0 %", "—"]
    page.wait("nets_stop", FIVE)
    assert measured() == ["75.0 %", "80.0 %", "85.0 %", "90.0 %", "95.0 %"]
    captions = [as_read(node.value) for node in page.at.caption]
    assert any("Net-1, Net-2, Net-3, Net-4, Net-5" in text and "not available" in text for text in captions)


def test_training_goes_on_after_a_look_at_the_other_pages_and_they_keep_their_state() -> None:
    link = {**QUICK, "kernel": "1,2;3,4", "image": "grid", "side": "10"}
    page = Page(**link)
    page.press("train_play")
    explore = {name: link[name] for name in ("kernel", "image", "side")}
    for path in ("explore", "channels"):
        page.go(path)
        assert page.query == explore
    page.put("members", 7)
    page.go("train")
    assert (page.query, page.playing) == (link, True)
    page.over()
    assert page.curves == wanted(truth())
    page.go("channels")
    assert (page.query["members"], page.value("members")) == ("7", 7)
