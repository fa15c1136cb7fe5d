"""What plays, pauses and steps is one run, and what is drawn of it is what was learned.

No browser: the visitor ticks the clock in its place, and a tick learns one record unless a test says otherwise.
"""

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st

from components.session import runs
from components.session.runs import Run
from components.widgets import player as widget
from tests.support.pictures import unpacked
from tests.support.player import Player, SequencePage, TrainPage, at_once, record_by_record
from tests.support.text import numbers
from tests.support.work import Busy

__all__ = ["record_by_record"]
pytestmark = pytest.mark.usefixtures("record_by_record")
every_page = pytest.mark.parametrize("kind", [TrainPage, SequencePage], ids=["train", "sequence"])


def quick(kind: type[Player] = TrainPage) -> Player:
    return kind(**kind.quick)


@every_page
def test_the_clock_alone_plays_to_the_end_and_reset_and_played_again_it_ends_alike(kind: type[Player]) -> None:
    page, rounds, key = quick(kind), kind.rounds(), kind.player
    before, empty = page.shown, page.facts
    assert page.named(f"{key}_reset").proto.disabled
    page.press(f"{key}_play")
    assert (page.named(f"{key}_step").proto.disabled, page.named(f"{key}_reset").proto.disabled) == (True, False)
    for epochs in (1, 2, 3):
        assert page.curves == kind.wanted(epochs)
        assert page.progress[0].startswith(f"epoch {epochs} of 3")
        page.tick()
    page.run()
    assert (page.curves, page.progress) == (kind.wanted(), ["epoch 3 of 3"])
    assert (page.playing, page.play_label) == (False, "Play again")
    results = rounds[-1].results
    for facts, score in zip(page.facts.values(), results.values(), strict=True):
        shares = [numbers(fact)[0] for fact in facts[:2]]
        assert shares == pytest.approx([100 * score.train, 100 * score.test], abs=0.5)
    lines = {trace["name"]: unpacked(trace["y"]).tolist() for trace in page.traces(kind.harder)}
    assert lines == {variant.name: list(score.harder or [score.test]) for variant, score in results.items()}
    after = page.shown
    assert not re.search(r"\b(nan|inf|infinity|(?-i:None))\b", str(after), re.IGNORECASE)
    page.press(f"{key}_reset")
    assert (page.shown, page.facts) == (before, empty)
    page.play()
    assert page.shown == after


@every_page
def test_a_step_is_an_epoch_and_stepped_to_the_end_the_next_press_starts_anew(kind: type[Player]) -> None:
    page, key = quick(kind), kind.player
    for epochs in (1, 2, 3):
        page.press(f"{key}_step")
        assert (page.curves, page.playing, page.progress) == (kind.wanted(epochs), False, [f"epoch {epochs} of 3"])
    assert page.play_label == "Play again"
    page.press(f"{key}_step")
    assert page.curves == kind.wanted(1)
    page.press(f"{key}_play")  # goes on from there
    page.over()
    assert page.curves == kind.wanted()


@pytest.mark.parametrize(("kind", "field", "value"), [(TrainPage, "rate", 0.02), (SequencePage, "readers", 6)])
def test_a_setting_changed_while_it_plays_ends_the_run_and_the_next_one_has_it(
    kind: type[Player], field: str, value: float
) -> None:
    page = quick(kind)
    page.press(f"{kind.player}_play")
    page.put(field, value)
    assert (page.epochs, page.playing) == (0, False)
    assert {text for facts in page.facts.values() for text in facts} == {"—"}
    page.play()
    assert page.curves == kind.wanted(link={field: str(value)}) != kind.wanted()


@pytest.mark.parametrize(("kind", "field"), [(TrainPage, "pace"), (SequencePage, "reading_pace")])
def test_what_is_not_about_the_run_leaves_it_running(kind: type[Player], field: str) -> None:
    page = quick(kind)
    page.press(f"{kind.player}_play")
    page.put(field, "step")
    assert page.epochs == 2
    page.over()
    assert page.curves == kind.wanted()


