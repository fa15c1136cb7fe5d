"""All keys of all pages, as they are told: one table, for the dialog and for whoever looks for one. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """keys: as they are written on a keyboard. does: what they do."""

    keys: str
    does: str


KEYS: dict[str, tuple[Key, ...]] = {
    "On every page": (
        Key("Tab, Shift + Tab", "next and previous control or picture"),
        Key("?", "this page in three sentences, and these shortcuts"),
        Key("Esc", "close a menu or dialog; deselect a cell; stop playback"),
    ),
    "In a picture, matrix or network that has the focus": (
        Key("↑ ↓ ← →", "walk from cell to cell, unit to unit or connection to connection"),
        Key("Shift + ↑ ↓ ← →", "walk ten cells at once (Explore)"),
        Key("N", "jump to the next use of the cell's weight in W, with Shift to the one before (Explore)"),
        Key("Enter", "pin the middle cell; open the unit (Network)"),
        Key("+ − 0", "zoom into the matrix W, out, and back to the whole (Explore)"),
        Key("Space", "paint the cell (drawing)"),
    ),
    "In a field": (
        Key("↑ ↓", "one step up or down; one tenth in a weight"),
        Key("Shift + ↑ ↓", "ten steps"),
        Key("Page Up, Page Down", "ten steps (not in a weight)"),
        Key("Enter", "accept the entry"),
        Key("Esc", "restore the previous value"),
        Key("Alt + ↑ ↓", "move a layer of the builder (Network)"),
    ),
    "While presenting": (
        Key("→ ←", "next and previous step of the lesson or question of the quiz; so do Page Down and Page Up"),
        Key("P, Space", "play and pause (Explore: the story while it is open, otherwise the scan)"),
        Key("+ − 0", "zoom in, zoom out, reset"),
        Key("Esc", "stop presenting"),
    ),
}


HEAD = "| Key | What it does |\n|---|---|"


def as_markdown() -> str:
    """The tables, one below the other."""
    parts = [
        f"**{where}**\n\n{HEAD}\n" + "\n".join(f"| {key.keys} | {key.does} |" for key in keys)
        for where, keys in KEYS.items()
    ]
    return "\n\n".join(parts)
