"""How a number or a matrix is read that somebody types or pastes.

A number follows the rules of `readNumber` in components/widgets/shared.js; `tests/support/typed.json` holds both to
them.
"""

import re

LONGEST = 40  # characters
SPACE = " \t\u00a0"
FRACTION = r"([+-]?[0-9]{1,15}) */ *([0-9]{1,15})"  # so few digits that both ends are exact
DECIMAL = r"[+-]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?"
LONGEST_MATRIX = 10_000  # characters: 15 × 15 numbers of the longest kind
ONE_KIND = str.maketrans("{}()\u00a0\r", "[][] \n")  # of bracket, of space and of line ending
NAME = r"(?:[A-Za-z_]\w* *= *)?(?:[A-Za-z_][\w.]*)?"  # K =, np.array
ROW = r"\[([^\[\]]*)\]"
SEPARATORS = {r"\t": r"\t", ";": ";", r",\s|\s,": ",", r"\s": r"\s+"}  # the first that a text has parts its numbers
AMBIGUOUS = r"[+-]?[1-9][0-9]{0,2},[0-9]{3}"


def read_number(text: str) -> float | None:
    """The number in 0.5, .5, 1e-3, −2, 1/9, or None where it is not plain which one is meant.

    A comma is a decimal point, as in half of Europe: 0,5. Nothing stands between thousands, so 1,234.5 is no number;
    nor is 1,234, which is a thousand to some and one and a quarter to others.
    """
    plain = text.strip(SPACE).replace("−", "-")
    if len(text) > LONGEST or re.fullmatch(AMBIGUOUS, plain):
        return None
    if found := re.fullmatch(FRACTION, plain):
        over, under = map(int, found.groups())
        return over / under + 0.0 if under else None
    if not re.fullmatch(DECIMAL, plain):
        return None
    number = float(plain.replace(",", "."))
    return number + 0.0 if abs(number) != float("inf") else None  # −0 is 0


def read_matrix(text: str, most: int) -> list[list[float]]:
    """The rows of a matrix as spreadsheets, MATLAB, Python and textbooks write it, at most `most` × `most`.

    Rows end with a line, a semicolon or a bracket of their own. Numbers are parted by tabs, semicolons, commas or
    spaces, so that with tabs, semicolons or spaces a comma may be a decimal point. A factor may stand before the first
    bracket: 1/16 [1 2 1; 2 4 2; 1 2 1]. Raises ValueError, which says what is in the way and where.
    """
    if len(text) > LONGEST_MATRIX:
        raise ValueError(f"this text has {len(text):,} characters; a matrix may have at most {LONGEST_MATRIX:,}")
    plain = re.sub(" ?/ ?", "/", re.sub(" +", " ", text.translate(ONE_KIND)).strip(" \n"))
    before, bracket, _ = plain.partition("[")
    factor = _factor(before.strip()) if bracket else 1.0
    cells = _cells(_rows(plain[len(before) :] if bracket else plain))
    if not cells:
        raise ValueError("this text contains no numbers")
    if max(len(cells), *map(len, cells)) > most:
        raise ValueError(
            f"this matrix is {len(cells)} × {max(map(len, cells))}; a kernel can be at most {most} × {most}"
        )
    for n, row in enumerate(cells):
        if len(row) != len(cells[0]):
            raise ValueError(
                f"row 1 has length {len(cells[0])} and row {n + 1} has {len(row)}: all rows must have the same length"
            )
    return [[factor * _cell(cell, n, m) for m, cell in enumerate(row)] for n, row in enumerate(cells)]


def _factor(before: str) -> float:
    """The factor before a matrix, or 1 where there is none but perhaps the name of a variable or a function."""
    if re.fullmatch(NAME, before):
        return 1.0
    number = read_number(before.rstrip(" *×·"))
    if number is None:
        raise ValueError(f"“{before[:LONGEST]}” before the matrix is not a factor such as 1/16")
    return number


def _rows(plain: str) -> list[str]:
    """The text of each row that is not blank."""
    if single := re.fullmatch(ROW + r"[\s,;]*", plain):
        plain = single[1].strip()
    elif "[" in plain or "]" in plain:
        if re.sub(r"[\s,;]+", "", re.sub(ROW, "", plain)) not in ("", "[]", "[[]]"):
            raise ValueError(
                "brackets must enclose either the whole matrix or the matrix and each row, and each must be closed"
            )
        return re.findall(ROW, plain)
    lines = plain.split("\n" if "\n" in plain else ";")
    return [line.strip(" ").rstrip(",;") for line in lines if line.strip()]


def _cells(rows: list[str]) -> list[list[str]]:
    """The text of each number; commas part them where nothing else does."""
    lines = [row.strip(" \n") for row in rows]
    part = next((part for sign, part in SEPARATORS.items() if any(re.search(sign, line) for line in lines)), ",")
    return [[cell.strip(" \n") for cell in re.split(part, line)] for line in lines]


def _cell(text: str, n: int, m: int) -> float:
    number = read_number(text)
    if number is None:
        told = f"“{text[:LONGEST]}” is not a number such as 0.5, −2 or 1/9" if text else "there is no number"
        raise ValueError(f"{told} in row {n + 1}, column {m + 1}")
    return number
