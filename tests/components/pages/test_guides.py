"""The teacher's guides: a guide for each tab, links that open what the text says, numbers that follow from the link."""

import ast
import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from math import log10
from typing import Protocol, TypeVar
from urllib.parse import parse_qsl, urlencode

import pytest

from components.display.guide import Activity, Guide, query_of
from components.pages.adaptive.state import Adaptive
from components.pages.channels.state import Channels
from components.pages.compare.state import Compare
from components.pages.sequence.state import DigitClassifier, RunningSum, Sequence
from components.pages.sharing.state import Factorised, Reuse, Sharing
from components.pages.train.state import Train
from components.state.link import State, from_query
from components.state.setup import Setup
from tests.support.pages import PATHS, ROOT
from tests.support.visitor import AnyPage

S = TypeVar("S", bound=State)


class Opened(Protocol):
    """The state of a class that a link opens."""

    def __call__(self, kind: type[S]) -> S: ...


Numbers = list[float] | Callable[[Opened], list[float]]
NAMES = ("im2col", "float32", "MobileNet v1", "1 × 1", "of 1989", "conv 8 3", "dense 10")  # digits of names
SMALL = 32  # pixels a side at which Compare wires its layers up
every_page = pytest.mark.parametrize("path", PATHS)


@cache
def guides(path: str) -> tuple[Guide, ...]:
    found: tuple[Guide, ...] = import_module(f"components.pages.{path}.guide").guides()
    return found


def parsed(activity: Activity, kind: type[S]) -> S:
    """The state of this class that the activity's link opens."""
    query = dict(parse_qsl(urlencode(query_of(activity.states)), keep_blank_values=True))
    state, notes = from_query(query, kind())
    assert not notes
    return state


@every_page
def test_a_guide_is_whole_and_its_plan_takes_ten_minutes_or_a_lecture(path: str) -> None:
    assert len({guide.title for guide in guides(path)}) == len(guides(path)) > 0
    for guide in guides(path):
        assert all((guide.title, guide.objective, guide.misconception, guide.fits))
        minutes = sum(activity.minutes for activity in guide.plan)
        assert minutes == (45 if guide.title == "A lecture of 45 minutes" else 10)
        assert any(activity.states for activity in guide.plan)
        assert len(guide.questions) == 3
        assert all(asked.endswith("?") or asked.startswith("Name") for asked, _ in guide.questions)
        assert all(answer.endswith(".") for _, answer in guide.questions)


@every_page
def test_whoever_is_to_predict_does_not_see_the_recorded_run(path: str) -> None:
    told = re.compile(r"\b(predict|vote|sketch)\b", re.IGNORECASE)
    for guide in guides(path):
        for activity in guide.plan:
            if not activity.states or not told.search(activity.text):
                continue
            page = AnyPage(path, **query_of(activity.states))
            shown = [node.value for node in page.at.caption if node.value.startswith("Recorded on")]
            assert shown == [], (guide.title, activity.text)


