"""What a component is made of crosses once, and what it is sent needs no package for tables."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from components.widgets import mount
from tests.support.visitor import Visitor

ROOT = Path(__file__).resolve().parents[3]
FIRST_VISIT = """
import json, sys
from streamlit.testing.v1 import AppTest
page = AppTest.from_file(sys.argv[1], default_timeout=60).run()
assert not page.exception
print(json.dumps(sorted(sys.modules)))
"""


def test_a_change_is_answered_with_what_changed_and_neither_code_nor_picture_nor_tables() -> None:
    page = Visitor(image="digit", side="8")
    before, still = page.named("loom").proto, page.named("loom-still").proto.bytes
    assert len(before.js_content) + len(before.html_content) + len(before.css_content) < 250
    assert {"image", "tile"} <= json.loads(still.partition(b"\n")[2]).keys()
    known = page.data("loom")
    kernel = [[5.0, *known["kernel"][0][1:]], *known["kernel"][1:]]
    page.send("loom", "edit", {"kernel": kernel, "origin": known["origin"], "serial": 1})
    assert page.data("loom")["kernel"] == kernel
    assert page.named("loom-still").proto.bytes == still
    assert page.named("loom").proto.json != before.json


def test_all_code_is_in_one_message_and_every_component_asks_for_its_own_by_name() -> None:
    message = json.loads(mount._message())
    assert message["shared"] == mount.SHARED.read_text("utf-8")
    protos: list[Any] = [getattr(node, "proto", None) for node in Visitor().at]
    asked = [proto.js_content for proto in protos if getattr(proto, "component_name", "") not in ("", "code", "still")]
    named = [name for name in message["parts"] for js in asked if f'by: "{name}"' in js]
    assert len(named) == len(asked) > 3


@pytest.mark.long
def test_a_first_visit_loads_no_pandas_and_of_scipy_what_its_picture_needs() -> None:
    command = [sys.executable, "-c", FIRST_VISIT, str(ROOT / "app.py")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    loaded = json.loads(done.stdout.splitlines()[-1])
    parts = ("fft", "ndimage", "signal", "special", "sparse.csgraph", "sparse.linalg", "optimize", "stats")
    assert "scipy" in loaded
    assert not {"pandas", *(f"scipy.{part}" for part in parts)} & set(loaded)
