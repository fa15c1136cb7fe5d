"""How every page is shown."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, get_args

from components.state.fields import Several, Switch
from components.state.link import State

Hideable = Literal["sidebar", "fields", "buttons", "notes", "navigation"]


@dataclass(frozen=True, slots=True)
class Show(State):
    """present: for a classroom. hide: what is not shown then; "sidebar" is what links call the bar of controls."""

    survives_lesson: ClassVar[bool] = True

    present: Annotated[bool, Switch()] = False
    hide: Annotated[tuple[Hideable, ...], Several(get_args(Hideable), none=True)] = ("notes",)
