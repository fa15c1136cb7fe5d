"""A network as code one can paste and run: in PyTorch, in Keras, and in NumPy alone. Pure."""

import re
import textwrap

from components.display import words
from components.pages.network.code import keras, numpy, torch
from kernels.networks.plan import Plan

WIDTH = 120  # characters a line
HEADLINE = 110
NUMBERS = r"[\[(][\d, ]{,80}[\])]"  # in one bracket, where they fit on a line
HOLD = "\0"  # a space at which no line may break


def snippets(made: Plan) -> dict[str, str]:
    """The code by the name of the framework; none for a network that does not fit or has no layers."""
    if made.fault or not made.rows:
        return {}
    found = {"PyTorch": torch.code(made), "Keras": keras.code(made), "NumPy": numpy.code(made)}
    return {name: f"{_headline(made)}\n{_folded(code)}\n" for name, code in found.items()}


def _headline(made: Plan) -> str:
    """How many parameters, and the network in our words, as far as there is room."""
    text = f"# {words.plural(made.parameters, 'parameter')}: {made.text}"
    return textwrap.shorten(text, HEADLINE, placeholder=" …")


def _folded(code: str) -> str:
    """Longer lines are broken between the words of a call, and go on indented."""
    return "\n".join(piece for line in code.splitlines() for piece in _broken(line))


def _broken(line: str) -> list[str]:
    """Not within what a map of a table reads."""
    if len(line) <= WIDTH:
        return [line]
    margin = " " * (len(line) - len(line.lstrip()) + 4)
    held = re.sub(NUMBERS, lambda found: found[0].replace(" ", HOLD), line)
    found = textwrap.wrap(held, WIDTH, subsequent_indent=margin, break_long_words=False, break_on_hyphens=False)
    return [part.replace(HOLD, " ") for part in found]
