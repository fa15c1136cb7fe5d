"""Distributions and counts, against answers counted by hand."""

import csv
from io import StringIO

from components.pages.quiz.classroom.results import ROUND_NAMES, Counts, Distribution, Solution, distribution, table
from components.pages.quiz.question import LETTERS
from components.pages.quiz.questions import questions

ASKED = questions(0, "easy")
COUNTS = {(1, 0): (3, 0, 1, 2), (1, 1): (0, 1, 5, 0), (4, 0): (0, 0, 0, 0)}


def solution(number: int, counts: Counts) -> Solution:
    return Solution(ASKED[number], distribution(number, counts))


def test_a_distribution_alone_does_not_say_which_answer_is_right() -> None:
    found = distribution(1, COUNTS)
    assert [bar.name for bar in found.figure().data] == [*ROUND_NAMES]
    assert [[*bar.x] for bar in found.figure().data] == [[*LETTERS]] * 2
    assert found == distribution(1, COUNTS)
    told = found.finding + found.alt + str(found.figure().to_plotly_json())
    assert not any(word in told for word in ("correct", "✓", "%", *(c.mistake for c in ASKED[1].choices if c.mistake)))
    assert "First answers: 6 students; After discussion: 6 students" in found.finding
    assert "A 3, B 0, C 1, D 2" in found.alt
    assert Distribution({}).finding == "Nobody has answered."


def test_both_rounds_stand_beside_each_other_with_the_right_answer_marked() -> None:
    found = solution(1, COUNTS)
    assert [*found.answered.rounds.items()] == [*zip(ROUND_NAMES, (COUNTS[1, 0], COUNTS[1, 1]), strict=True)]
    figure = found.figure()
    assert [(bar.name, [*bar.y]) for bar in figure.data] == [
        (name, [*counts]) for name, counts in found.answered.rounds.items()
    ]
    assert [name.endswith("✓") for name in figure.data[0].x] == [n == ASKED[1].right for n in range(4)]
    right = [counts[ASKED[1].right] for counts in found.answered.rounds.values()]
    assert f"First answers: {right[0]} of 6 correct" in found.finding
    assert f"After discussion: {right[1]} of 6 correct" in found.finding
    for n, letter in enumerate(LETTERS[:4]):
        assert f"{letter} {COUNTS[1, 1][n]}" in found.alt


def test_mistakes_are_named_by_the_last_round_most_frequent_first() -> None:
    found = solution(1, COUNTS)
    wrong = [n for n in (2, 1) if n != ASKED[1].right]  # five and one in the last round
    assert [line.split(" ")[0] for line in found.mistakes] == [LETTERS[n] for n in wrong]
    assert all(ASKED[1].choices[n].mistake in line for n, line in zip(wrong, found.mistakes, strict=True))


def test_a_round_in_which_nobody_answered_gives_its_name_to_no_other() -> None:
    found = solution(0, {(0, 1): (4, 0, 0, 0)})
    assert [*found.answered.rounds] == ["After discussion"]
    assert found.finding.count("After discussion") == 1
    assert "First answers" not in found.finding + found.alt


def test_a_question_nobody_has_answered_says_so() -> None:
    assert "Nobody has answered" in solution(0, COUNTS).finding
    assert "0 of 0 correct" in solution(4, COUNTS).finding


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
