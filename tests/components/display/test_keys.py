"""The table of keys against the keys that the scripts listen to."""

import re
from pathlib import Path

from components.display.keys import KEYS, as_markdown

ROOT = Path(__file__).resolve().parents[3]
SIGNS = {"ArrowUp": "↑", "ArrowDown": "↓", "ArrowLeft": "←", "ArrowRight": "→", " ": "Space", "-": "−"}
SIGNS |= {"Escape": "Esc", "PageUp": "Page Up", "PageDown": "Page Down", "=": "+"}  # = is + without Shift
COMPARED = r'event\.key(?:\.toLowerCase\(\))? [!=]== "(\?|Arrow\w+|Page\w+|Escape|Enter| |p|n)"'
LOOKED_UP = r"\b(Arrow\w+|Page\w+|Escape|Enter): "  # in a table of what each does


def test_every_key_that_a_script_listens_to_is_told() -> None:
    told = " ".join(key.keys for keys in KEYS.values() for key in keys).lower()
    scripts = [
        file.read_text("utf-8") for file in (ROOT / "components").rglob("*.js") if "node_modules" not in file.parts
    ]
    heard = {name for script in scripts for how in (COMPARED, LOOKED_UP) for name in re.findall(how, script)}
    assert {"?", "Escape", "Enter", "ArrowUp", "PageDown", " ", "n"} <= heard
    assert all(SIGNS.get(name, name).lower() in told for name in heard)


def test_the_dialog_has_a_row_for_every_key() -> None:
    assert as_markdown().count("\n| ") == sum(len(keys) + 1 for keys in KEYS.values())
