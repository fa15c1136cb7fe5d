"""Published networks: the printed figures beside those the engine counts from the description. Pure."""

from dataclasses import dataclass
from typing import Any

from components.display import words
from kernels.networks.costs import Cost, cost, textbook_multiply_adds, total, units
from kernels.networks.plan import Plan
from kernels.networks.zoo import ZOO, Published

NUMBERS = ("published", "computed here", "without sharing")


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed figure. of: what it counts.

    untied: of a number of parameters, how many there were if nothing were shared. fixed: connections that are printed
    and not computed here, for they are not trained. rounded: to what the source rounds.
    """

    network: Published
    of: str
    printed: int
    computed: int
    untied: int | None = None
    fixed: int = 0
    rounded: int = 1

    @property
    def agrees(self) -> bool:
        return abs(self.printed - self.computed - self.fixed) <= self.rounded // 2

    @property
    def verdict(self) -> str:
        if not self.agrees:
            return "✗"
        if self.rounded > 1:
            return "✓ rounded"
        return f"✓ including {words.amount(self.fixed)} fixed" if self.fixed else "✓"


def figures() -> list[Figure]:
    """Every figure that was printed, with the one computed here."""
    found = []
    for known in ZOO:
        made, whole = known.plan, total(known.plan)
        rounded, rounded_work = known.rounded
        found.append(Figure(known, "parameters", known.parameters, whole.parameters, whole.untied, rounded=rounded))
        if known.multiply_adds:
            work = textbook_multiply_adds(made)
            found.append(Figure(known, "multiply-adds", known.multiply_adds, work, rounded=rounded_work))
        if known.connections:
            found.append(Figure(known, "connections", known.connections, whole.connections, fixed=known.fixed))
        if known.units:
            found.append(Figure(known, "units", known.units, units(made)))
        for part in known.printed:
            own = sum(map(cost, made.rows[part.first : part.first + part.rows]), Cost())
            counts = (
                ("parameters", part.parameters, own.parameters, own.untied),
                ("connections", part.connections, own.connections, None),
                ("parameters without sharing", part.untied, own.untied, None),
            )
            for what, printed, computed, untied in counts:
                if printed is not None:
                    found.append(Figure(known, f"{part.name}: {what}", printed, computed, untied))
    return found


def table() -> dict[str, list[Any]]:
    """The figures column by column."""
    found = figures()
    return {
        "network": [one.network.title for one in found],
        "of": [one.of for one in found],
        "published": [one.printed for one in found],
        "computed here": [one.computed for one in found],
        "agree": [one.verdict for one in found],
        "without sharing": [one.untied for one in found],
        "source": [one.network.source for one in found],
    }


def sources() -> list[str]:
    """The source of each network's figures, and how the network here deviates from it."""
    return [_source(known) for known in ZOO]


def _source(known: Published) -> str:
    note = f" {known.note}" if known.note else ""
    return f"**{known.title}.** {known.source}.{note}"


def title() -> str:
    """How many published figures are checked here."""
    return f"Published networks: :primary[{words.plural(len(figures()), 'figure')}] against their descriptions"


def sentence() -> str:
    found = figures()
    same = sum(one.agrees for one in found)
    told = f"{same} of {words.plural(len(found), 'published figure')} agree with those computed from the descriptions"
    other = [f"{one.network.title}, {one.of}" for one in found if not one.agrees]
    return f"{told}; the {'other' if len(other) == 1 else 'others'}: {'; '.join(other)}." if other else f"{told}."


def about(made: Plan) -> str:
    """For a published network: its source and any deviations; "" for others."""
    known = next((one for one in ZOO if (one.plan.configs, one.in_shape) == (made.configs, made.in_shape)), None)
    return f"{known.title}: {known.source}. {known.note}" if known else ""
