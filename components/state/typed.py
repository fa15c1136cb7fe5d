"""How a number is read that somebody types: the rules of `readNumber` in components/widgets/shared.js.

`tests/support/typed.json` holds both to them.
"""

import re

LONGEST = 40  # characters
SPACE = " \t\u00a0"
FRACTION = r"([+-]?[0-9]{1,15}) */ *([0-9]{1,15})"  # so few digits that both ends are exact
DECIMAL = r"[+-]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?"
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
