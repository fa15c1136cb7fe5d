"""Numbers read as a person would write them."""

import math
import re

import pytest

from components.display import words
from tests.support.text import durations, numbers, sizes


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("3,844 × 4,096 cells, or 62 × 62.", [3844, 4096, 62, 62]),
        ("**×1.5** by 9 of 1,024, then ×3,844", [1.5, 9, 1024, 3844]),
        ("−0.5, -3, 1.1 × 10¹², 4.4 × 10⁻¹⁶ and −2.0 × 10⁰", [-0.5, -3, 1.1e12, 4.4e-16, -2]),
        ("float32, Y3 and 10 %: 0.03 % (seed 7), 12.", [10, 0.03, 7, 12]),
        ("none", []),
    ],
)
def test_the_numbers_in_a_text_are_those_a_person_reads(text: str, read: list[float]) -> None:
    assert numbers(text) == pytest.approx(read, rel=1e-12)


def test_sizes_and_times_are_read_with_their_units() -> None:
    assert sizes("36 B, 1.5 kB and 2.1 GB at 128") == pytest.approx([36, 1500, 2.1e9])
    assert durations("2 s, 18 µs, 2.7 ms, 150 ns, 3 sets") == pytest.approx([2, 18e-6, 2.7e-3, 150e-9])


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
        (0.28444, "×0.28"),
        (0.0457, "×0.046"),
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
        "👩‍👧 ❤️ می‌خواهم",
    ],
)
def test_plain_text_keeps_its_letters_and_offers_markdown_nothing(text: str) -> None:
    shown = words.markdown_escaped(text)
    assert re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", shown).replace("\u2060", "") == text
    assert not re.search(r"(?<!\\)[*_`<\[\]$!]", shown)
    assert not re.search(r"://\w|www\.\w|@\w", shown.replace("\\", ""))


def test_a_volume_is_its_sides_and_a_negative_term_stands_in_brackets() -> None:
    assert words.shape((3, 1024, 1)) == "3 × 1,024 × 1"
    assert [words.term(x) for x in (2.0, 0.0, -0.5)] == ["2", "0", "(−0.5)"]


@pytest.mark.parametrize(
    ("n", "text"),
    [(0, "0 copies"), (1, "1 copy"), (2, "2 copies"), (3844, "3,844 copies"), (10**9, "1.0 × 10⁹ copies")],
)
def test_a_plural_that_is_no_s_is_given(n: int, text: str) -> None:
    assert words.plural(n, "copy", "copies") == text


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0.0, "0"),
        (1.0, "1"),
        (1.23, "1.23"),
        (1.2345, "1.23"),
        (-3.05, "−3.05"),
        (0.0457, "0.0457"),
        (0.001, "0.001"),
        (-0.00123456, "−0.00123"),
        (0.000999, "1.0 × 10⁻³"),
        (-4.44e-16, "−4.4 × 10⁻¹⁶"),
        (5e-324, "4.9 × 10⁻³²⁴"),
        (25.0, "25"),
        (99.96, "100"),
        (-999.4, "−999"),
        (1000.0, "1,000"),
        (-1234.5678, "−1,235"),
        (99_999.4, "99,999"),
        (100_000.0, "1.0 × 10⁵"),
        (-2.25e6, "−2.2 × 10⁶"),
    ],
)
def test_a_figure_has_three_figures_and_a_power_only_where_it_is_very_small_or_large(x: float, text: str) -> None:
    assert words.figure(x) == text


EVERY_SIZE = [
    sign * m * 10.0**n for n in range(-18, 9) for m in (1.0, 1.005, 3.7, 9.4, 9.996, 9.9999) for sign in (1, -1)
]


def test_a_figure_is_never_written_as_computers_do() -> None:
    assert not [x for x in EVERY_SIZE if not re.fullmatch(r"−?[\d,.]+( × 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?", words.figure(x))]


def test_a_figure_is_the_number_to_three_figures_or_to_two_with_a_power() -> None:
    for x in EVERY_SIZE:
        wanted = pytest.approx(x, rel=5.1e-2 if "×" in words.figure(x) else 5.1e-3)
        assert numbers(words.figure(x)) == [wanted]


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.9951, "100 %"),
        (0.994, "99 %"),
        (0.12, "12 %"),
        (0.1, "10 %"),
        (0.0996, "10 %"),
        (0.0994, "9.9 %"),
        (0.0457, "4.6 %"),
        (0.0123, "1.2 %"),
        (0.00987, "0.99 %"),
        (0.0003, "0.03 %"),
        (0.000048843, "0.0049 %"),
    ],
)
def test_percent_is_whole_from_ten_and_has_two_figures_below(share: float, text: str) -> None:
    assert words.percent(share) == text


@pytest.mark.parametrize("share", [1e-6, 9.4e-7, 2.2e-7, 1e-9])
def test_a_tiny_share_is_not_written_as_computers_do(share: float) -> None:
    assert re.fullmatch(r"[\d.]+( × 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)? %", words.percent(share))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1.0, "1.0 s"),
        (1.34, "1.3 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (61.4, "61 s"),
        (0.0027, "2.7 ms"),
        (0.001, "1.0 ms"),
        (0.12345, "123 ms"),
        (18e-6, "18 µs"),
        (1.04e-6, "1.0 µs"),
        (150e-9, "150 ns"),
        (2e-9, "2.0 ns"),
    ],
)
def test_a_duration_has_the_unit_in_which_it_is_at_least_one(seconds: float, text: str) -> None:
    assert words.duration(seconds) == text


def test_a_duration_read_back_is_the_time_to_two_figures() -> None:
    for seconds in (m * 10.0**n for n in range(-9, 3) for m in (1.0, 2.345, 9.4, 9.96)):
        assert durations(words.duration(seconds)) == [pytest.approx(seconds, rel=5.1e-2)]


@pytest.mark.parametrize(
    ("letter", "places", "text"),
    [
        ("F", (1, 1), "F₁₁"),
        ("V", (2, 1), "V₂₁"),
        ("b", (3,), "b₃"),
        ("F", (1, 2, 3), "F₁₂₃"),
        ("F", (9, 9), "F₉₉"),
        ("F", (10, 1), "F₁₀,₁"),
        ("F", (1, 10), "F₁,₁₀"),
        ("F", (2, 11, 3), "F₂,₁₁,₃"),
        ("w", (12,), "w₁₂"),
    ],
)
def test_a_weight_is_its_letter_and_its_places_with_a_comma_where_they_would_run_together(
    letter: str, places: tuple[int, ...], text: str
) -> None:
    assert words.indexed(letter, *places) == text


def test_no_two_weights_have_one_name() -> None:
    names = [words.indexed("F", k, l) for k in range(1, 124) for l in range(1, 124)]
    assert len(set(names)) == len(names)