def test_a_tick_of_the_fast_pace_learns_as_much_as_there_is_time_for(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once(monkeypatch)
    fast, slow = quick(), TrainPage(**TrainPage.quick, pace="step")
    fast.press("train_play")
    slow.press("train_play")
    assert (fast.epochs, slow.epochs) == (3, 1)
    slow.put("pace", "fast")
    assert slow.curves == TrainPage.wanted()


def test_paused_nothing_moves_resumed_the_run_ends_as_if_it_had_not_been_and_reset_while_it_plays_it_stops() -> None:
    page = quick()
    page.press("train_play")
    page.press("train_play")
    paused = page.epochs
    page.run()
    page.tick()
    page.run()
    assert page.epochs == paused < 3
    assert page.play_label == "Play"
    page.play()
    assert page.curves == TrainPage.wanted()
    page.press("train_play")
    assert page.playing
    page.press("train_reset")
    page.run()
    assert (page.epochs, page.playing) == (0, False)


def test_who_has_to_wait_is_told_behind_how_many_and_begins_when_they_are_done(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = Busy()
    with monkeypatch.context() as patch:
        patch.setattr(runs, "pool", lambda: busy)
        patch.setattr(runs, "LATE", -1.0)  # whoever has waited at all has waited long
        page = quick()
        page.press("train_play")
        assert (page.epochs, page.playing) == (0, True)
        busy.work()
        page.tick()
        assert page.progress == ["epoch 1 of 3, waiting: 2 visitors ahead of you"]
        page.press("train_play")
        assert (page.play_label, page.progress) == ("Play", ["epoch 1 of 3"])
    page.play()
    assert page.curves == TrainPage.wanted()


def columns(node: Any, path: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:  # noqa: ANN401  # a part of the page
    """Where on the page there are columns."""
    if node.type == "column":
        yield path
    for place, child in getattr(node, "children", {}).items():
        yield from columns(child, (*path, place))


@pytest.mark.parametrize(("kind", "link"), [(TrainPage, {}), (SequencePage, {"sequence_tab": "digits"})])
def test_columns_stay_where_they_are_whether_a_run_is_recorded_at_work_over_or_in_trouble(
    kind: type[Player], link: dict[str, str]
) -> None:
    """Where a container comes and goes while the clock ticks, Streamlit's page breaks in the browser."""
    page = kind(**link)
    recorded = [*columns(page.at.main)]
    page = quick(kind)
    page.press(f"{kind.player}_play")
    working = [*columns(page.at.main)]
    page.over()
    over = [*columns(page.at.main)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("components.display.race.accuracy", _without_memory)
        page.press(f"{kind.player}_play")
    assert page.errors
    assert recorded == working == over == [*columns(page.at.main)]


def test_two_visitors_train_beside_each_other_as_each_would_alone() -> None:
    other_link = {"train_seed": "6", "readout": "mean"}
    one, other = quick(), TrainPage(**TrainPage.quick, **other_link)
    one.press("train_play")
    other.press("train_play")
    while one.playing or other.playing:
        one.run()
        other.run()
    assert (one.curves, other.curves) == (TrainPage.wanted(), TrainPage.wanted(link=other_link))


def _without_memory(*_: object) -> None:
    raise MemoryError


@every_page
def test_a_server_without_memory_is_a_sentence_and_the_page_goes_on(kind: type[Player]) -> None:
    page = quick(kind)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("components.display.race.accuracy", _without_memory)
        page.press(f"{kind.player}_play")
        (error,) = page.errors
        assert "memory" in error
        page.run()
        assert (page.playing, page.epochs) == (False, 0)
    page.play()
    assert (page.errors, page.curves) == ([], kind.wanted())


def test_training_goes_on_after_a_look_at_other_pages_which_keep_their_state_and_have_runs_of_their_own() -> None:
    link = {**TrainPage.quick, "kernel": "1,2;3,4", "image": "grid", "side": "10"}
    page = TrainPage(**link)
    page.press("train_play")
    setup = {name: link[name] for name in ("kernel", "image", "side")}
    for path in ("explore", "sequence", "channels"):
        page.go(path)
        assert setup.items() <= page.query.items()
        assert not page.has("reading_play") or page.named("reading_play").label == "Play"
    page.go("adaptive")
    page.put("members", 7)
    page.go("train")
    assert (page.query, page.playing) == (link, True)
    page.over()
    assert page.curves == TrainPage.wanted()
    page.go("adaptive")
    assert (page.query["members"], page.value("members")) == ("7", 7)


@pytest.mark.parametrize(
    ("spent", "share", "told"), [(10.0, 0.5, ", about 10 s left"), (1.0, 0.6, ""), (9.0, 0.01, ""), (10.0, 1.0, "")]
)
def test_time_left_is_told_from_a_second_on_once_it_can_be_guessed(
    monkeypatch: pytest.MonkeyPatch, spent: float, share: float, told: str
) -> None:
    found: list[str] = []
    bar = SimpleNamespace(progress=lambda _share, text: found.append(text))
    monkeypatch.setattr(st, "empty", lambda: bar)
    widget.progress(Run(running=True, spent=spent, reached=spent), share, "epoch 1 of 2")
    assert found == [f"epoch 1 of 2{told}"]
