"""A typed number is read by one rule, here and in the browser; a pasted matrix as it is written, or not at all."""

import json
import re
from pathlib import Path

import pytest

from components.state.typed import LONGEST_MATRIX, read_matrix, read_number
from components.widgets.mount import SHARED
from tests.support import node

CASES: dict[str, float | None] = dict(
    json.loads((Path(__file__).parents[2] / "support" / "typed.json").read_text("utf-8"))
)


def to_the_last_bit(number: float | None) -> str:
    return repr(number if number is None else float(number))  # −0.0 is not 0.0


def test_python_and_javascript_read_a_typed_number_alike() -> None:
    wanted = {text: to_the_last_bit(number) for text, number in CASES.items()}
    assert {text: to_the_last_bit(read_number(text)) for text in CASES} == wanted
    read = node.call(SHARED.read_text("utf-8"), "(texts) => texts.map(readNumber)", list(CASES))
    assert dict(zip(CASES, map(to_the_last_bit, read), strict=True)) == wanted


BRACKETS = "brackets must enclose either the whole matrix or the matrix and each row, and each must be closed"
SOBEL = [[1.0, 0.0, -1.0], [2.0, 0.0, -2.0], [1.0, 0.0, -1.0]]


@pytest.mark.parametrize(
    "text",
    [
        "1\t0\t-1\n2\t0\t-2\n1\t0\t-1",  # a spreadsheet
        "1\t0\t−1\r\n2\t0\t−2\r\n1\t0\t−1\r\n",
        "1,0,-1;2,0,-2;1,0,-1",  # a link of this page
        "1,0,-1\n2,0,-2\n1,0,-1\n",
        "1;0;-1\n2;0;-2\n1;0;-1",
        "1 0 -1\n\n 2  0 -2\n1 0 -1",
        "[1 0 -1; 2 0 -2; 1 0 -1]",  # MATLAB
        "K = [1, 0, -1;\n     2, 0, -2;\n     1, 0, -1];",
        "[[1, 0, -1], [2, 0, -2], [1, 0, -1]]",  # Python
        "array([[ 1.,  0., -1.],\n       [ 2.,  0., -2.],\n       [ 1.,  0., -1.]])",
        "[[ 1.  0. -1.]\n [ 2.  0. -2.]\n [ 1.  0. -1.]]",
        "[[1,\n0,\n-1],\n[2,\n0,\n-2],\n[1,\n0,\n-1]]",
        "{{1, 0, -1}, {2, 0, -2}, {1, 0, -1}}",  # C
        "((1, 0, -1), (2, 0, -2), (1, 0, -1))",
        "\u00a01 0 -1\n2 0\u00a0-2\n1 0 -1",
        "2 × [1/2 0 -1/2; 1 0 -1; 1/2 0 -1 / 2]",
        "1e0,0.0,-1.\n2.0,-0,-2\n1,0,-1",
    ],
)
def test_a_matrix_is_read_as_people_write_it(text: str) -> None:
    assert read_matrix(text, 3) == SOBEL


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("0,5\t1,5\n-2\t1/4", [[0.5, 1.5], [-2, 0.25]]),  # decimal commas, wherever something else parts the numbers
        ("0,5;1,5\n-2;1/4", [[0.5, 1.5], [-2, 0.25]]),
        ("0,5 1,5\n-2 1/4", [[0.5, 1.5], [-2, 0.25]]),
        ("0,5", [[0, 5]]),
        ("7", [[7]]),
        ("[7]", [[7]]),
        ("1;2;3", [[1], [2], [3]]),
        ("1\n2\n3", [[1], [2], [3]]),
        ("[[1],[2]]", [[1], [2]]),
        ("1/16 [1 2 1]", [[1 / 16, 2 / 16, 1 / 16]]),
        ("-0.5*[[1, 2], [3, 4]]", [[-0.5, -1], [-1.5, -2]]),
    ],
)
def test_separators_sizes_and_factors_of_a_matrix(text: str, rows: list[list[float]]) -> None:
    assert read_matrix(text, 3) == rows


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "this text contains no numbers"),
        (" \n\t ", "this text contains no numbers"),
        ("[]", "this text contains no numbers"),
        ("[[]]", "there is no number in row 1, column 1"),
        ("abc", "“abc” is not a number such as 0.5, −2 or 1/9 in row 1, column 1"),
        ("1\t\t3", "there is no number in row 1, column 2"),
        ("\t1\n2\t3", "there is no number in row 1, column 1"),
        ("1,2;3", "row 1 has length 2 and row 2 has 1: all rows must have the same length"),
        ("1 2 3 4", "this matrix is 1 × 4; a kernel can be at most 3 × 3"),
        ("1\n2\n3\n4", "this matrix is 4 × 1; a kernel can be at most 3 × 3"),
        ("1,234\t2", "“1,234” is not a number such as 0.5, −2 or 1/9 in row 1, column "
            "1"),  # a thousand, or one and a quarter
        ("1 2/0", "“2/0” is not a number such as 0.5, −2 or 1/9 in row 1, column 2"),
        ("nan inf", "“nan” is not a number such as 0.5, −2 or 1/9 in row 1, column 1"),
        ("[1 2", BRACKETS),
        ("1 2]", BRACKETS),
        ("[[1,2],[3,4]] x", BRACKETS),
        ("[[[1],[2]],[[3],[4]]]", BRACKETS),
        ("one sixteenth [1 2]", "“one sixteenth” before the matrix is not a factor such as 1/16"),
        ("1/0 [1 2]", "“1/0” before the matrix is not a factor such as 1/16"),
        ("x" * 10_001, "this text has 10,001 characters; a matrix may have at most 10,000"),
    ],
)  # fmt: skip
def test_what_is_no_matrix_is_refused_with_what_is_in_the_way_and_where(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(why)}$"):
        read_matrix(text, 3)


@pytest.mark.parametrize(
    "part", ["[", "]", "[]", "[[1],", " ", "\n", " /", "1 /", ",", ";", "\t", "9", "-", "[ ", "a.", "a = "]
)
def test_a_hostile_paste_of_the_longest_kind_is_answered_in_a_moment(part: str) -> None:
    text = (part * LONGEST_MATRIX)[:LONGEST_MATRIX]
    for hostile in (text, f"{text[1:]}x", f"[{text[2:]}]"):
        with pytest.raises(ValueError, match=r"^.{1,160}$"):
            read_matrix(hostile, 15)
