"""Strokes on a sheet, from the scripts themselves in Node."""

from components.widgets.mount import SHARED
from tests.support.node import call


def test_a_drawing_is_the_same_drawing_as_text_and_50_strokes_can_be_undone() -> None:
    text = "0a-f0-17"
    assert call(SHARED.read_text("utf-8"), "(text) => drawingText(drawnLevels(text), 2)", text) == text
    undone = """(n) => {
      const strokes = new Strokes();
      for (let i = 0; i < n; i++) strokes.keep(String(i));
      return Array.from({ length: n }, () => strokes.undo() ?? null);
    }"""
    assert call(SHARED.read_text("utf-8"), undone, 52) == [str(n) for n in range(51, 1, -1)] + [None, None]
