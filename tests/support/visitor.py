"""One visitor of the app, without a browser: `AppTest` runs `app.py`, and `Visitor` answers in the browser's place."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.scriptrunner import RerunData
from streamlit.testing.v1 import AppTest, local_script_runner
from streamlit.util import calc_hash

from components.widgets import menus
from tests.support import files

menus.AT_FIRST = ("picture", "kernel", "geometry", "activation", "weights")  # no pointer reaches for a menu here
APP = Path(__file__).resolve().parents[2] / "app.py"


def as_read(markdown: str) -> str:
    """As people read it: without the marks that keep Markdown from being read into it."""
    return re.sub(r"\\(.)", r"\1", markdown).replace("\u2060", "")


def png(colour: tuple[int, int, int], size: tuple[int, int] = (40, 30)) -> bytes:
    """A picture in one colour with a black corner, in memory."""
    image = Image.new("RGB", size, colour)
    image.paste((0, 0, 0), (0, 0, 7, 5))
    return saved(np.array(image))


def saved(picture: NDArray[np.uint8]) -> bytes:
    """A picture as a PNG file, in memory."""
    return files.saved(picture, "PNG")


def is_number(node: Any) -> bool:  # noqa: ANN401  # any element
    """Whether this is a number field."""
    return getattr(getattr(node, "proto", None), "component_name", "") == "number"


def summary_of(at: AppTest) -> tuple[str, ...]:
    """The first three texts of a page: what it says of itself."""
    return tuple(text.value for text in at.text[:3])


class Visitor:
    """A session that begins on the page at `path`, with these parameters in the link, and opens what can be opened."""

    path = "explore"

    def __init__(self, path: str = "", /, **query: str) -> None:
        self.path = path or self.path
        self.at = AppTest.from_file(APP, default_timeout=120)
        self.at.session_state["downloads"] = True
        self._open(self.path, query)

    def go(self, path: str) -> None:
        """A click in the navigation: another page of the same session, and a URL without parameters."""
        self._open(path, {})
        self.is_sound()

    def back(self, **query: str) -> None:
        """A step back in the browser, to this page with these parameters."""
        with _requested(is_history_navigation=True):
            self._open(self.path, query)
        self.is_sound()

    def _open(self, path: str, query: dict[str, str]) -> None:
        self.at._page_hash = calc_hash(path)  # `switch_page` knows no pages that are functions
        self.at.query_params = {**query}
        self.at.run()

    def run(self) -> None:
        self.at.run()
        self.is_sound()

    def upload(self, name: str, content: bytes) -> None:
        self.at.file_uploader[0].set_value((name, content, "image/png")).run()
        self.is_sound()

    def has(self, key: str) -> bool:
        return bool(self._with(key))

    def named(self, key: str) -> Any:  # noqa: ANN401  # whatever element has this key
        return self._with(key)[0]

    def _with(self, key: str) -> list[Any]:
        """The elements with this key, or with one that tells how often the page has changed what the field shows."""
        known = re.compile(re.escape(key) + r"(:\d+)?")
        return [node for node in self.at if known.fullmatch(getattr(node, "key", None) or "")]

    def data(self, key: str) -> Any:  # noqa: ANN401  # what JSON holds
        """What the component `key` is sent."""
        (props,) = json.loads(self.named(key).proto.json)
        if "still" not in props:
            return props
        name, _, values = self.named(f"{key}-still").proto.bytes.partition(b"\n")
        assert name.decode() == props.pop("still")
        return props | json.loads(values)

    def send(self, key: str, event: str, *value: object) -> None:
        """What the browser does when the component `key` triggers an event."""
        states = self.at._tree.get_widget_states()
        trigger = _make_trigger_id(self.named(key).proto.id, "events")
        message = {"event": event} | ({"value": value[0]} if value else {})
        states.widgets.append(WidgetState(id=trigger, json_trigger_value=json.dumps([message])))
        self.at._run(states)

    def put(self, field: str, value: object) -> None:
        """Type a value into the field that is tied to this part of the state."""
        node = self.named(f"field:{field}")
        if is_number(node):
            self.send(node.key, "entered", {"text": str(value), "serial": 1 + self.data(node.key)["serial"]})
        else:
            node.set_value(value).run()
        self.is_sound()

    def value(self, field: str) -> Any:  # noqa: ANN401  # whatever the field holds
        node = self.named(f"field:{field}")
        return self.data(node.key)["value"] if is_number(node) else node.value

    def sent(self, keys: Iterable[str]) -> dict[str, str]:
        """What these components and charts are sent, as text, by the keys of those that are there."""
        there = {key: self.named(key).proto for key in keys if self.has(key)}
        return {key: getattr(proto, "json", "") or getattr(proto, "spec", "") for key, proto in there.items()}

    def digests(self, keys: Iterable[str]) -> dict[str, str]:
        """The same, where it only has to be compared: it is long."""
        return {key: sha256(text.encode()).hexdigest() for key, text in self.sent(keys).items()}

    @property
    def number_fields(self) -> dict[str, dict[str, Any]]:
        """What every number field is sent, by its key without “field:”."""
        return {str(node.key).removeprefix("field:"): self.data(str(node.key)) for node in self.at if is_number(node)}

    def press(self, key: str) -> None:
        self.named(key).click().run()
        self.is_sound()

    @property
    def tab(self) -> str:
        """What is written on the tab that is open."""
        group = self._tabs()
        return group.children[group.proto.tab_container.default_tab_index].label  # type: ignore[no-any-return]

    def open_tab(self, title: str) -> None:
        """What the browser does when a tab is clicked."""
        states = self.at._tree.get_widget_states()
        states.widgets.append(WidgetState(id=self._tabs().proto.tab_container.id, string_value=title))
        self.at._run(states)
        self.is_sound()

    def _tabs(self) -> Any:  # noqa: ANN401  # a block of AppTest's
        return next(node for node in self.at if node.type == "tab_container")

    @contextmanager
    def within(self, number: int) -> Iterator[None]:
        """What is done here runs the page's fragment of this number alone, as in the browser; only it is shown then."""
        order = self.at._fragment_storage._registration_sequence_by_id
        with _requested(fragment_id=sorted(order, key=lambda fragment: order[fragment])[number]):
            yield

    def is_sound(self) -> None:
        assert not self.at.exception

    @property
    def title(self) -> str:
        return self.at.title[0].value

    @property
    def summary(self) -> tuple[str, ...]:
        """What the page says of itself, first of all."""
        return summary_of(self.at)

    @property
    def warnings(self) -> list[str]:
        return [as_read(warning.value) for warning in self.at.warning]

    @property
    def errors(self) -> list[str]:
        return [as_read(error.value) for error in self.at.error]

    @property
    def query(self) -> dict[str, str]:
        """The URL's parameters; AppTest gives them as lists."""
        return {
            name: str(value[0] if isinstance(value, list) else value) for name, value in self.at.query_params.items()
        }


