"""A class: who does what, as data, and the walk of one visitor through it."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from random import Random
from time import monotonic, perf_counter

import numpy as np
from PIL import Image

from tests.benchmarks.acts import (
    Act,
    answer,
    choose,
    export,
    first_epoch,
    full_size,
    menu,
    number,
    on_tab,
    opened,
    press,
    slide,
    tell,
    upload,
    weight,
    within,
)
from tests.benchmarks.screen import Missing
from tests.benchmarks.wire import Failure, Tab

EVERY = 4.0  # seconds between two acts of a visitor
JITTER = 1.0  # at most so much earlier or later
NAPS = 0.05  # seconds between two looks at how late the client itself is


@dataclass(frozen=True, slots=True)
class Errand:
    """What somebody does on one page, in this order; `weight` says how often next to the others."""

    weight: float
    page: str
    acts: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class Script:
    uploads: Act
    errands: tuple[Errand, ...]


@dataclass(slots=True)
class Log:
    """times: seconds of every answer by kind. failures: the kind and the reason. lags: of the client's own clock."""

    times: list[tuple[str, float]] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)
    ticks: int = 0
    untold: int = 0  # runs whose end the server did not tell
    received: Counter[str] = field(default_factory=Counter)  # bytes by page


def picture(chance: Random) -> bytes:
    """A small JPEG, like no other: smooth colours, as in a photo."""
    noise = np.random.default_rng(chance.getrandbits(32)).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    file = BytesIO()
    Image.fromarray(noise).resize((640, 480), Image.Resampling.BICUBIC).save(file, "JPEG", quality=85)
    return file.getvalue()


def errand(weight: float, page: str, *acts: Act) -> Errand:
    """These acts on this page; each names its tab, for whoever comes back finds the one that was left open."""
    return Errand(weight, page, acts)


UPLOAD = within("picture", upload("Upload a picture", picture))
UNIT = tell("volumes", "open", [0, 1, 50, 60], "a unit")
BLUR, LAPLACIAN = (
    within("kernel", tell("presets", "choice", name, "a preset")) for name in ("gaussian", "laplacian_4")
)
K, L = (within("kernel", number(label, 1, 7)) for label in ("K, rows", "L, columns"))
PADDING = within("geometry", choose("Padding", "valid", "same", "full"))
SIDE = within("picture", number("Longer side", 32, 256))
EXPORT = opened("Download…", export("Figure (PNG)", "Output (CSV)", "Script (NumPy)", "Handout (HTML)"))
RESNET = menu("Start from…", "ResNet-18, 2015", "ResNet-18")
SMALL = menu("Start from…", "Small digit classifier", "the small net")
CLASS = Script(
    UPLOAD,
    (
        errand(8, "Explore", *(weight(),) * 5),
        errand(3, "Explore", K, BLUR, L, weight()),
        errand(3, "Explore", PADDING, within("geometry", number("Stride", 1, 3)), LAPLACIAN),
        errand(1, "Explore", SIDE, weight(), within("picture", choose("Colour")), BLUR),
        errand(1, "Explore", EXPORT, UPLOAD, opened("Download…", full_size())),
        errand(
            2,
            "Compare",
            on_tab("Shift (equivariance)", number("Down", -9, 9)),
            on_tab("Scramble", number("Random seed (permutation)", 0, 99)),
            on_tab("Find the feature", number("Copies", 1, 12)),
        ),
        errand(
            1,
            "Compare",
            on_tab("Four layers", slide("Tiled: …")),
            on_tab("Growth", choose("Quantity")),
            on_tab("Find the feature", number("Square (pixels)", 3, 9)),
        ),
        errand(
            2,
            "Channels",
            on_tab("Bank and maps", number("Output maps", 2, 4)),
            on_tab("Bank and maps", number("K, rows", 1, 5)),
            on_tab("Inside one output", choose("Output map", "Y1", "Y2")),
        ),
        errand(1, "Channels", on_tab("Bank and maps", menu("Start from…", "Depthwise edges", "a preset"))),
        errand(
            1,
            "Adaptive",
            on_tab("Parallel channels", press("Run", "Run again", "Stop")),
            on_tab("Circulant MIMO", press("Run", "Run again", "Stop")),
        ),
        errand(
            3,
            "Train",
            on_tab("Learning curves", first_epoch()),
            on_tab("Learning curves", press("Pause", "Play", "Play again")),
            on_tab("Inside a gradient", number("Kernel", 1, 8)),
        ),
        errand(
            1,
            "Train",
            on_tab("Learning curves", press("Reset", "Play", "Pause", "Play again")),
            on_tab("Shared × pooled", press("Run", "Run again", "Stop")),
            on_tab("Inside a gradient", number("Column", 1, 5)),
        ),
        errand(
            1,
            "Network",
            within("weights", choose("Weights")),
            choose("Input", "Digit", "Picture"),
            within("weights", number("Random seed", 0, 99)),
        ),
        errand(1, "Network", RESNET, UNIT, SMALL),
        errand(2, "Lesson", *(press("Next", "Previous"),) * 6),
        errand(
            2,
            "Sequence",
            on_tab("Unrolled", number("Steps T", 2, 8)),
            on_tab("Gradient through time", slide("Spectral radius of V")),
            on_tab("Digits row by row", press("Play", "Play again", "Pause")),
        ),
        errand(2, "Quiz", *(answer(),) * 4),
    ),
)
EMPTY = Script(upload("A file", picture), (errand(1, "", slide("A number")),))


