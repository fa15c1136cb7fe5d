"""What a browser knows of a Streamlit page: the elements that are on it, and what its widgets hold."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.WidgetStates_pb2 import WidgetState

Path = tuple[int, ...]


class Missing(Exception):
    """Something that should be on the page is not."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An element: Streamlit's name of its kind, its message, the fragment and the run it comes from."""

    kind: str
    body: Any
    fragment: str
    run: str


class Screen:
    def __init__(self) -> None:
        self.shown: dict[Path, Shown] = {}
        self.held: dict[str, WidgetState] = {}

    def put(self, path: Path, delta: Delta, run: str) -> Shown | None:
        """Put an element on the page; a widget that is new there, or that the page sets, gets its value."""
        new = delta.new_element if delta.WhichOneof("type") == "new_element" else delta.add_block
        kind = new.WhichOneof("type") or "empty"
        if kind not in VALUES and new is not delta.new_element:
            self.shown.pop(path, None)
            return None
        here = self.shown[path] = Shown(kind, getattr(new, kind), delta.fragment_id, run)
        if (
            kind in VALUES
            and here.body.id
            and (here.body.id not in self.held or getattr(here.body, "set_value", False))
        ):
            self.held[here.body.id] = WidgetState(id=here.body.id)
            VALUES[kind](here.body, self.held[here.body.id])
        return here

    def sweep(self, run: str, fragments: list[str]) -> None:
        """A run is over: what it did not show again is gone, of the whole page or of its fragments."""
        gone = [p for p, e in self.shown.items() if e.run != run and (not fragments or e.fragment in fragments)]
        for path in gone:
            del self.shown[path]
        if gone:
            ids = {getattr(element.body, "id", "") for element in self.shown.values()}
            self.held = {id: state for id, state in self.held.items() if id in ids}

    def find(self, kind: str, label: str) -> Shown:
        """The element of this kind with this label (or one that begins so, up to a “…”), this component or its key."""
        for element in self.all(kind):
            names = _names(element.body) if kind == "bidi_component" else [element.body.label]
            if label in names or (label.endswith("…") and names[0].startswith(label[:-1])):
                return element
        raise Missing(f"no {kind} “{label}” on the page")

    def all(self, kind: str) -> list[Shown]:
        return [element for element in self.shown.values() if element.kind == kind]

    def texts(self, kind: str) -> list[str]:
        """What is written in all elements of this kind."""
        return [element.body.body for element in self.all(kind)]

    def tabs(self) -> Shown:
        """The page's tabs, of which there is one row."""
        for element in self.all("tab_container"):
            if element.body.id:
                return element
        raise Missing("no tabs on the page")

    def number(self, label: str) -> Shown:
        """The number field with this label."""
        for element in self.all("bidi_component"):
            if element.body.component_name == "number" and json.loads(element.body.json)[0]["label"] == label:
                return element
        raise Missing(f"no number field “{label}” on the page")

    def still(self, name: str) -> Any:  # noqa: ANN401  # JSON
        """The props that a component refers to by this name."""
        stills = (element.body for element in self.all("bidi_component") if element.body.component_name == "still")
        found = (body.bytes.partition(b"\n") for body in stills)
        return next(json.loads(values) for told, _, values in found if told.decode() == name)

    def title(self) -> str:
        """What stands above everything, "" where nothing does."""
        return next((element.body.body for element in self.all("heading") if element.body.tag == "h1"), "")


def _slider(body: Any, state: WidgetState) -> None:  # noqa: ANN401  # one of Streamlit's messages, here and below
    if body.type == body.SELECT_SLIDER:
        chosen = body.raw_value if body.set_value else [body.options[int(n)] for n in body.default]
        state.string_array_value.data.extend(chosen)
    else:
        state.double_array_value.data.extend(body.value if body.set_value else body.default)


def _switch(body: Any, state: WidgetState) -> None:  # noqa: ANN401
    state.bool_value = body.value if body.set_value else body.default


def _expander(body: Any, state: WidgetState) -> None:  # noqa: ANN401
    state.bool_value = body.expanded


def _one(body: Any, state: WidgetState) -> None:  # noqa: ANN401
    if body.set_value:
        state.string_value = body.raw_value
    elif body.HasField("default"):
        state.string_value = body.options[body.default]


def _several(body: Any, state: WidgetState) -> None:  # noqa: ANN401
    options = [getattr(option, "content", option) for option in body.options]
    state.string_array_value.data.extend(body.raw_values if body.set_value else [options[n] for n in body.default])


def _tab(_body: Any, _state: WidgetState) -> None:  # noqa: ANN401
    """Nothing is held before somebody turns a tab."""


VALUES: dict[str, Callable[[Any, WidgetState], None]] = {
    "slider": _slider,
    "checkbox": _switch,
    "expandable": _expander,
    "selectbox": _one,
    "radio": _one,
    "multiselect": _several,
    "button_group": _several,
    "tab_container": _tab,
}


def _names(component: Any) -> list[str]:  # noqa: ANN401  # a message of Streamlit's
    """What a component is called, and the key of this one: the end of its id."""
    return [component.component_name, component.id.rpartition("-")[2]]
