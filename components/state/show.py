"""How every page is shown."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, get_args

from components.state.fields import OneOf, Several, Switch
from components.state.link import State, declared

Hideable = Literal["sidebar", "fields", "buttons", "notes", "navigation"]
Marks = Literal["colours", "letters"]
Opening = Literal["recorded", "blank"]


@dataclass(frozen=True, slots=True)
class Show(State):
    """present: for a classroom. hide: what is not shown then; "sidebar" is what links call the bar of controls.

    marks: what tells weights apart in a matrix and in a network: their colours, or a letter on each besides.
    start: what an experiment opens with: its recorded run, or nothing, so that a class can predict first.
    """

    survives_lesson: ClassVar[bool] = True

    present: Annotated[bool, Switch()] = False
    hide: Annotated[tuple[Hideable, ...], Several(get_args(Hideable), none=True)] = ("notes",)
    marks: Annotated[Marks, OneOf(get_args(Marks))] = "colours"
    start: Annotated[Opening, OneOf(get_args(Opening))] = "recorded"


PREDICT = Show(start="blank")  # for a link that opens an experiment before its result
NAMES = frozenset(field.link for field in declared(Show).values())  # in a link: they say nothing of what is shown