class AnyPage(Visitor):
    """A session that begins on the page at this path, which has to open."""

    def __init__(self, path: str, **query: str) -> None:
        super().__init__(path, **query)
        self.is_sound()


class SharingPage(Visitor):
    """A session that begins on the Sharing page."""

    path = "sharing"

    def __init__(self, **query: str) -> None:
        super().__init__(**query)
        self.is_sound()


class Tabbed(Visitor):
    """A session on a page of tabs. parameter: what names the open tab in a link. titles: by these names."""

    parameter: str
    titles: ClassVar[dict[str, str]]

    def __init__(self, tab: str | None = None, **query: str) -> None:
        """The first tab opens if none is named; "" is a link that says nothing of it."""
        name = next(iter(self.titles)) if tab is None else tab
        super().__init__(**{self.parameter: name} if name else {}, **query)

    def to(self, tab: str) -> Self:
        """The same visit, with another tab open."""
        if self.tab != self.titles[tab]:
            self.open_tab(self.titles[tab])
        return self

    @property
    def query(self) -> dict[str, str]:
        """What is set, beside the tab."""
        return {name: text for name, text in super().query.items() if name != self.parameter}


@contextmanager
def _requested(**more: object) -> Iterator[None]:
    """Runs that are asked for with this besides."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local_script_runner, "RerunData", partial(RerunData, **more))  # type: ignore[arg-type]  # by name
        yield
