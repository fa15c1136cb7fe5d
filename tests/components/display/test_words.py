"""Numbers read as a person would write them."""

import json
import math
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from components.display import words
from components.widgets.mount import SHARED
from tests.support import node
from tests.support.text import numbers

CASES: dict[str, list[tuple[float, str]]] = json.loads(
    (Path(__file__).parents[2] / "support" / "numbers.json").read_text("utf-8")
)
EVERY_SIZE = [
    sign * m * 10.0**n for n in range(-18, 9) for m in (1.0, 1.005, 3.7, 9.4, 9.996, 9.9999) for sign in (1, -1)
]


@pytest.mark.parametrize("name", CASES)
def test_python_and_javascript_write_a_number_alike(name: str) -> None:
    write: Callable[[float], str] = getattr(words, name)
    wanted = [text for _, text in CASES[name]]
    assert [write(x) for x, _ in CASES[name]] == wanted
    assert node.call(SHARED.read_text("utf-8"), f"(xs) => xs.map({name})", [x for x, _ in CASES[name]]) == wanted


def test_python_and_javascript_write_figures_of_every_size_alike() -> None:
    tied = [sign * (n + 0.5) / 2**k for n in range(0, 4000, 37) for k in range(12) for sign in (1, -1)]
    written = node.call(SHARED.read_text("utf-8"), "(xs) => xs.map(figure)", EVERY_SIZE + tied)
    assert written == [words.figure(x) for x in EVERY_SIZE + tied]


def test_a_power_of_ten_is_one_times_itself() -> None:
    digits = dict(zip("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True))
    for exponent in range(-307, 309):
        wanted = "1.0 × 10" + "".join(digits[c] for c in str(exponent))
        assert words.power(float(f"1e{exponent}")) == wanted
        assert words.power(math.nextafter(float(f"1e{exponent}"), 0.0)) == wanted


def test_a_figure_is_the_number_to_three_figures_or_to_two_with_a_power_and_never_written_as_computers_do() -> None:
    for x in EVERY_SIZE:
        text = words.figure(x)
        assert re.fullmatch(r"−?[\d,.]+( × 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?", text)
        assert numbers(text) == [pytest.approx(x, rel=5.1e-2 if "×" in text else 5.1e-3)]


WRITTEN: list[tuple[Callable[..., str], dict[float, str]]] = [
    (words.size, {
        0: "0 B", 36: "36 B", 999: "999 B", 1_000: "1.0 kB", 1_234: "1.2 kB", 9_949: "9.9 kB", 9_950: "10 kB",
        138_384: "138 kB", 999_499: "999 kB", 999_500: "1.0 MB", 62_980_096: "63 MB", 999_499_999: "999 MB",
        999_500_000: "1.0 GB", 4_398_046_511_104: "4.4 TB", 10**15: "1.0 PB", 10**18: "1.0 EB",
    }),
    (words.times, {
        0.5: "0.5 times", 0.28444: "0.28 times", 0.0457: "0.046 times", 1.0: "1.0 times", 9.949999: "9.9 times",
        9.95: "10 times", 10.4: "10 times", 455.11: "455 times", 3844.0: "3,844 times",
        1_749_447.1: "1,749,447 times", 2.5e9: "2.5 billion times",
    }),
    (words.fewer, {
        455.11: "455 times fewer", 1.0: "1.0 times fewer", 0.91: "1.1 times as many", 0.001: "1,000 times as many",
    }),
    (words.percent, {
        0.0: "0%", 1.0: "100%", 0.9951: "100%", 0.994: "99%", 0.12: "12%", 0.0996: "10%", 0.0994: "9.9%",
        0.0457: "4.6%", 0.00987: "0.99%", 0.0003: "0.03%", 0.000048843: "0.0049%", 1e-5: "0.001%",
        9.4e-7: "9.4 × 10⁻⁵%", 1e-9: "1.0 × 10⁻⁷%",
    }),
    (words.duration, {
        1.0: "1.0 s", 1.34: "1.3 s", 9.94: "9.9 s", 9.96: "10 s", 61.4: "61 s", 0.0027: "2.7 ms", 0.001: "1.0 ms",
        0.12345: "123 ms", 18e-6: "18 µs", 1.04e-6: "1.0 µs", 150e-9: "150 ns", 2e-9: "2.0 ns",
    }),
    (words.decibels, {
        1.0: "0.0 dB", 0.019: "−17.2 dB", 100.0: "20.0 dB", 0.0: "—", -1.0: "—", math.inf: "—",
    }),
    (words.exact, {-0.003693272151: "−0.00369327215", 1.23456789123e-18: "1.23456789 × 10⁻¹⁸"}),
    (words.term, {2.0: "2", 0.0: "0", -0.5: "(−0.5)"}),
]  # fmt: skip


@pytest.mark.parametrize(("write", "cases"), WRITTEN, ids=lambda part: getattr(part, "__name__", ""))
def test_sizes_ratios_shares_and_durations_are_rounded_as_people_do(
    write: Callable[[float], str], cases: dict[float, str]
) -> None:
    assert {number: write(number) for number in cases} == cases


def test_only_one_is_singular_and_a_plural_that_is_no_s_is_given() -> None:
    weights = [words.plural(n, "weight") for n in (0, 1, 2, 3844)]
    assert weights == ["0 weights", "1 weight", "2 weights", "3,844 weights"]
    copies = [words.plural(n, "copy", "copies") for n in (0, 1, 2, 10**9)]
    assert copies == ["0 copies", "1 copy", "2 copies", "1.0 billion copies"]


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example/x",
        "www.evil.example",
        "a@evil.example",
        "![x](//h/x.png)",
        "_x_ *y* `z` <b> :red[q] $x$",
        "−3 × 3 “½”",
        "👩‍👧 ❤️ می‌خواهم",
    ],
)
def test_escaped_text_keeps_its_letters_and_offers_markdown_nothing(text: str) -> None:
    shown = words.markdown_escaped(text)
    assert re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", shown).replace("\u2060", "") == text
    assert not re.search(r"(?<!\\)[*_`<\[\]$!]", shown)
    assert not re.search(r"://\w|www\.\w|@\w", shown.replace("\\", ""))


def test_a_volume_is_its_sides() -> None:
    assert words.shape((3, 1024, 1)) == "3 × 1,024 × 1"


def test_a_weight_is_its_letter_and_its_places_with_a_comma_where_they_would_run_together() -> None:
    named = {"F₁₂₃": (1, 2, 3), "F₁₂": (12,), "F₉₉": (9, 9), "F₁₀,₁": (10, 1), "F₁,₁₀": (1, 10), "F₂,₁₁,₃": (2, 11, 3)}
    assert {words.indexed("F", *places): places for places in named.values()} == named
    names = [words.indexed("F", k, l) for k in range(1, 124) for l in range(1, 124)]
    assert len(set(names)) == len(names)
