"""What the loom sends once a change has settled. Pure.

It comes from a browser, so anything may arrive: `read_message` alone looks at it, and refuses in words.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from components.state.fields import Field, checked
from components.state.link import edited
from components.state.setup import Setup, with_side

CHANGES = ("kernel", "view", "period", "zoom", "untied", "drawing", "side")  # the fields of a setup that it may change
OF_THE_MATRIX = ("untied", "zoom", "drawing")  # that mean nothing in a matrix with other connections
SERIALS = 2**53  # the whole numbers below are exact in JavaScript


@dataclass(frozen=True, slots=True)
class LoomMessage:
    """A change that was made in the loom.

    origin: names the kernel it was made to. wires: what decided the connections of the matrix it was made to
    (`Setup.wires`, written out). serial: the browser's number of the change. changes: new values of fields by name, as
    they came; `applied` reads them.
    """

    origin: str
    wires: str
    serial: int | None
    changes: Mapping[str, object]

    def applied(self, setup: Setup, origin: str) -> Setup:
        """The setup with this change, but for what is about a kernel or a matrix that has been replaced since.

        origin: names the present kernel. Raises ValueError with the value that is refused.
        """
        late: tuple[str, ...] = () if self.origin == origin else ("kernel",)
        if self.wires != repr(setup.wires):
            late += OF_THE_MATRIX
        changes = {name: value for name, value in self.changes.items() if name not in late}
        resized = with_side(setup, changes.pop("side")) if "side" in changes else setup
        changed = edited(resized, **changes)
        if changed.kernel_size != setup.kernel_size:
            raise ValueError(f"kernel must stay {setup.kernel_size[0]} × {setup.kernel_size[1]} here")
        return changed


@dataclass(frozen=True, slots=True)
class _Message(Field[LoomMessage]):
    @property
    def accepts(self) -> str:
        return f"changes by name, with texts as origin and wires and a serial number below {SERIALS:,}"

    def read(self, value: object) -> LoomMessage:
        if not isinstance(value, dict):
            raise ValueError
        origin, wires, serial = value.get("origin", ""), value.get("wires", ""), value.get("serial")
        if not isinstance(origin, str) or not isinstance(wires, str):
            raise ValueError
        if serial is not None and (type(serial) is not int or not 0 <= serial < SERIALS):
            raise ValueError
        return LoomMessage(origin, wires, serial, {name: value[name] for name in CHANGES if name in value})


def read_message(sent: object) -> LoomMessage:
    """The message in anything that can be sent, or ValueError in words. Names that are not known are left out."""
    return checked("the message of the loom", _Message(), sent)
