"""Published networks: the printed figures beside those the engine counts from the description. Pure."""

from typing import Any

from components.display import words
from kernels.networks.costs import Cost, cost, total, units
from kernels.networks.plan import Plan
from kernels.networks.zoo import ZOO, Published

NUMBERS = ("published", "computed here", "if nothing were shared")
Line = tuple[Published, str, int, int, int]  # network, of what, printed, computed, if nothing were shared


def lines() -> list[Line]:
    """Every figure that was printed, with the one computed here."""
    found: list[Line] = []
    for known in ZOO:
        made, whole = known.plan, total(known.plan)
        found.append((known, "parameters", known.parameters, whole.parameters, whole.untied))
        if known.connections:
            found.append((known, "connections", known.connections, whole.connections, whole.untied))
        if known.units:
            found.append((known, "units", known.units, units(made), whole.untied))
        for part in known.printed:
            own = sum(map(cost, made.rows[part.first : part.first + part.rows]), Cost())
            figures = (
                ("parameters", part.parameters, own.parameters),
                ("connections", part.connections, own.connections),
                ("parameters if nothing were shared", part.untied, own.untied),
            )
            for what, printed, computed in figures:
                if printed is not None:
                    found.append((known, f"{part.name}: {what}", printed, computed, own.untied))
    return found


def table() -> dict[str, list[Any]]:
    """The same, column by column."""
    found = lines()
    return {
        "network": [line[0].title for line in found],
        "of": [line[1] for line in found],
        "published": [line[2] for line in found],
        "computed here": [line[3] for line in found],
        "agree": ["✓" if line[2] == line[3] else "✗" for line in found],
        "if nothing were shared": [line[4] for line in found],
        "source": [line[0].source for line in found],
    }


def sources() -> list[str]:
    """Where the figures are from, and what here is otherwise than there."""
    return [_source(known) for known in ZOO]


def _source(known: Published) -> str:
    note = f" {known.note}" if known.note else ""
    return f"**{known.title}.** {known.source}.{note}"


def sentence() -> str:
    found = lines()
    same = sum(line[2] == line[3] for line in found)
    return f"{same} of {words.plural(len(found), 'printed figure')} come out the same, counted from the descriptions."


def about(made: Plan) -> str:
    """Of a published network: where it is from, and what is otherwise here."""
    known = next((one for one in ZOO if (one.plan.configs, one.in_shape) == (made.configs, made.in_shape)), None)
    return f"{known.title}: {known.source}. {known.note}" if known else ""
