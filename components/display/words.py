"""Numbers a person can read.

`amount`, `power` and `figure` are written in JavaScript too (components/widgets/shared.js); tests/support/numbers.json
holds cases that both must answer alike. Ties go to the even digit in both.
"""

import re
from collections.abc import Iterable, Sequence
from math import inf, log10
from statistics import fmean, pstdev

JOINERS = "\u200c\u200d"
SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
LARGE = {3: "billion", 4: "trillion"}  # by power of a thousand
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def amount(n: int) -> str:
    """15,745,024 in full; from a billion on two figures: 68 billion, 1.1 trillion, then 2.8 × 10¹⁶."""
    if abs(n) < 10**9:
        return f"{n:,}".replace("-", "−")
    figure, exponent = f"{n:.1e}".split("e")
    thousands, tens = divmod(int(exponent), 3)
    if thousands not in LARGE:
        return power(n)
    leading = f"{float(figure) * 10**tens:.{0 if tens else 1}f}".replace("-", "−")
    return f"{leading} {LARGE[thousands]}"


def spread(shares: Sequence[float]) -> str:
    """The mean of what several seeds gave with its standard deviation, 71.1% ± 2.0; a dash before there are any."""
    if not shares:
        return "—"
    return f"{100 * fmean(shares):.1f}% ± {100 * pstdev(shares):.1f}"


def shape(sides: Iterable[int]) -> str:
    """512 × 1,024."""
    return " × ".join(map(amount, sides))


def indexed(letter: str, *places: int) -> str:
    """F₁₁ from its letter and 1-based indices; with a comma if an index has two digits."""
    return letter + ("," if max(places) > 9 else "").join(map(str, places)).translate(SUBSCRIPT)


def power(x: float) -> str:
    """4.4 × 10⁻¹⁶: two figures and a power of ten; only an exact 0 gives 0."""
    if x == 0:
        return "0"
    figure, exponent = f"{x:.1e}".split("e")
    return f"{figure} × 10{str(int(exponent)).translate(SUPERSCRIPT)}".replace("-", "−")


def size(count: int) -> str:
    """Bytes in powers of 1000: 36 B, 138 kB, 63 MB, 4.4 TB."""
    value, units = float(count), iter(("B", "kB", "MB", "GB", "TB", "PB", "EB"))
    unit = next(units)
    while value >= 999.5:
        value, unit = value / 1000, next(units)
    return f"{count} B" if unit == "B" else f"{value:.{0 if value >= 9.95 else 1}f} {unit}"


def factor(ratio: float) -> str:
    """3,844; small ratios keep one decimal."""
    if ratio < 0.95:
        return f"{ratio:.2g}"
    return f"{ratio:.1f}" if ratio < 9.95 else amount(round(ratio))


def times(ratio: float) -> str:
    """3,844 times; small ratios keep one decimal."""
    return f"{factor(ratio)} times"


def fewer(ratio: float) -> str:
    """455 times fewer; where there are more instead, so that the ratio is below 1: 1.1 times as many."""
    return f"{times(ratio)} fewer" if ratio >= 1 else f"{times(1 / ratio)} as many"


def markdown_escaped(text: str) -> str:
    """Untrusted text, escaped so that Markdown shows it literally and turns none of it into a link.

    Escapes ASCII punctuation; word joiners around a dot, colon or @ inside a word stop addresses being linked.
    Unprintable characters (lone surrogates, which cannot even be sent, and bidirectional controls) become �, except for
    the joiners of letters and emoji.
    """
    seen = "".join(" " if one.isspace() else one if one.isprintable() or one in JOINERS else "\ufffd" for one in text)
    unlinked = re.sub(r"([.:@/])(?=\w)", "\u2060\\1\u2060", seen)
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", unlinked)


def sentence(text: object) -> str:
    """The text as one sentence, with a capital letter and a full stop, escaped for Markdown."""
    told = str(text)
    return markdown_escaped(f"{told[:1].upper()}{told[1:]}" + ("" if told.endswith(".") else "."))


def plural(n: int, word: str, many: str = "") -> str:
    """1 weight, 9 weights; `many` where an s is not enough."""
    return f"{amount(n)} {word if n == 1 else many or word + 's'}"


def figure(x: float) -> str:
    """Any number to three figures: 1.23, 0.0457, −3.05, 12,346; very small and very large ones as powers of ten."""
    size = abs(x)
    if size >= 1e5 or 0 < size < 1e-3:
        return power(x)
    return amount(round(x)) if size >= 999.5 else f"{x + 0.0:.3g}".replace("-", "−")  # adding 0 takes the sign off −0


def term(x: float) -> str:
    """A number as a term of a sum or product: negative ones in brackets."""
    return f"({figure(x)})" if x < 0 else figure(x)


def exact(x: float) -> str:
    """A number to nine figures: −0.00369327215, 1.23456789 × 10⁻¹⁸."""
    figure, _, power = f"{x:.9g}".partition("e")
    told = f"{figure} × 10{str(int(power)).translate(SUPERSCRIPT)}" if power else figure
    return told.replace("-", "−")


def percent(share: float) -> str:
    """12%, 1.0%, 0.03%: two figures below ten."""
    if 0 < share < 1e-5:
        return f"{power(100 * share)}%"
    return f"{100 * share:.0f}%" if share >= 0.0995 else f"{100 * share:.2g}%"


def duration(seconds: float) -> str:
    """18 µs, 2.7 ms, 1.3 s."""
    units = ((1.0, "s"), (1e3, "ms"), (1e6, "µs"), (1e9, "ns"))
    value, unit = next(((seconds * n, unit) for n, unit in units if seconds * n >= 1), (seconds * 1e9, "ns"))
    return f"{value:.{0 if value >= 9.95 else 1}f} {unit}"


def decibels(power: float) -> str:
    """10·log₁₀ of a power: −17.2 dB; a dash if it is not positive and finite."""
    return f"{10 * log10(power):.1f} dB".replace("-", "−") if 0 < power < inf else "—"
