"""Tabs are a field of a state: the link holds the chosen one, and nothing of the others is run."""

from dataclasses import dataclass
from typing import Annotated

import pytest
from streamlit.testing.v1 import AppTest

from components.state.fields import TabName, Whole
from components.state.link import State, edited, tab_of
from tests.support.visitor import Visitor


@dataclass(frozen=True, slots=True)
class Tabbed(State):
    tab: Annotated[str, TabName(("one", "two"))] = ""
    shown: Annotated[int, Whole(0, 9)] = 0


class Page(Visitor):
    def __init__(self, **query: str) -> None:
        self.at = AppTest.from_function(script)
        self.at.query_params = {**query}
        self.run()

    @property
    def drawn(self) -> list[str]:
        return [node.value for node in self.at.markdown]


def script() -> None:
    from functools import partial

    import streamlit as st

    from components.session import session, url
    from components.widgets.tabs import Tab, show_tabs
    from tests.components.widgets.test_tabs import Tabbed

    def draw(name: str) -> None:
        st.markdown(name)

    session.arrive(Tabbed)
    tabs = {name: Tab(f"Number {name}", partial(draw, name)) for name in ("one", "two")}
    url.publish()
    show_tabs(session.state_of(Tabbed), "tab", tabs)
    session.finish()


def test_the_chosen_tab_alone_is_drawn_and_is_in_the_link() -> None:
    page = Page()
    assert (page.tab, page.drawn, page.query) == ("Number one", ["one"], {})
    page.open_tab("Number two")
    assert (page.tab, page.drawn, page.query) == ("Number two", ["two"], {"tab": "two"})
    page.open_tab("Number one")
    assert (page.tab, page.drawn, page.query) == ("Number one", ["one"], {"tab": "one"})
    assert Page(tab="two").drawn == ["two"]


@pytest.mark.parametrize("title", ["two", "three", "<b>"])
def test_a_tab_that_is_none_is_refused_and_the_chosen_one_stays(title: str) -> None:
    page = Page(tab="two")
    page.open_tab(title)
    assert (page.drawn[-1:], page.query) == (["two"], {"tab": "two"})


def test_a_link_without_a_tab_belongs_to_the_first_that_shows_what_it_sets() -> None:
    tabs = {"one": (), "two": ("shown",)}
    assert [tab_of(edited(Tabbed(), shown=n), tabs) for n in (0, 3)] == ["", "two"]
