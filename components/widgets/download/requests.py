"""Files on their way to a visitor's browser: asked for, under way, arrived. Pure.

What a run has sent may never arrive: Streamlit throws it away where the next run begins sooner than it is sent, and the
browser draws only the newer of two. So a file stays asked for until the browser says that it is there, and one that is
not is made again. Only its serial number is kept for that, never a byte of it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from secrets import token_hex

from kernels.layer.spec import SpecError

WAITING = 32  # files asked for and not there yet; more clicks than that are not meant


@dataclass(frozen=True, slots=True)
class File:
    """What is on offer; it is made when it is asked for. make: can be pickled."""

    name: str
    mime: str
    make: Callable[[], bytes]


@dataclass(slots=True)
class Requests:
    """asked: what each serial number stands for, the oldest first. sent: the number of what was sent last."""

    asked: dict[str, str] = field(default_factory=dict)
    sent: str = ""

    def ask(self, key: str) -> None:
        """Callback of a button: its file, once more."""
        if len(self.asked) < WAITING:
            self.asked[token_hex(8)] = key

    def due(self) -> str:
        """The number of what is to be sent now, if anything is: one after the other."""
        return "" if self.sent in self.asked else next(iter(self.asked), "")

    def confirm(self, answer: object) -> None:
        """What the browser says: by number, whether it is there."""
        for serial, arrived in answer.items() if isinstance(answer, dict) else ():
            if arrived:
                self.asked.pop(serial, None)
            if serial == self.sent:
                self.sent = ""

    def with_file(self, serial: str, offers: Mapping[str, File]) -> bytes:
        """The message that brings this file. What is on offer no more, or cannot be made, is asked for no more."""
        file = offers.get(self.asked.get(serial, ""))
        if file is None:
            return self._without(serial)
        try:
            content = file.make()
        except (SpecError, MemoryError):  # or it would be made, and fail, again and again
            self._without(serial)
            raise
        return self.header(serial=serial, name=file.name, mime=file.mime) + content

    def _without(self, serial: str) -> bytes:
        self.asked.pop(serial, None)
        return self.header()

    def header(self, **more: str) -> bytes:
        """The message without a file: a line of JSON, which says what is asked for."""
        return json.dumps({"asked": [*self.asked]} | more).encode() + b"\n"
