"""Tabs tied to a field of a state: the chosen one is in the link, and it alone is computed and drawn."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import streamlit as st

from components.session import bind, session
from components.state.link import State, declared, edited, tab_of


@dataclass(frozen=True, slots=True)
class Tab:
    """title: on the tab, in words. show: draws what is in it."""

    title: str
    show: Callable[[], None]


def open_what_is_set(kind: type[State], field: str, shows: Mapping[str, Collection[str]]) -> None:
    """Open the tab that shows what a link sets, where it names none, as all did before there were tabs.

    shows: the fields of the state that each tab shows.
    """
    state = session.state_of(kind)
    if not getattr(state, field) and (tab := tab_of(state, shows)):
        session.current().states.put(edited(state, **{field: tab}))


def show_tabs(state: State, field: str, tabs: Mapping[str, Tab]) -> None:
    """Place these tabs, by the names that `field`, a `TabName` or `OneOf`, can have; with none chosen, the first is."""

    def turned_to(state: State, title: object) -> State:
        names = {tab.title: name for name, tab in tabs.items()}
        return edited(state, **{field: names.get(title, title) if isinstance(title, str) else title})

    chosen = tabs[getattr(state, field) or next(iter(tabs))]
    key = declared(type(state))[field].link
    tied = bind.value(key, chosen.title, turned_to, type(state))
    for place, tab in zip(st.tabs([tab.title for tab in tabs.values()], **tied), tabs.values(), strict=True):
        if tab is chosen:
            with place:
                tab.show()
