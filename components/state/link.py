"""A state, and its way to and from a link.

A state is a frozen dataclass whose fields are declared once, each with its type: `side: Annotated[int, Whole(8, 512)] =
128`. A bad value in a link never stops the page: the default takes its place and a sentence says so.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, ClassVar, Self, TypeVar, cast, get_type_hints

from components.state.fields import Field, Limited, Named, checked

JOINTS = (",", ";", "/", "|")  # between the parts of a tuple, by how deep the tuples in it go


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """What a page sets. survives_lesson: whether it stays as it is when the lesson is left."""

    survives_lesson: ClassVar[bool] = False

    def fitted(self, before: Self | None = None, chosen: Collection[str] = ()) -> Self:  # noqa: ARG002  # for others
        """This state without values that contradict each other; `chosen` are the fields that have been changed."""
        return self


StateT = TypeVar("StateT", bound=State)


@dataclass(frozen=True, slots=True)
class Declared:
    """A field as it was declared. link: what it is called in a link, and in a refusal."""

    link: str
    type: Field[Any]


def declared(kind: type[State]) -> dict[str, Declared]:
    """The fields of a state by name."""
    return _declared(cast(type, kind))


@cache
def _declared(kind: type) -> dict[str, Declared]:
    found = {}
    for name, hint in get_type_hints(kind, include_extras=True).items():
        notes = getattr(hint, "__metadata__", ())
        types = [note for note in notes if isinstance(note, Field)]
        if types:
            called = [note.name for note in notes if isinstance(note, Named)]
            found[name] = Declared((*called, name)[0], types[-1])
    return found


def limits(kind: type[State], name: str) -> tuple[float, float]:
    """The least and the greatest that a field, or the number of its parts, can be."""
    type_ = declared(kind)[name].type
    if not isinstance(type_, Limited):
        raise TypeError(f"{name} has no limits")
    return type_.low, type_.high


def edited(state: StateT, **changes: object) -> StateT:
    """The state with these fields changed; ValueError says which value was refused and what would do."""
    known = declared(type(state))
    sound: dict[str, Any] = {
        name: checked(known[name].link, known[name].type, value) for name, value in changes.items()
    }
    return replace(state, **sound).fitted(state, changes)


def from_query(query: Mapping[str, str], default: StateT) -> tuple[StateT, tuple[str, ...]]:
    """The state a link describes, and a sentence for each of its values that could not be used."""
    sound: dict[str, Any] = {}
    notes = []
    for name, field in declared(type(default)).items():
        if field.link in query:
            try:
                sound[name] = checked(field.link, field.type, query[field.link])
            except ValueError as error:
                notes.append(f"The link's {error}; the default is shown instead.")
    return replace(default, **sound).fitted(), tuple(sorted(notes))


def tab_of(state: State, tabs: Mapping[str, Collection[str]]) -> str:
    """The first tab that shows a field which is not at its default, or "": where a link without a tab belongs.

    tabs: the names of the fields that each shows.
    """
    default = type(state)()
    changed = {name for name in declared(type(state)) if getattr(state, name) != getattr(default, name)}
    return next((tab for tab, fields in tabs.items() if changed & {*fields}), "")


def to_query(state: State, default: State | None = None) -> dict[str, str]:
    """The parameters of the link to this state; what is at its default, or as in `default`, is left out."""
    default = default or type(state)()
    return {
        field.link: _text(getattr(state, name))
        for name, field in declared(type(state)).items()
        if getattr(state, name) != getattr(default, name)
    }


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return JOINTS[_depth(value)].join(map(_text, value))
    if isinstance(value, bool):
        return str(int(value))
    return repr(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _depth(value: object) -> int:
    """How many tuples lie in each other below this one."""
    return 1 + _depth(value[0]) if isinstance(value, tuple) and value and isinstance(value[0], tuple) else 0
