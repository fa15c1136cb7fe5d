"""The Train page as a visitor meets it: what plays, pauses and steps is one run, and its figures are those measured.

No browser: `Visitor` ticks the clock in its place. A tick of the page's clock learns one record unless a test says
otherwise.
"""

import csv
import re
from collections.abc import Iterator
from functools import cache
from io import StringIO
from typing import Any

import pytest

from components.pages.train import charts, controls, data_size, lecun1989
from components.pages.train import race as contest
from components.pages.train.lecun1989 import Result
from components.pages.train.race import Round
from components.pages.train.state import Train
from components.session.queue import LINE
from components.state.link import declared, from_query, limits
from components.state.setup import View
from tests.support.pictures import unpacked
from tests.support.player import Curves, Player, at_once
from tests.support.text import numbers
from tests.support.visitor import as_read

RACE, SWEEP, TEACH, FIVE = range(4)  # the page's fragments, counted from above
ANCHORS = ["gradient", "more", "teacher", "nets"]
QUICK = {"examples": "20", "epochs": "3", "batch": "20", "racers": "dense,conv"}
NAMES: dict[View, str] = {
    "dense": "Fully connected",
    "local": "Locally connected",
    "tiled": "Tiled",
    "conv": "Convolution",
}
COMPONENTS = ("digits", "contest", "gradient", "five")
pytestmark = pytest.mark.usefixtures("record_by_record")


class Page(Player):
    """One visitor's session on the Train page."""

    path = "train"
    player, race = "train", "race"
    clock = RACE

    @property
    def standing(self) -> str:
        """The sentence about the contest."""
        return next(line for line in self.said if re.match(r"Press \*\*Play|After \d+ epoch|\*\*", line))

    @property
    def facts(self) -> dict[str, dict[str, str]]:
        return {
            card["title"]: {fact["name"]: fact["text"] for fact in card["facts"]}
            for card in self.data("contest")["cards"]
        }

    @property
    def shown(self) -> dict[str, Any]:
        """What is sent to the components, what is drawn and what is said of the contest."""
        sent = {key: self.named(key).proto.json for key in COMPONENTS if self.has(key)}
        return sent | {"curves": self.curves, "standing": self.standing}

    def wait(self, key: str, fragment: int) -> None:
        """As long as this button says that something runs."""
        for _ in range(200):
            self.run()
            if not self.has(key):
                return
            self.tick(fragment)
        raise AssertionError(key)


@cache
def truth(**more: str) -> tuple[Round, ...]:
    """The contest of this link, run at once."""
    own, notes = from_query(QUICK | more, Train())
    assert notes == ()
    return tuple(filter(None, contest.contest(own)))


def wanted(rounds: tuple[Round, ...], epochs: int | None = None) -> Curves:
    """What the learning curves must be after so many epochs."""
    found: Curves = {}
    for kind, scrambled in rounds[0].scores:
        for told, which in (("unseen", "test"), ("trained with", "train")):
            label = f"{NAMES[kind]}{', scrambled' * scrambled}, {told}"
            found[label] = [getattr(r.scores[kind, scrambled], which) for r in rounds[:epochs]]
    return found


# The page.


def test_a_first_visit_shows_every_section_in_order_without_a_word_of_warning() -> None:
    page = Page()
    page.is_sound()
    assert (page.errors, page.warnings, page.query) == ([], [], {})
    assert [node.proto.anchor for node in page.at.header] == ANCHORS
    linked = [anchor for text in page.at.markdown for anchor in re.findall(r"\(#([\w-]+)\)", text.value)]
    assert linked == ANCHORS
    order = ["train_play", "train_step", "race", "digits", "contest", "gradient", "sweep_start", "teach_start"]
    keys = [node.key for node in page.at.main if getattr(node, "key", None) in (*order, "nets_start", "five", "table")]
    assert keys == [*order, "nets_start", "five"]
    assert page.progress == ["epoch 0 of 40"]
    assert "**Play**" in page.standing
    before = page.shown
    page.run()
    assert page.shown == before
    assert page.epochs == 0


