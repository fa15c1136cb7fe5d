"""How our components are registered and reach the browser.

Streamlit sends a component's scripts with each of its messages. Ours are sent once, with all others, by `code`; what a
component itself brings is a few lines that wait for them.
"""

import json
import re
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import streamlit as st

SHARED = Path(__file__).with_name("shared.js")
FORCED = Path(__file__).with_name("forced.css")
PART = Path(__file__).with_name("part.js")  # what follows knows: a component's part of the code by its name
CODE = Path(__file__).with_name("code.js")
STILL = Path(__file__).with_name("still.js")
STUB = Path(__file__).with_name("stub.js")
_parts: dict[str, dict[str, str]] = {}


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
    whole = json.dumps([own, _joined(SHARED)]).encode()
    name = f"{folder.name}-{sha256(whole).hexdigest()[:16]}"  # another one where a new server has new code
    _parts[name] = own
    stub = _bare(_joined(PART, STUB)).replace("COMPONENT", name)
    component = st.components.v2.component(folder.name, js=stub)

    def place(key: str, data: Any, still: dict[str, Any] | None = None, **more: Any) -> None:  # noqa: ANN401
        # In a list, Streamlit does not look for data frames, which takes pandas: 0.4 s at start and 50 MB.
        props = data if isinstance(data, bytes) else [data | _still_of(key, still) if still else data]
        component(key=key, data=props, **more)

    return place


def _still_of(key: str, values: dict[str, Any]) -> dict[str, str]:
    """Hand over props that seldom change in a message of their own, which Streamlit sends again only as a reference."""
    name = f"{key}:{sha256(json.dumps(values).encode()).hexdigest()[:16]}"
    with st.container(key=f"still-{key}"):
        _still(key=f"{key}-still", data=[{"name": name, "values": values}])
    return {"still": name}


def code() -> None:
    """The scripts, HTML and styles of all components: once a page, before or after them."""
    with st.container(key="code"):
        _code(key="components", data=_message())


def module(folder: Path, *parts: str) -> str:
    """The component's JavaScript, in one module."""
    return _joined(*scripts(folder, *parts))


def scripts(folder: Path, *parts: str) -> list[Path]:
    """The shared script, the component's parts, and the script named like its folder, which exports."""
    return [SHARED, *(folder / f"{part}.js" for part in (*parts, folder.name))]


@cache
def _message() -> bytes:
    return json.dumps({"shared": _joined(SHARED), "parts": _parts}).encode()


def _bare(script: str) -> str:
    """The script without comments and indentation, for it comes with every message. They stand on lines of their own,
    or are types: /** … */.
    """
    lines = [re.sub(r"/\*\*.*?\*/ ?", "", line).strip() for line in script.splitlines()]
    return "\n".join(line for line in lines if line and not line.startswith(("//", "/*", "*")))


def _joined(*files: Path) -> str:
    return "\n".join(file.read_text("utf-8") for file in files)


_code = st.components.v2.component("code", js=_joined(PART, CODE))
_still = st.components.v2.component("still", js=_joined(PART, STILL))