@dataclass(slots=True)
class Visitor:
    url: str
    script: Script
    chance: Random
    log: Log

    async def visit(self, arrival: float, until: float) -> None:
        """Arrive, upload a picture, and then act at one's own pace until it is time to go."""
        await _until(arrival)
        began = perf_counter()
        try:
            tab = await Tab.open(self.url)
            await tab.ask()
            tab.checked()
        except (Failure, Missing, TimeoutError, OSError) as error:
            return self._failed("arrival", error)
        self.log.times.append(("arrival", perf_counter() - began))
        try:
            await self._stay(tab, arrival, until)
        finally:
            self.log.ticks += tab.ticks
            self.log.untold += tab.untold
            names = {hash: name for name, hash in tab.pages.items()}
            for page, size in tab.received.items():
                self.log.received[names.get(page, "")] += size
            await tab.close()

    async def _stay(self, tab: Tab, arrival: float, until: float) -> None:
        due, waiting = arrival, [self.script.uploads]
        while True:
            due += EVERY
            if due < monotonic():  # the answer took longer than that
                due += EVERY * ((monotonic() - due) // EVERY + 1)
            at = due + self.chance.uniform(-JITTER, JITTER)
            if at > until:
                return
            await _until(at)
            if not waiting:
                [errand] = self.chance.choices(self.script.errands, [e.weight for e in self.script.errands])
                waiting = [*errand.acts] if errand.page in ("", tab.name) else [_turn(errand.page), *errand.acts]
            if not await self._acted(tab, waiting.pop(0)):
                waiting = []
                if tab.dropped:
                    return

    async def _acted(self, tab: Tab, act: Act) -> bool:
        page = tab.name
        try:
            seconds = await act.do(tab, self.chance)
            tab.checked()
        except (Failure, Missing, TimeoutError, OSError) as error:
            self._failed(f"{page}: {act.kind}", error, tab.screen.texts("alert"))
            return False
        self.log.times.append((act.kind if act.kind.startswith("to ") else f"{page}: {act.kind}", seconds))
        return True

    def _failed(self, kind: str, error: Exception, said: Sequence[str] = ()) -> None:
        """Note it, with what the page itself says."""
        told = f"; the page says {said}" if said else ""
        self.log.failures.append((kind, f"{type(error).__name__}: {error}{told}"))


def _turn(page: str) -> Act:
    """A click on a page's name in the navigation."""

    async def do(tab: Tab, _chance: Random) -> float:
        if page not in tab.pages:
            raise Missing(f"no page {page}: {list(tab.pages)}")
        return await tab.ask(page=tab.pages[page])

    return Act(f"to {page}", do)


async def gather(visitors: list[Visitor], minutes: float, arriving: float, log: Log) -> None:
    """All of them, arriving at random within so many seconds."""
    now = monotonic()
    watch = asyncio.create_task(_watch(log))
    await asyncio.gather(*(v.visit(now + v.chance.uniform(0, arriving), now + 60 * minutes) for v in visitors))
    watch.cancel()


async def _watch(log: Log) -> None:
    """How late the client itself is: what it adds to the times it measures."""
    while True:
        before = perf_counter()
        await asyncio.sleep(NAPS)
        log.lags.append(perf_counter() - before - NAPS)


async def _until(at: float) -> None:
    await asyncio.sleep(max(0.0, at - monotonic()))