def test_before_training_no_accuracy_is_claimed() -> None:
    page = Page()
    assert {text for facts in page.facts.values() for text in facts.values()} == {"—"}
    assert list(page.facts) == [NAMES[kind] for kind in ("dense", "local", "conv")]
    headlines = [numbers(card["headline"])[0] for card in page.data("contest")["cards"]]
    assert headlines == [315_370, 41_770, 586]


# Playing.


def test_the_clock_alone_plays_to_the_end_and_then_the_button_comes_back() -> None:
    page, rounds = Page(**QUICK), truth()
    page.press("train_play")
    for epochs in (1, 2, 3):
        assert page.curves == wanted(rounds, epochs)
        assert page.progress[0].startswith(f"epoch {epochs} of 3")
        page.tick()
    page.run()
    assert page.curves == wanted(rounds)
    assert (page.playing, page.named("train_play").label) == (False, "Play again")
    assert page.progress == ["epoch 3 of 3"]
    for kind in ("dense", "conv"):
        score, facts = rounds[-1].scores[kind, False], page.facts[NAMES[kind]]
        assert numbers(facts["right of those it has never seen"]) == pytest.approx([100 * score.test], abs=0.5)
        assert numbers(facts["right of those it trained with"]) == pytest.approx([100 * score.train], abs=0.5)
    before = page.shown
    page.run()
    assert page.shown == before


def test_time_left_is_only_told_while_there_is_some() -> None:
    page = Page(**QUICK)
    page.press("train_play")
    assert "about" in page.progress[0]
    page.tick()
    page.tick()
    assert page.progress[0].startswith("epoch 3 of 3")
    assert "left" not in page.progress[0]


