"""The parts of the loom that a page may show, and what a reader may do in it that the page may ask for. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

Part = Literal["pictures", "sum", "scan", "network", "matrix", "costs"]

PARTS: tuple[Part, ...] = get_args(Part)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What a page shows of the loom. scene: names it: what was pointed at in another one ends with it.

    acts: of which the loom tells the page when the reader has done them; on_act then runs, the act in session state.
    """

    scene: str = ""
    parts: tuple[Part, ...] = PARTS
    acts: tuple[str, ...] = ()
    on_act: Callable[[], None] = lambda: None
