"""A page in three sentences: what is shown, what it says now, what to do. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from components.display import words

WORKING = "The run has not finished yet."  # what a page says while the numbers still change
SPAN = r":[a-z]+\[((?:[^\[\]]|\[[^\[\]]*\])*)\]"  # :primary[9 weights], :green[:material/check:]
ICON = r":material/\w+:\s*"
END = r"(?<=[.!?])\s+(?=[^a-z(])"


@dataclass(frozen=True, slots=True)
class Summary:
    """Plain text, a sentence each."""

    shown: str
    finding: str
    act: str

    @property
    def sentences(self) -> tuple[str, str, str]:
        return self.shown, self.finding, self.act


Describe = Callable[[], Summary]  # of the page as it is now; raises SpecError where nothing can be shown


def finding(markdown: str) -> str:
    """The first sentence of what a page says, as plain text with a full stop."""
    first = sentences(markdown)[0]
    return first if first.endswith(".") else f"{first}."


def sentences(markdown: str) -> list[str]:
    """The sentences of a text, plain; at least one."""
    return re.split(END, plain(markdown))


def plain(markdown: str) -> str:
    """As people read it: without emphasis, colours, icons and what keeps text from being read as Markdown."""
    text = re.sub(SPAN, r"\1", markdown)
    text = re.sub(ICON, "", text).replace("**", "").replace("\u2060", "")
    return " ".join(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text).split())


def of_run(told: str, *, running: bool) -> str:
    """What came of a run, from its sentence; while it works, that it does: the figures still change."""
    return WORKING if running else finding(told)


def refused(error: Exception) -> Summary:
    """Where the settings allow nothing to be shown."""
    return Summary(
        "With these settings there is nothing to show.",
        finding(words.sentence(error)),
        "Change the picture, the kernel or the geometry.",
    )
