"""Distributions and counts, against answers counted by hand."""

import csv
from io import StringIO

from components.pages.quiz.classroom.results import ROUND_NAMES, results, table
from components.pages.quiz.questions import questions
from components.pages.quiz.worksheet import LETTERS

ASKED = questions(0, "easy")
COUNTS = {(1, 0): (3, 0, 1, 2), (1, 1): (0, 1, 5, 0), (4, 0): (0, 0, 0, 0)}


def test_both_rounds_stand_beside_each_other_with_the_right_answer_marked() -> None:
    found = results(ASKED[1], 1, COUNTS)
    assert [*found.rounds.items()] == [*zip(ROUND_NAMES, (COUNTS[1, 0], COUNTS[1, 1]), strict=True)]
    figure = found.figure()
    assert [(bar.name, [*bar.y]) for bar in figure.data] == [(name, [*counts]) for name, counts in found.rounds.items()]
    assert [name.endswith("✓") for name in figure.data[0].x] == [n == ASKED[1].right for n in range(4)]
    right = [counts[ASKED[1].right] for counts in found.rounds.values()]
    assert f"First answers: {right[0]} of 6 correct" in found.finding
    assert f"After discussion: {right[1]} of 6 correct" in found.finding
    for n, letter in enumerate(LETTERS[:4]):
        assert f"{letter} {COUNTS[1, 1][n]}" in found.alt


def test_mistakes_are_named_by_the_last_round_most_frequent_first() -> None:
    found = results(ASKED[1], 1, COUNTS)
    wrong = [n for n in (2, 1) if n != ASKED[1].right]  # five and one in the last round
    assert [line.split(" ")[0] for line in found.mistakes] == [LETTERS[n] for n in wrong]
    assert all(ASKED[1].choices[n].mistake in line for n, line in zip(wrong, found.mistakes, strict=True))


def test_a_round_in_which_nobody_answered_gives_its_name_to_no_other() -> None:
    found = results(ASKED[0], 0, {(0, 1): (4, 0, 0, 0)})
    assert [*found.rounds] == ["After discussion"]
    assert found.finding.count("After discussion") == 1
    assert "First answers" not in found.finding + found.alt


def test_a_question_nobody_has_answered_says_so() -> None:
    assert "Nobody has answered" in results(ASKED[0], 0, COUNTS).finding
    assert "0 of 0 correct" in results(ASKED[4], 4, COUNTS).finding


def test_the_table_has_a_line_for_every_question_round_and_choice_and_no_more_than_counts() -> None:
    rows = list(csv.DictReader(StringIO(table(ASKED, COUNTS))))
    assert len(rows) == 12
    for row in rows:
        question, n = ASKED[int(row["question"]) - 1], LETTERS.index(row["answer"])
        assert int(row["students"]) == COUNTS[int(row["question"]) - 1, int(row["round"]) - 1][n]
        assert row["correct"] == str(int(n == question.right))
        assert (row["text"], row["mistake"], row["kind"]) == (
            question.choices[n].text,
            question.choices[n].mistake,
            question.kind,
        )
    assert table(ASKED, {}).count("\n") == 1
