"""How our components are registered and reach the browser.

Streamlit sends a component's scripts with each of its messages. Ours are sent once, with all others, by `code`; what a
component itself brings is a few lines that wait for them.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import streamlit as st

SHARED = Path(__file__).with_name("shared.js")
FORCED = Path(__file__).with_name("forced.css")
PLACE = Path(__file__).with_name("place.js")
STUB = Path(__file__).with_name("stub.js")
_parts: dict[str, dict[str, str]] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """Props of a component that seldom change; one that is kept is not written again."""

    values: dict[str, Any]
    written: bytes = field(init=False)
    hash: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "written", json.dumps(self.values).encode())
        object.__setattr__(self, "hash", _hash(self.written))


def registered(wrapper: str, *parts: str) -> Callable[..., None]:
    """A function that places the component whose files lie beside `wrapper` (a package's `__file__`).

    parts: of its script, which come first. The function takes Streamlit's arguments, key, data (bytes, or what becomes
    JSON) and callbacks; and `still`: more of the data, which crosses only where it has changed.
    """
    folder = Path(wrapper).parent
    css = folder / f"{folder.name}.css"
    own = {
        "js": _joined(*scripts(folder, *parts)[1:]),
        "html": (folder / f"{folder.name}.html").read_text("utf-8"),
        "css": _joined(css, FORCED) if css.exists() else "",
    }
    code = json.dumps([own, _joined(SHARED)]).encode()
    name = f"{folder.name}-{_hash(code)}"  # another one where a new server has new code
    _parts[name] = own
    component = st.components.v2.component(folder.name, js=_named(STUB, name))

    def place(key: str, data: Any, still: Still | None = None, **more: Any) -> None:  # noqa: ANN401
        # In a list, Streamlit does not look for data frames, which takes pandas: 0.4 s at start and 50 MB.
        props = data if isinstance(data, bytes) else [data | _placed(key, still) if still else data]
        component(key=key, data=props, **more)

    return place


def _placed(key: str, still: Still) -> dict[str, str]:
    """Hand them over in a message of their own, which Streamlit sends again only as a reference."""
    name = f"{key}:{still.hash}"
    with st.container(key=f"still-{key}"):
        _still(key=f"{key}-still", data=name.encode() + b"\n" + still.written)
    return {"still": name}


def code() -> None:
    """The scripts, HTML and styles of all components: once a page, before or after them."""
    with st.container(key="code"):
        _code()(key="components", data=_message())


def module(folder: Path, *parts: str) -> str:
    """The component's JavaScript, in one module."""
    return _joined(*scripts(folder, *parts))


def scripts(folder: Path, *parts: str) -> list[Path]:
    """The shared script, the component's parts, and the script named like its folder, which exports."""
    return [SHARED, *(folder / f"{part}.js" for part in (*parts, folder.name))]


@cache
def _message() -> bytes:
    """When all components are registered."""
    return json.dumps({"shared": _joined(SHARED), "parts": _parts}).encode()


@cache
def _code() -> Callable[..., Any]:
    return st.components.v2.component("code", js=_named(PLACE, _hash(_message() + PLACE.read_bytes())))


def _named(script: Path, name: str) -> str:
    """The script for this name, without comments and indentation, for it may come with every message."""
    lines = (line.strip() for line in script.read_text("utf-8").replace("COMPONENT", name).splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(("//", "/*", "*")))


def _hash(written: bytes) -> str:
    return sha256(written).hexdigest()[:16]


def _joined(*files: Path) -> str:
    return "\n".join(file.read_text("utf-8") for file in files)


_still = st.components.v2.component("still", js=_named(STUB, "still"))
