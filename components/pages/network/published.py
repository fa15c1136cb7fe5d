"""Published networks: the printed figures beside those the engine counts from the description. Pure."""

from dataclasses import dataclass
from typing import Any

from components.display import words
from kernels.networks.costs import Cost, cost, total, units
from kernels.networks.plan import Plan
from kernels.networks.zoo import ZOO, Published

NUMBERS = ("published", "computed here", "if nothing were shared")


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed figure. of: what it counts; untied: the parameters if nothing were shared."""

    network: Published
    of: str
    printed: int
    computed: int
    untied: int


def figures() -> list[Figure]:
    """Every figure that was printed, with the one computed here."""
    found = []
    for known in ZOO:
        made, whole = known.plan, total(known.plan)
        found.append(Figure(known, "parameters", known.parameters, whole.parameters, whole.untied))
        if known.connections:
            found.append(Figure(known, "connections", known.connections, whole.connections, whole.untied))
        if known.units:
            found.append(Figure(known, "units", known.units, units(made), whole.untied))
        for part in known.printed:
            own = sum(map(cost, made.rows[part.first : part.first + part.rows]), Cost())
            counts = (
                ("parameters", part.parameters, own.parameters),
                ("connections", part.connections, own.connections),
                ("parameters if nothing were shared", part.untied, own.untied),
            )
            for what, printed, computed in counts:
                if printed is not None:
                    found.append(Figure(known, f"{part.name}: {what}", printed, computed, own.untied))
    return found


def table() -> dict[str, list[Any]]:
    """The figures column by column."""
    found = figures()
    return {
        "network": [one.network.title for one in found],
        "of": [one.of for one in found],
        "published": [one.printed for one in found],
        "computed here": [one.computed for one in found],
        "agree": ["✓" if one.printed == one.computed else "✗" for one in found],
        "if nothing were shared": [one.untied for one in found],
        "source": [one.network.source for one in found],
    }


def sources() -> list[str]:
    """Where the figures are from, and what here is otherwise than there."""
    return [_source(known) for known in ZOO]


def _source(known: Published) -> str:
    note = f" {known.note}" if known.note else ""
    return f"**{known.title}.** {known.source}.{note}"


def sentence() -> str:
    found = figures()
    same = sum(one.printed == one.computed for one in found)
    return f"{same} of {words.plural(len(found), 'printed figure')} come out the same, counted from the descriptions."


def about(made: Plan) -> str:
    """Of a published network: where it is from, and what is otherwise here."""
    known = next((one for one in ZOO if (one.plan.configs, one.in_shape) == (made.configs, made.in_shape)), None)
    return f"{known.title}: {known.source}. {known.note}" if known else ""
