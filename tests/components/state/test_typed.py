"""A typed number is read by one rule, here and in the browser; `typed.json` says which."""

import json
from pathlib import Path

from components.state.typed import read_number
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
