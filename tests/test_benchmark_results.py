"""A run that is written replaces its own section of the results and leaves the others as they were."""

import io
from pathlib import Path

import pytest

from tests.benchmarks import results
from tests.benchmarks.results import kept, replaced

DOCUMENT = "# Title\n\nWords.\n\n## one\n\nfirst\n\nof two\n\n## two\n\nsecond\n"


def test_a_section_is_replaced_where_it_stands_and_a_new_one_is_added_at_the_end() -> None:
    assert replaced(DOCUMENT, "one", "new") == "# Title\n\nWords.\n\n## one\n\nnew\n\n## two\n\nsecond\n"
    assert replaced(DOCUMENT, "three", "new") == DOCUMENT + "\n## three\n\nnew\n"
    assert replaced("# Title", "three", "new") == "# Title\n\n## three\n\nnew\n"


def test_what_is_printed_is_both_shown_and_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "FILE", tmp_path / "results.md")
    screen = io.StringIO()
    for words in ("first", "second"):
        with kept("engine", screen):
            print(words)  # noqa: T201  # what a benchmark does
    written = (tmp_path / "results.md").read_text("utf-8")
    assert screen.getvalue() == "first\nsecond\n"
    assert written.endswith("```text\nsecond\n```\n")
    assert "first" not in written
    assert "numpy" in written


def test_a_run_that_fails_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "FILE", tmp_path / "results.md")
    with pytest.raises(RuntimeError, match="broken"), kept("engine", io.StringIO()):
        raise RuntimeError("broken")
    assert not (tmp_path / "results.md").exists()
