"""The browser's end of the download, without a browser: what a run brings, and what is answered."""

import gc
import json
from types import FunctionType, ModuleType
from typing import Any

from tests.support.visitor import Visitor


def brought(page: Visitor) -> tuple[dict[str, Any], bytes]:
    """What this run told the browser, and the file after it."""
    line, _, file = bytes(page.named("download").proto.bytes).partition(b"\n")
    return json.loads(line), file


def answer(page: Visitor, arrived: bool = True) -> None:
    """All that is asked for is there, or is not."""
    page.send("download", "arrived", dict.fromkeys(brought(page)[0]["asked"], arrived))
    page.is_sound()


def taken(page: Visitor, key: str) -> tuple[str, str, bytes]:
    """Name, kind and content of the file that this button brings."""
    page.press(key)
    told, file = brought(page)
    answer(page)
    return told["name"], told["mime"], file


def texts_in(thing: object) -> set[str | bytes]:
    """Every text and every bytes object that can be reached from here."""
    seen, found, waiting = {id(thing)}, set[str | bytes](), [thing]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str | bytes):
            found.add(one)
        parts = (one.__closure__,) if isinstance(one, FunctionType) else gc.get_referents(one)
        for part in parts:
            if id(part) not in seen and not isinstance(part, type | ModuleType):
                seen.add(id(part))
                waiting.append(part)
    return found
