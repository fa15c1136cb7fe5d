"""Numbers, sizes and times as a person reads them in a text."""

import re

import pytest

NUMBER = re.compile(
    r"(?<![\w.])([-−]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?(?: × 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)| (billion|trillion))?(?![\d,.]*\d)"
)
BYTES = re.compile(r"([\d.]+) ([kMGTPE]?)B\b")
SECONDS = re.compile(r"([\d.]+) ([mµn]?)s\b")
LARGE = {"billion": 9, "trillion": 12}
PLAIN_DIGITS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def numbers(text: str) -> list[float]:
    """The numbers in a text as a person reads them: 3,844 is one, and so are −0.5, ×4.2, 68 billion and 1.1 × 10¹²."""
    found = []
    for sign, whole, part, power, large in NUMBER.findall(text.replace("×", "× ").replace("×  ", "× ")):
        value = float(whole.replace(",", "") + part) * 10.0 ** int(power.translate(PLAIN_DIGITS) or LARGE.get(large, 0))
        found.append(-value if sign else value)
    return found


def as_told(factor: float) -> object:
    """A factor as it is told: with one decimal, from ten on with none, from a thousand million on with two figures."""
    return pytest.approx(factor, abs=0.0501 if factor < 9.95 else 0.501, rel=0.051 if factor >= 1e9 else 0)


def sizes(text: str) -> list[float]:
    """The sizes in a text, in bytes."""
    return [float(value) * 1000.0 ** " kMGTPE".index(unit or " ") for value, unit in BYTES.findall(text)]


def durations(text: str) -> list[float]:
    """The times in a text, in seconds."""
    return [float(value) * {"": 1.0, "m": 1e-3, "µ": 1e-6, "n": 1e-9}[unit] for value, unit in SECONDS.findall(text)]


def exact(text: str) -> float:
    """A number of many figures, however it is written."""
    return numbers(text)[0] if "×" in text else float(text.replace("−", "-"))


def assert_are_three_sentences(told: tuple[str, ...]) -> None:
    """Each is one, in plain text, and ends in a full stop."""
    assert len(told) == 3
    for sentence in told:
        assert re.fullmatch(r"[^a-z\s].*[^.!?…]\.", sentence), sentence
        assert not re.search(r"[.!?] [A-Z]|\*\*|:\w+\[|:material|\\|\u2060|\n", sentence), sentence