@every_page
def test_no_number_in_a_guide_is_typed(path: str) -> None:
    source = (ROOT / "components" / "pages" / path / "guide.py").read_text("utf-8")
    nodes = (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    texts = [value for value in nodes if isinstance(value, str) and " " in value]
    for text in texts:
        for name in NAMES:
            text = text.replace(name, "")
        assert not re.search(r"\d", text), text


def local(side: int, K: int = 3) -> int:
    return (side - K + 1) ** 2 * K**2


def dense(side: int, K: int = 3) -> int:
    return (side - K + 1) ** 2 * side**2


def untied(T: int, F: int, H: int) -> int:
    return T * H * (F + 1) + (T - 1) * H * H


def in_text(n: float) -> str:
    return f"{n:,.3g}" if isinstance(n, float) else f"{n:,}"


SAYS: list[tuple[str, int, int, Numbers]] = [  # the page, the guide, the activity, its numbers by hand
    ("explore", 0, 0, lambda of: [(of(Setup).side - 2) ** 2]),
    ("explore", 0, 1, lambda of: [local(of(Setup).side), dense(of(Setup).side), 9]),
    ("explore", 0, 2, lambda of: [9, (of(Setup).side - 2) ** 2]),
    ("compare", 0, 0, [dense(SMALL), local(SMALL), 9]),
    ("compare", 1, 1, lambda of: [round(of(Setup).side ** 2 / 9), (of(Setup).side - 2) ** 2]),
    ("compare", 1, 2, lambda of: [of(Setup).side, (of(Setup).side - 2) ** 2, 9]),
    ("compare", 3, 0, [Compare().down, Compare().right]),  # which is still to be dragged
    ("compare", 4, 0, [SMALL**2]),
    ("compare", 5, 0, lambda of: [of(Compare).pasted]),
    ("compare", 5, 1, lambda of: [of(Compare).pictures]),
    ("compare", 6, 2, lambda of: [len(of(Setup).kernel), local(SMALL, len(of(Setup).kernel)), SMALL**2]),
    ("channels", 0, 0, lambda of: [3, of(Channels).outputs, of(Channels).outputs * 3 * 9]),
    ("channels", 1, 1, lambda of: [n + 1 for n in of(Channels).cell]),
    ("channels", 2, 1, lambda of: [4 * 3 * 9 + 4, 4 * (of(Setup).side - 2) ** 2 * (3 * of(Setup).side ** 2 + 1)]),
    ("adaptive", 0, 0, lambda of: [of(Adaptive).lags, of(Adaptive).members * of(Adaptive).lags]),
    ("adaptive", 0, 1, lambda of: [of(Adaptive).mu, 2 / (8 + 2), 2 * 4 / (8 + 4 + 1)]),
    ("adaptive", 0, 2, lambda of: [of(Adaptive).mismatch, of(Adaptive).mu * 0.01 * 8 * (1 - 1 / 4) / 2]),
    ("adaptive", 1, 0, lambda of: [of(Adaptive).members ** 2 * of(Adaptive).lags, 4 * 8]),
    ("adaptive", 1, 1, lambda of: [of(Adaptive).mu, 2 / (4 * 8 + 2), 2 / (8 + 2)]),
    ("adaptive", 2, 0, [10**2, 9, 900]),
    ("train", 0, 0, lambda of: [1600 * (14**2 + 1), 1600 * 26, 16 * 26, of(Train).examples]),
    ("train", 0, 1, lambda of: [of(Train).examples]),
    ("train", 3, 1, lambda of: [n + 1 for n in of(Train).watched]),
    ("train", 4, 0, [dense(8), 9]),
    ("train", 4, 1, lambda of: [of(Train).disturbance]),
    ("train", 5, 0, [2570, 2570, 5194, 1060]),
    ("network", 0, 1, [3 + 1 + 2 * 2]),
    ("network", 1, 0, [8 * 10 + 16 * 73 + 10 * 257]),
    ("network", 1, 1, [8 * 10 + 10 * 9]),
    ("network", 4, 0, [24, 64, 3, 13, 39]),
    ("network", 4, 1, [7 * 7 * 512 * 4096, 384, 6, 36]),
    ("sequence", 0, 0, lambda of: [of(Sequence).length, 3 * (2 + 3 + 1), untied(of(Sequence).length, 2, 3)]),
    ("sequence", 0, 1, lambda of: [of(Sequence).length, 18, untied(of(Sequence).length, 2, 3)]),
    ("sequence", 1, 0, lambda of: [of(RunningSum).steps * times for times in (1, 2, 4)]),
    ("sequence", 2, 1, lambda of: [of(Sequence).radius]),
    ("sequence", 3, 0, lambda of: [16 * (8 + 16 + 1), untied(8, 8, of(DigitClassifier).units)]),
    ("sequence", 4, 0, [18, untied(5, 2, 3), untied(10, 2, 3)]),
    ("sequence", 4, 1, [256 * 3 * (256 * 2 + 1)]),
    ("sharing", 0, 0, lambda of: [of(Sharing).points ** 4, of(Sharing).points ** 2]),
    ("sharing", 0, 1, [6]),
    ("sharing", 1, 0, [16, 4]),
    ("sharing", 2, 0, lambda of: [of(Reuse).uses, 2 * 9, 2 * 9 * of(Reuse).uses]),
    ("sharing", 2, 1, lambda of: [of(Reuse).inputs * of(Reuse).units, 2 * of(Reuse).inputs * of(Reuse).units]),
    ("sharing", 3, 0, lambda of: [2 * of(Factorised).side, of(Factorised).side ** 2]),
    ("sharing", 3, 1, lambda of: [2 * 4 * of(Factorised).rank, 16]),
    ("quiz", 0, 0, [8]),
    ("lesson", 0, 0, [324, 9, 36]),
    ("lesson", 0, 2, [dense(32), local(32), 9]),
    ("lesson", 1, 2, [36]),
    ("lesson", 1, 3, [dense(8), local(8), 9]),
]  # fmt: skip


@pytest.mark.parametrize(("path", "guide", "activity", "numbers"), SAYS, ids=[f"{s[0]}-{s[1]}-{s[2]}" for s in SAYS])
def test_the_numbers_said_follow_from_the_state_of_the_link(
    path: str, guide: int, activity: int, numbers: Numbers
) -> None:
    one = guides(path)[guide].plan[activity]
    said = [number.rstrip(",") for number in re.findall(r"\d[\d,]*(?:\.\d+)?", one.text)]
    for n in numbers(lambda kind: parsed(one, kind)) if callable(numbers) else numbers:
        assert in_text(n) in said, one.text


def test_the_gain_in_decibels_is_that_of_the_number_of_channels() -> None:
    first = guides("adaptive")[0].plan[0]
    assert f"{10 * log10(parsed(first, Adaptive).members):.1f} dB" in first.text


@pytest.mark.long
@every_page
def test_every_link_opens_its_tab_and_its_states_without_a_warning(path: str) -> None:
    for guide in guides(path):
        for states, page in {(activity.states, activity.page) for activity in guide.plan if activity.states}:
            at = {"": path, "./": PATHS[0]}.get(page, page)
            seen = AnyPage(at, **dict(parse_qsl(urlencode(query_of(states)))))
            assert not seen.warnings
            assert {seen.at.session_state["session"].states.of(type(state)) for state in states} == {*states}
            if len(guides(path)) > 1 and path != "lesson":  # its two guides are no tabs
                assert seen.tab == guide.title
