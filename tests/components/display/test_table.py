"""A table is read as a table: a name first in each row, numbers to the right."""

from components.display.table import table


def test_a_table_has_its_head_its_alignment_and_a_line_a_row() -> None:
    assert table(("", "a", "b"), [("x", "1", "2"), ("y", "3", "4")]).splitlines() == [
        "|  | a | b |",
        "|:--|--:|--:|",
        "| x | 1 | 2 |",
        "| y | 3 | 4 |",
    ]
