"""A visitor of a page on which networks learn: Play, Pause and Step, and the curves that are drawn of it."""

import json
import re
from functools import cache
from typing import Any, ClassVar

import pytest

from components.display.race import Round
from components.pages.sequence import digits
from components.pages.sequence.state import DigitClassifier
from components.pages.train import race
from components.pages.train.state import Train
from components.state.link import from_query
from components.widgets import player
from tests.support.pictures import unpacked
from tests.support.visitor import Visitor, as_read
from tests.support.work import records_of

Curves = dict[str, list[float]]


class Player(Visitor):
    """player: the key of the buttons. race, harder: of the charts. clock: the number of the fragment that learns.

    quick: a link with which it learns at once.
    """

    player: str
    race: str
    harder: str
    quick: ClassVar[dict[str, str]] = {}
    clock = 0

    def tick(self, fragment: int | None = None) -> None:
        """The clock of this section, and of nothing else."""
        with self.within(self.clock if fragment is None else fragment):
            self.run()

    def traces(self, key: str) -> list[dict[str, Any]]:
        """The lines of a chart."""
        return list(json.loads(self.named(key).proto.spec)["data"]) if self.has(key) else []

    @property
    def curves(self) -> Curves:
        """Accuracy by line; every line has its epochs from 1 on."""
        found = {}
        for trace in self.traces(self.race):
            y = unpacked(trace["y"]).tolist()
            assert unpacked(trace["x"]).tolist() == list(range(1, len(y) + 1))
            found[trace["name"]] = y
        return found

    @property
    def said(self) -> list[str]:
        return [as_read(node.value) for node in self.at.markdown]

    @property
    def sentence(self) -> str:
        """The one about what is learned."""
        return next(
            line
            for line in self.said
            if re.match(r"Press \*\*Play|(Test accuracy a|A)fter \d+ epoch|\*\*.* diverged\*\*", line)
        )

    @property
    def progress(self) -> list[str]:
        return [node.proto.text for node in self.at.main if node.type == "progress"]

    @property
    def facts(self) -> dict[str, list[str]]:
        """What each network's card says: training accuracy, test accuracy, …"""
        return {card["title"]: [fact["text"] for fact in card["facts"]] for card in self.data("networks")["cards"]}

    @property
    def shown(self) -> dict[str, Any]:
        """What every component and chart is sent, with its words, and what is written."""
        keyed = [node for node in self.at.main if getattr(node, "key", None)]
        sent = {
            str(node.key): [str(getattr(node.proto, name, "")) for name in ("json", "spec", "alt")] for node in keyed
        }
        return {key: parts for key, parts in sent.items() if any(parts)} | {"said": self.said}

    @property
    def epochs(self) -> int:
        return max(map(len, self.curves.values()), default=0)

    @property
    def playing(self) -> bool:
        return bool(self.named(f"{self.player}_play").label == "Pause")

    @property
    def play_label(self) -> str:
        return str(self.named(f"{self.player}_play").label)

    def over(self) -> None:
        for _ in range(300):
            self.run()
            if not self.playing:
                return
            self.tick()
        raise AssertionError("still playing")

    def play(self) -> None:
        """To the end."""
        self.press(f"{self.player}_play")
        self.over()

    @classmethod
    def rounds(cls, **more: str) -> list[Round]:
        """What this link learns, run at once and without a page."""
        return _rounds(cls.path, tuple((cls.quick | more).items()))

    @classmethod
    def wanted(cls, epochs: int | None = None, link: dict[str, str] | None = None) -> Curves:
        """What the learning curves must be after so many epochs."""
        rounds = cls.rounds(**link or {})
        scrambled = any(variant.scrambled for variant in rounds[0].results)
        found: Curves = {}
        for variant in rounds[0].results:
            found[f"{variant.name}, test"] = [r.results[variant].test for r in rounds[:epochs]]
            if not scrambled:
                found[f"{variant.name}, training"] = [r.results[variant].train for r in rounds[:epochs]]
        return found


class TrainPage(Player):
    """One visitor's session on the Train page."""

    path = "train"
    player, race, harder = "train", "race", "further"
    quick: ClassVar[dict[str, str]] = {"examples": "20", "epochs": "3", "batch": "20", "racers": "tiled,conv"}


class SequencePage(Player):
    """One visitor's session on the Sequence page."""

    path = "sequence"
    player, race, harder = "reading", "reading_race", "longer"
    quick: ClassVar[dict[str, str]] = {"reading_digits": "40", "reading_epochs": "3", "readers": "4"}


@cache
def _rounds(path: str, link: tuple[tuple[str, str], ...]) -> list[Round]:
    if path == "train":
        train, notes = from_query(dict(link), Train())
        found = race.rounds(train)
    else:
        classifier, notes = from_query(dict(link), DigitClassifier())
        found = digits.rounds(classifier)
    assert notes == ()
    return records_of(found)


@pytest.fixture
def record_by_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tick of the clock brings one record, at either pace."""
    monkeypatch.setattr(player, "SLICE", {"step": 0.0, "fast": 0.0})


def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tick of the clock has time for everything, at the fast pace."""
    monkeypatch.setattr(player, "SLICE", {"step": 0.0, "fast": 1e6})
