"""Keys in pictures, from the scripts themselves in Node: the browser keeps its shortcuts, a held key paints once."""

from pathlib import Path
from typing import Any

import pytest

from components.widgets.mount import SHARED
from tests.support.node import call

PAGES = SHARED.parents[1] / "pages"
LOOM = PAGES / "explore" / "loom"
FILES: tuple[Path, ...] = (SHARED, LOOM / "matrix.js", LOOM / "zoom.js", LOOM / "draw.js", LOOM / "loom.js")
SHEET: tuple[Path, ...] = (SHARED, PAGES / "network" / "sketchpad" / "sketchpad.js")
STUB = """
const element = () => {
  const heard = {};
  const image = (w, h) => ({ data: new Uint8ClampedArray(4 * w * h) });
  return {
    value: "15", style: {}, heard, addEventListener: (name, listener) => (heard[name] = listener),
    getContext: () => ({ createImageData: image, putImageData: () => {} }), querySelector: () => element(),
  };
};
const press = (listener, keys) => keys.map((key) => {
  let taken = false;
  const preventDefault = () => (taken = true);
  listener({ altKey: false, ctrlKey: false, metaKey: false, repeat: false, ...key, preventDefault });
  return taken;
});
"""
ZOOM = """(keys) => {
  const [over, panel] = [element(), element()];
  const loom = { matrix: { over, panel }, geo: { outH: 6, outW: 6, H: 8, W: 8 }, props: { bias: 0 },
    window: { top: 0, bottom: 36, left: 0, right: 64 }, schedule: () => {}, sendZoom: () => {} };
  new Zoom(loom);
  return press(over.heard.keydown, keys);
}"""
WALK = """(keys) => {
  const loom = { pinned: null, walkTo: () => {} };
  const panel = { of: () => [6, 6], focus: (i, j) => ({ kind: "output", i, j }) };
  return press((event) => Loom.prototype.walk.call(loom, event, panel), keys);
}"""
DRAW = """(keys) => {
  const [sent, tools, over] = [[], {}, element()];
  const panel = { querySelector: (name) => (tools[name] ??= element()) };
  const inside = tools[".tools"] = element();
  inside.querySelector = panel.querySelector;
  const loom = {
    input: { over, panel }, geo: { H: 2, W: 3 }, channels: 1, picture: new Uint8Array(6), props: { drawing: true },
    pinned: { kind: "input", r: 1, c: 2 },
    setPicture(levels, text) { Object.assign(this, { picture: levels, text }); },
    send() { sent.push(this.text); },
  };
  new Pencil(loom);
  const taken = press(over.heard.keydown, keys);
  tools[".undo"].heard.click();
  return { taken, sent };
}"""
SKETCH = """(keys) => {
  const [sent, canvas, undo] = [[], element(), element()];
  const root = { querySelector: (name) => (name === ".undo" ? undo : element()) };
  const parent = { querySelector: (name) => (name === "canvas" ? canvas : root) };
  const pad = new Sketchpad(parent, (drawing) => sent.push(drawing));
  pad.update({ drawing: "000-000-000" });
  const taken = press(canvas.heard.keydown, keys);
  pad.drawing.answer(sent.at(-1));
  undo.heard.click();
  pad.destroy();
  return { taken, sent };
}"""


def run(files: tuple[Path, ...], function: str, keys: list[dict[str, Any]]) -> Any:  # noqa: ANN401
    script = "\n".join(file.read_text("utf-8") for file in files).replace("export default", "const made =")
    return call(STUB + script, function, keys)


@pytest.mark.parametrize("held", ["ctrlKey", "metaKey", "altKey"])
def test_what_is_a_shortcut_of_the_browser_is_left_to_it(held: str) -> None:
    for files, function, names in ((FILES, ZOOM, "+-0="), (FILES, WALK, ["Enter", "ArrowUp"])):
        keys = [{"key": name} for name in names]
        assert run(files, function, keys) == [True] * len(keys)
        assert run(files, function, [key | {held: True} for key in keys]) == [False] * len(keys)
    for files, function in ((FILES, DRAW), (SHEET, SKETCH)):
        assert run(files, function, [{"key": " "}, {"key": " ", held: True}])["taken"] == [True, False]


@pytest.mark.parametrize(("files", "function", "blank"), [(FILES, DRAW, "000-000"), (SHEET, SKETCH, "000-000-000")])
def test_a_space_bar_that_is_held_down_paints_and_sends_once_and_is_undone_at_once(
    files: tuple[Path, ...], function: str, blank: str
) -> None:
    once = run(files, function, [{"key": " "}])
    assert once["sent"][-1] == blank
    assert len(once["sent"]) == 2
    held = run(files, function, [{"key": " "}, *[{"key": " ", "repeat": True}] * 60])
    assert held["taken"] == [True] * 61  # nor does it scroll the page
    assert held["sent"] == once["sent"]


def test_a_drawing_is_the_same_drawing_as_text_and_50_strokes_can_be_undone() -> None:
    text = "0a-f0-17"
    assert call(SHARED.read_text("utf-8"), "(text) => drawingText(drawnLevels(text), 2)", text) == text
    undone = """(n) => {
      const strokes = new Strokes();
      for (let i = 0; i < n; i++) strokes.keep(String(i));
      return Array.from({ length: n }, () => strokes.undo() ?? null);
    }"""
    assert call(SHARED.read_text("utf-8"), undone, 52) == [str(n) for n in range(51, 1, -1)] + [None, None]