def test_a_tick_of_the_fast_pace_learns_as_much_as_there_is_time_for(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once(monkeypatch)
    fast, slow = Page(**QUICK), Page(**QUICK, pace="step")
    fast.press("train_play")
    slow.press("train_play")
    assert (fast.epochs, slow.epochs) == (3, 1)
    assert fast.curves == wanted(truth())


def test_paused_nothing_moves_and_resumed_the_run_ends_as_if_it_had_not_been() -> None:
    page, rounds = Page(**QUICK, scrambled="0"), truth()
    page.press("train_play")
    page.press("train_play")
    paused = page.epochs
    page.run()
    page.run()
    assert page.epochs == paused < 3
    assert page.named("train_play").label == "Play"
    page.press("train_play")
    page.over()
    assert page.curves == wanted(rounds)


def test_a_step_is_an_epoch_and_stepping_gets_where_playing_does() -> None:
    page, rounds = Page(**QUICK), truth()
    for epochs in (1, 2, 3):
        page.press("train_step")
        assert page.curves == wanted(rounds, epochs)
        assert not page.playing
        assert page.progress == [f"epoch {epochs} of 3"]


def test_after_a_step_playing_goes_on_from_there() -> None:
    page = Page(**QUICK)
    page.press("train_step")
    page.press("train_play")
    page.over()
    assert page.curves == wanted(truth())


def test_stepped_to_the_end_the_run_is_over_and_the_next_press_starts_anew() -> None:
    page = Page(**QUICK)
    for _ in range(3):
        page.press("train_step")
    assert page.named("train_play").label == "Play again"
    page.press("train_step")
    assert page.curves == wanted(truth(), 1)


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


def test_while_it_plays_there_is_no_step_and_reset_is_offered() -> None:
    page = Page(**QUICK)
    assert page.named("train_reset").proto.disabled
    page.press("train_play")
    assert page.named("train_step").proto.disabled
    assert not page.named("train_reset").proto.disabled


def test_reset_goes_back_to_before_training_and_the_next_run_is_the_same() -> None:
    page = Page(**QUICK)
    before = page.shown
    page.play()
    after = page.shown
    page.press("train_reset")
    assert page.shown == before
    assert not page.has("table")
    page.play()
    assert page.shown == after


def test_reset_while_it_plays_stops_it() -> None:
    page = Page(**QUICK)
    page.press("train_play")
    page.run()
    page.press("train_reset")
    page.run()
    assert (page.epochs, page.playing) == (0, False)


@pytest.mark.parametrize(("field", "value"), [("train_seed", 1), ("rate", 0.02), ("epochs", 2), ("scrambled", True)])
def test_a_number_changed_while_it_plays_ends_the_run_and_the_next_one_has_it(field: str, value: Any) -> None:  # noqa: ANN401
    page = Page(**QUICK)
    page.press("train_play")
    page.put(field, value)
    assert (page.epochs, page.playing, page.has("train_play")) == (0, False, True)
    assert "**Play**" in page.standing
    assert {text for facts in page.facts.values() for text in facts.values()} == {"—"}
    page.play()
    rounds = truth(**{field: str(int(value) if isinstance(value, bool) else value)})
    assert page.curves == {name: y for name, y in wanted(rounds).items() if field != "scrambled" or "unseen" in name}


@pytest.mark.parametrize(("field", "value"), [("watched0", 4), ("disturbance", 0.5), ("pace", "step")])
def test_what_is_not_about_the_contest_leaves_it_running(field: str, value: object) -> None:
    page = Page(**QUICK)
    page.press("train_play")
    page.put(field, value)
    assert page.playing
    page.over()
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


def test_the_goal_with_the_first_settings_the_page_measures_thirty_points_between_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at_once(monkeypatch)
    page = Page(racers="dense,conv")
    page.press("train_play")
    right = {title: numbers(facts["right of those it has never seen"])[0] for title, facts in page.facts.items()}
    assert right["Convolution"] >= right["Fully connected"] + 30
    assert numbers(page.standing.replace("**", ""))[:4] == [40, 300, right["Convolution"], right["Fully connected"]]
    ends = {name: curve[-1] for name, curve in page.curves.items()}
    for title, share in right.items():
        assert 100 * ends[f"{title}, unseen"] == pytest.approx(share, abs=0.5)


def test_how_far_a_digit_may_be_moved_appears_when_it_was_looked_at() -> None:
    page = Page(**QUICK)
    page.press("train_step")
    assert (page.has("digits"), page.has("further")) == (True, False)
    page.press("train_step")
    page.press("train_step")
    assert (page.has("digits"), page.has("further")) == (True, True)
    for trace in page.traces("further"):
        kind = next(kind for kind, title in NAMES.items() if title == trace["name"])
        assert unpacked(trace["y"]).tolist() == list(truth()[-1].scores[kind, False].by_distance)
        assert unpacked(trace["x"]).tolist() == [0, 1, 2, 3]


def test_the_table_can_be_taken_away_in_the_end_and_holds_every_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
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
    rows = list(csv.DictReader(StringIO(texts[-1])))
    scores = [(r.number, kind, s) for r in truth() for (kind, _), s in r.scores.items()]
    assert [(int(row["epoch"]), row["first layer"]) for row in rows] == [(n, NAMES[kind]) for n, kind, _ in scores]
    assert [float(row["test accuracy"]) for row in rows] == [score.test for _, _, score in scores]
    assert [float(row["loss"]) for row in rows] == [score.loss for _, _, score in scores]


WILD = {"optimiser": "momentum", "rate": "10", "batch": "1", "examples": "20", "epochs": "4", "racers": "dense,conv"}


@pytest.mark.filterwarnings("ignore:(overflow|invalid):RuntimeWarning")
def test_divergence_is_named_with_what_to_change_and_no_number_on_the_page_is_none() -> None:
    page = Page(**WILD)
    page.play()
    assert "**Fully connected diverged**" in page.standing
    assert "Take a smaller rate" in page.standing
    everything = " ".join([*page.said, *page.progress, str(page.facts), page.named("race").proto.alt])
    everything += "".join(page.named(key).proto.json for key in COMPONENTS if page.has(key))
    assert not re.search(r"\b(nan|inf|infinity)\b", everything, re.IGNORECASE)
    assert not re.search(r"NaN|Infinity", page.named("race").proto.spec)


@pytest.mark.filterwarnings("ignore:(overflow|invalid):RuntimeWarning")
def test_when_a_convolution_diverged_the_gradient_is_said_to_be_of_the_epoch_it_is_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rounds = truth()

    def ended(_own: Train) -> Iterator[Round]:
        """The convolution ends after two epochs, the other network after three."""
        for round in rounds:
            scores = {entry: score for entry, score in round.scores.items() if round.number < 3 or entry[0] == "dense"}
            yield Round(round.number, scores, round.shared if round.number < 3 else None)

    monkeypatch.setattr(contest, "contest", ended)
    page = Page(**QUICK)
    page.play()
    (said,) = (line for line in page.said if "of the contest above" in line)
    assert said.startswith("After epoch 2 ")


# Who races.


def test_racers_cannot_become_none() -> None:
    page = Page(**QUICK)
    page.put("racers", ["conv"])
    assert page.query["racers"] == "conv"
    assert list(page.facts) == ["Convolution"]
    page.put("racers", [])
    assert (page.value("racers"), page.query["racers"], page.warnings) == (["conv"], "conv", [])
    assert list(page.facts) == ["Convolution"]
    page.put("racers", ["conv", "tiled", "dense"])
    assert page.value("racers") == ["dense", "tiled", "conv"]
    assert list(page.facts) == ["Fully connected", "Tiled", "Convolution"]


def test_scrambled_pixels_double_the_field() -> None:
    page = Page(**QUICK)
    page.put("scrambled", True)
    assert list(page.facts) == [
        "Fully connected", "Convolution", "Fully connected, scrambled", "Convolution, scrambled",
    ]  # fmt: skip
    page.play()
    last = truth(scrambled="1")[-1].scores
    assert page.curves == {name: y for name, y in wanted(truth(scrambled="1")).items() if name.endswith("unseen")}
    assert last["dense", True].test == pytest.approx(last["dense", False].test, abs=3.01 / 600)


# The gradient.


def test_the_gradient_is_taken_apart_before_training_and_after_it() -> None:
    page = Page(**QUICK)
    before = page.data("gradient")
    assert any("Before training" in line for line in page.said)
    page.play()
    assert any(line.startswith("After epoch 3 ") for line in page.said)
    assert page.data("gradient") != before
    for data in (before, page.data("gradient")):
        apart, whole = data["cards"]
        total, shared = float(apart["facts"][0]["exact"]), float(whole["facts"][0]["exact"])
        assert total == pytest.approx(shared, rel=1e-9)
        assert whole["facts"][0]["good"] is True


def test_another_weight_is_watched_and_is_in_the_link() -> None:
    page = Page(**QUICK)
    assert [page.value(f"watched{n}") for n in range(3)] == [1, 3, 3]
    page.put("watched0", 4)
    page.put("watched2", 5)
    assert page.query == {**QUICK, "watched": "3,2,4"}
    assert page.data("gradient")["cards"][0]["title"] == "∂L/∂F₃₅ of kernel 4, place by place"
    assert page.data("gradient")["cards"][1]["pictures"][0]["marks"] == [[2, 4, 1, 1]]


# Links.


LINK = {
    "racers": "local,conv",
    "examples": "50",
    "reach": "1",
    "readout": "mean",
    "scrambled": "1",
    "optimiser": "momentum",
    "rate": "0.0125",
    "batch": "7",
    "epochs": "4",
    "train_seed": "12",
    "pace": "step",
    "watched": "15,0,4",
    "disturbance": "0.25",
}


def test_every_value_of_a_link_is_where_it_belongs() -> None:
    page = Page(**LINK)
    page.is_sound()
    assert (page.query, page.errors, page.warnings) == (LINK, [], [])
    assert set(LINK) == set(Train.__dataclass_fields__)
    assert page.value("racers") == ["local", "conv"]
    for name in ("examples", "reach", "rate", "batch", "epochs", "train_seed", "disturbance"):
        assert page.value(name) == float(LINK[name])
    assert [page.value(name) for name in ("readout", "optimiser", "pace")] == ["mean", "momentum", "step"]
    assert page.value("scrambled") is True
    assert [page.value(f"watched{n}") for n in range(3)] == [16, 1, 5]
    assert Page(**page.query).shown == page.shown


BY_HAND: dict[str, object] = {
    "racers": ["local", "conv"], "examples": 50, "reach": 1, "readout": "mean", "scrambled": True,
    "optimiser": "momentum", "rate": 0.0125, "batch": 7, "epochs": 4, "train_seed": 12, "pace": "step",
    "watched0": 16, "watched1": 1, "watched2": 5, "disturbance": 0.25,
}  # fmt: skip


@pytest.mark.parametrize("name", LINK)
def test_what_is_set_by_hand_is_what_its_link_brings(name: str) -> None:
    page = Page()
    for field in BY_HAND:
        if field.rstrip("012") == name:
            page.put(field, BY_HAND[field])
    assert (page.query, page.warnings) == ({name: LINK[name]}, [])
    assert Page(**page.query).shown == page.shown


EVERYTHING = ["", "x" * 20_000, "<script>alert(1)</script>", "nan", "1e300", "[1](//example.org)"]
DOMAINS: dict[str, list[str]] = {
    "racers": ["conv,recurrent", "Dense", ","],
    "examples": ["9", "1001", "3e2"],
    "reach": ["-1", "4", "1.5"],
    "readout": ["Max", "median", "0"],
    "scrambled": ["2", "yes", "True"],
    "optimiser": ["sgd", "Adam", "0"],
    "rate": ["0", "-0.1", "10.1"],
    "batch": ["0", "257", "2.5"],
    "epochs": ["0", "101", "-5"],
    "train_seed": ["-1", "10000", "9" * 400],
    "pace": ["slow", "Fast", "1"],
    "watched": ["16,0,0", "0,5,0", "0,0"],
    "disturbance": ["0", "10.5", "inf"],
}
HOSTILE = [dict.fromkeys(DOMAINS, text) for text in EVERYTHING] + [
    {name: texts[n] for name, texts in DOMAINS.items()} for n in range(3)
]


@pytest.mark.parametrize("damaged", HOSTILE, ids=lambda damaged: str(damaged["epochs"])[:12])
def test_hostile_values_in_a_link_are_each_refused_in_words_and_nothing_moves(damaged: dict[str, str]) -> None:
    page = Page(**damaged)
    page.is_sound()
    assert (page.query, page.errors) == ({}, [])
    assert page.shown == first().shown
    told = [found for text in page.warnings for found in re.findall(r"^The link's (\w+) must be ", text)]
    assert sorted(told) == sorted(DOMAINS)
    assert max(map(len, page.warnings)) < 400


@cache
def first() -> Page:
    """A first visit, to compare with: nothing is ever done in it."""
    return Page()


@pytest.mark.parametrize("sound", LINK)
def test_one_sound_value_among_hostile_ones_is_honoured(sound: str) -> None:
    page = Page(**{name: texts[0] for name, texts in DOMAINS.items() if name != sound}, **{sound: LINK[sound]})
    page.is_sound()
    assert page.query == {sound: LINK[sound]}
    assert len(page.warnings) == len(DOMAINS) - 1
    page.run()
    assert page.warnings == []


LIMITS: dict[str, tuple[float, float]] = {
    **{declared(Train)[name].link: limits(Train, name)
       for name in ("examples", "reach", "rate", "batch", "epochs", "seed", "disturbance")},
    "watched0": (1, 16), "watched1": (1, 5), "watched2": (1, 5),
}  # fmt: skip


def test_a_number_beyond_its_limits_never_comes_in() -> None:
    page = Page(**QUICK)
    for field, (low, high) in LIMITS.items():
        whole = isinstance(low, int)
        for value in (low - 1, high + 1):
            page.put(field, int(value) if whole else float(value))
            assert low <= page.value(field) <= high
            assert (page.errors, page.warnings) == ([], [])
    assert from_query(page.query, Train())[1] == ()


@pytest.mark.parametrize(
    "link",
    [
        {"examples": "10", "batch": "256", "epochs": "1", "racers": "dense"},
        {"examples": "1000", "reach": "0", "readout": "flat", "racers": "tiled"},
        {"train_seed": "9999", "epochs": "100", "rate": "10"},
        {"disturbance": "0.001", "kernel": "1"},
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


# With more digits.


def test_the_sweep_runs_by_its_own_clock_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_size, "SIZES", (20, 40))
    page = Page(**QUICK)
    own, _ = from_query(QUICK, Train())
    points = list(filter(None, data_size.sweep(own)))
    page.press("sweep_start")
    assert (page.has("sweep_stop"), page.has("sweep_start")) == (True, False)
    assert sum(len(unpacked(trace["y"])) for trace in page.traces("sweep")) == 1
    page.wait("sweep_stop", SWEEP)
    assert page.named("sweep_start").label == "Train them all again"
    drawn = {trace["name"]: unpacked(trace["y"]).tolist() for trace in page.traces("sweep")}
    assert drawn == {NAMES[k]: [p.value for p in points if p.kind == k] for k in ("dense", "conv")}
    (said,) = (line for line in page.said if line.startswith("Right of the unseen digits"))
    assert numbers(said) == pytest.approx(
        [n for size in (20, 40) for n in (size, *(100 * p.value for p in points if p.n == size))], abs=0.5
    )
    assert page.epochs == 0


def test_stopping_the_sweep_keeps_its_points(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_size, "SIZES", (20, 40))
    page = Page(**QUICK)
    page.press("sweep_start")
    page.press("sweep_stop")
    page.run()
    assert (page.has("sweep_start"), page.has("sweep_stop")) == (True, False)
    assert len(page.traces("sweep")) == 1


@pytest.mark.filterwarnings("ignore:(overflow|invalid):RuntimeWarning")
def test_networks_that_diverge_with_more_digits_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_size, "SIZES", (20,))
    page = Page(**WILD)
    page.press("sweep_start")
    page.wait("sweep_stop", SWEEP)
    assert any("diverge" in line for line in page.said if "unseen digits" in line or "diverge" in line)


# Taught by a kernel.


def taught_with(monkeypatch: pytest.MonkeyPatch, *pairs: int) -> None:
    """Lessons of so many examples."""
    for module in (data_size, charts):
        monkeypatch.setattr(module, "PAIRS", pairs)


def test_a_hidden_kernel_teaches_until_all_have_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    taught_with(monkeypatch, 16, 512)
    page = Page(kernel="1,2;3,-4", disturbance="0.5")
    assert any("**Teach**" in line for line in page.said)
    page.press("teach_start")
    page.wait("teach_stop", TEACH)
    assert page.named("teach_start").label == "Teach again"
    found = {trace["name"]: unpacked(trace["y"]).tolist() for trace in page.traces("students")}
    weights = {"Fully connected": 49 * 64, "Locally connected": 49 * 4, "Tiled": 4 * 4, "Convolution": 4}
    for title, p in weights.items():
        assert len(found[f"{title}, p = {p:,}"]) == 2
        assert found[f"{title}, p = {p:,}, σ²·p/n derived"][-1] == pytest.approx(0.5 * p / 512)
    assert found["Locally connected, p = 196"][-1] == pytest.approx(0.5 * 196 / 512, rel=0.2)
    (said,) = (line for line in page.said if line.startswith("Excess error after 512 examples,"))
    assert numbers(said)[5:9] == [49 * 64, 196, 16, 4]


def test_another_noise_or_kernel_begins_the_lesson_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    taught_with(monkeypatch, 8)
    page = Page()
    page.press("teach_start")
    page.wait("teach_stop", TEACH)
    assert page.has("students")
    page.put("disturbance", 0.3)
    assert not page.has("students")
    assert any("**Teach**" in line for line in page.said)


def ones(K: int, L: int) -> str:
    return ";".join([",".join(["1"] * L)] * K)


@pytest.mark.parametrize("size", [(15, 15), (1, 1), (15, 8)], ids=str)
def test_a_kernel_of_any_size_can_teach_or_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    taught_with(monkeypatch, data_size.PAIRS[-1])  # the most examples need the most room
    monkeypatch.setattr(data_size, "TRIALS", 1)
    monkeypatch.setattr(data_size, "KINDS", ("conv",))
    page = Page(kernel=ones(*size))
    page.is_sound()
    assert [node.proto.anchor for node in page.at.header] == ANCHORS
    if not page.has("teach_start"):
        assert len(page.errors) == 1
        return
    page.press("teach_start")
    page.wait("teach_stop", TEACH)
    assert page.has("students") or len(page.errors) == 1
    assert page.has("five")


# The five of 1989.


def test_the_five_are_trained_one_by_one_and_their_columns_fill(monkeypatch: pytest.MonkeyPatch) -> None:
    def experiment(seed: int) -> Iterator[Result]:
        assert seed == 3
        for n in range(5):
            yield Result(f"Net-{n + 1}", seed, 0.75 + 0.05 * n)

    monkeypatch.setattr(lecun1989, "experiment", experiment)
    page = Page(train_seed="3")
    cards = page.data("five")["cards"]
    assert [numbers(card["headline"])[0] for card in cards] == [2570, 3214, 1226, 1132, 1060]
    assert [numbers(card["facts"][0]["text"])[0] for card in cards] == [2570, 3214, 1226, 2266, 5194]
    assert [numbers(card["facts"][1]["text"])[0] for card in cards] == [80, 87, 88.5, 94, 98.4]
    assert [card["facts"][2]["text"] for card in cards] == ["—"] * 5
    page.press("nets_start")
    assert [card["facts"][2]["text"] for card in page.data("five")["cards"]][:2] == ["75.0 %", "—"]
    page.wait("nets_stop", FIVE)
    cards = page.data("five")["cards"]
    assert [card["facts"][2]["text"] for card in cards] == ["75.0 %", "80.0 %", "85.0 %", "90.0 %", "95.0 %"]
    captions = [as_read(node.value) for node in page.at.caption]
    assert any("Net-1, Net-2, Net-3, Net-4, Net-5" in text and "not available" in text for text in captions)


# One session, four pages.


def test_training_goes_on_after_a_look_at_the_other_pages_and_they_keep_their_state() -> None:
    link = {**QUICK, "kernel": "1,2;3,4", "image": "grid", "side": "10"}
    page = Page(**link)
    page.press("train_play")
    explore = {name: link[name] for name in ("kernel", "image", "side")}
    for path in ("explore", "compare", "channels"):
        page.go(path)
        assert page.query == explore
    page.go("train")
    assert page.query == link
    assert page.playing
    page.over()
    assert page.curves == wanted(truth())
    page.go("explore")
    assert page.data("loom")["kernel"] == [[1, 2], [3, 4]]
    page.go("train")
    assert page.curves == wanted(truth())


def test_what_was_set_on_channels_is_still_there_after_training() -> None:
    page = Page(**QUICK)
    page.go("channels")
    page.put("members", 7)
    page.go("train")
    page.play()
    page.go("channels")
    assert (page.query, page.value("members")) == ({"members": "7"}, 7)
