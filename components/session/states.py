"""The states of one visitor, one of each class: those the pages show, and those that wait while a lesson runs."""

from dataclasses import dataclass, field
from typing import cast

from components.state.link import State, StateT, to_query
from components.state.setup import Setup


@dataclass(slots=True)
class States:
    """held: the present state of each class. start: where a page departs from, if that is not the default. aside: the
    visitor's own states, while a lesson has put others in their place.
    """

    held: dict[type, State] = field(default_factory=dict)
    start: dict[type, State] = field(default_factory=dict)
    aside: dict[type, State] = field(default_factory=dict)

    def of(self, kind: type[StateT]) -> StateT:
        """The state of this class; its defaults if it has not been touched."""
        return cast(StateT, self.held.setdefault(kind, kind()))

    def put(self, state: State) -> None:
        """Replace the state of its class."""
        self.held[type(state)] = state

    def begin(self, landing: tuple[State, ...]) -> None:
        """Put these states where the visitor has none of the class yet."""
        for state in landing:
            self.held.setdefault(type(state), state)

    def start_of(self, kind: type[StateT]) -> StateT:
        """The state that needs no parameter in the link."""
        return cast(StateT, self.start.get(kind, kind()))

    def depart(self, start: tuple[State, ...], kinds: tuple[type[State], ...]) -> None:
        """Put these states, and the page's others at their defaults, in place of the visitor's own, which wait."""
        self.start = {type(state): state for state in start}
        if not start:
            return
        if not self.aside:
            self.aside = {Setup: self.of(Setup)} | self.held
        for kind in kinds:
            if not kind.survives_lesson:
                self.put(self.start_of(kind))

    def restore(self) -> None:
        """Bring the visitor's own states back; how a page is shown, and the place in the lesson, stay as they are."""
        if self.aside:
            survivors = [state for state in self.held.values() if state.survives_lesson]
            self.held, self.aside = self.aside, {}
            for state in survivors:
                self.put(state)


def lasting(held: dict[type, State], kinds: tuple[type[State], ...]) -> dict[str, str]:
    """The link's parameters of those of a page's states that survive the lesson."""
    states = [held.get(kind, kind()) for kind in kinds if kind.survives_lesson]
    return {name: text for state in states for name, text in to_query(state).items()}
