"""Tables of a few lines as Markdown, which a page shows as text that can be read out and copied. Pure."""

from collections.abc import Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The table: the first column names its rows, the others hold numbers and stand to the right.

    >>> print(table(("layer", "weights"), [("dense", "81"), ("conv", "9")]))
    | layer | weights |
    |:--|--:|
    | dense | 81 |
    | conv | 9 |
    """
    lines = [list(head), *map(list, rows)]
    first, *others = (f"| {' | '.join(line)} |" for line in lines)
    return "\n".join([first, "|:--|" + "--:|" * (len(head) - 1), *others])
