"""A visitor of a page on which networks learn: Play, Pause and Step, and the curves that are drawn of it."""

import json
from typing import Any

import pytest

from components.widgets import player
from tests.support.pictures import unpacked
from tests.support.visitor import Visitor, as_read

Curves = dict[str, list[float]]


class Player(Visitor):
    """player: the key of the buttons. race: of the chart. clock: the number of the fragment that learns."""

    player: str
    race: str
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
    def progress(self) -> list[str]:
        return [node.proto.text for node in self.at.main if node.type == "progress"]

    @property
    def epochs(self) -> int:
        return max(map(len, self.curves.values()), default=0)

    @property
    def playing(self) -> bool:
        return bool(self.named(f"{self.player}_play").label == "Pause")

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


@pytest.fixture
def record_by_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tick of the clock brings one record, at either pace."""
    monkeypatch.setattr(player, "SLICE", {"step": 0.0, "fast": 0.0})


def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tick of the clock has time for everything, at the fast pace."""
    monkeypatch.setattr(player, "SLICE", {"step": 0.0, "fast": 1e6})
