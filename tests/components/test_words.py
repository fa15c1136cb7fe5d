"""Numbers read as a person would write them."""

import math
import re

import pytest

from components import words


@pytest.mark.parametrize(
    ("n", "text"),
    [
        (0, "0"),
        (1, "1"),
        (-1, "-1"),
        (999, "999"),
        (1_000, "1,000"),
        (15_745_024, "15,745,024"),
        (999_999_999, "999,999,999"),
        (10**9, "1.0 × 10⁹"),
        (1_099_511_627_776, "1.1 × 10¹²"),
        (9_949_999_999, "9.9 × 10⁹"),
        (9_960_000_000, "1.0 × 10¹⁰"),
        (68_719_476_736, "6.9 × 10¹⁰"),
    ],
)
def test_amounts_are_exact_up_to_a_thousand_million(n: int, text: str) -> None:
    assert words.amount(n) == text


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1.0 × 10⁰"),
        (4.44e-16, "4.4 × 10⁻¹⁶"),
        (2.220446049250313e-16, "2.2 × 10⁻¹⁶"),
        (-4.44e-16, "-4.4 × 10⁻¹⁶"),
        (9.94, "9.9 × 10⁰"),
        (9.96, "1.0 × 10¹"),
        (-9.96, "-1.0 × 10¹"),
        (9.96e-16, "1.0 × 10⁻¹⁵"),
        (99.99, "1.0 × 10²"),
        (0.1, "1.0 × 10⁻¹"),
        (1000.0, "1.0 × 10³"),
        (1.7976931348623157e308, "1.8 × 10³⁰⁸"),
        (2.2250738585072014e-308, "2.2 × 10⁻³⁰⁸"),
    ],
)
def test_powers_have_two_figures(x: float, text: str) -> None:
    assert words.power(x) == text


@pytest.mark.parametrize("exponent", range(-307, 309))
def test_a_power_of_ten_is_one_times_itself(exponent: int) -> None:
    digits = dict(zip("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True))
    wanted = "1.0 × 10" + "".join(digits[c] for c in str(exponent))
    assert words.power(float(f"1e{exponent}")) == wanted
    assert words.power(math.nextafter(float(f"1e{exponent}"), 0.0)) == wanted


@pytest.mark.parametrize("x", [5e-324, 1e-323, 1e-320, -5e-324])
def test_the_smallest_numbers_there_are_do_not_stop_it(x: float) -> None:
    assert words.power(x).partition(" × 10⁻³²")[1]


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (36, "36 B"),
        (999, "999 B"),
        (1_000, "1.0 kB"),
        (1_234, "1.2 kB"),
        (9_949, "9.9 kB"),
        (9_950, "10 kB"),
        (138_384, "138 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (62_980_096, "63 MB"),
        (999_499_999, "999 MB"),
        (999_500_000, "1.0 GB"),
        (4_398_046_511_104, "4.4 TB"),
        (10**15, "1.0 PB"),
        (10**18, "1.0 EB"),
    ],
)
def test_sizes_step_by_a_thousand_and_never_show_one(count: int, text: str) -> None:
    assert words.size(count) == text


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (0.5, "×0.5"),
        (1.0, "×1.0"),
        (9.94, "×9.9"),
        (9.949999, "×9.9"),
        (9.95, "×10"),
        (10.4, "×10"),
        (455.11, "×455"),
        (3844.0, "×3,844"),
        (1_749_447.1, "×1,749,447"),
        (2.5e9, "×2.5 × 10⁹"),
    ],
)
def test_small_ratios_keep_one_decimal(ratio: float, text: str) -> None:
    assert words.times(ratio) == text


@pytest.mark.parametrize(("n", "text"), [(0, "0 weights"), (1, "1 weight"), (2, "2 weights"), (3844, "3,844 weights")])
def test_only_one_is_singular(n: int, text: str) -> None:
    assert words.plural(n, "weight") == text


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example/x",
        "www.evil.example",
        "a@evil.example",
        "![x](//h/x.png)",
        "_x_ *y* `z` <b> :red[q] $x$",
        "−3 × 3 “½”",
    ],
)
def test_plain_text_keeps_its_letters_and_offers_markdown_nothing(text: str) -> None:
    shown = words.plain(text)
    assert re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", shown).replace("\u2060", "") == text
    assert not re.search(r"(?<!\\)[*_`<\[\]$!]", shown)
    assert not re.search(r"://\w|www\.\w|@\w", shown.replace("\\", ""))
