"""The address of a page, which holds all that is set there."""

from collections.abc import Collection
from urllib.parse import urlencode, urlsplit

import streamlit as st

from components.session.session import current
from components.state.link import State, to_query
from components.state.setup import Setup
from components.state.show import NAMES


def publish() -> None:
    """Show the page's states in the address, so that a copied link brings them back."""
    session = current()
    query: dict[str, str] = {}
    for kind in session.kinds:
        query |= to_query(session.states.of(kind), session.states.start_of(kind))
    query = shortest(query, session.landing)
    if query != dict(st.query_params) or session.published not in (None, query):
        st.query_params.from_dict(query)
    session.published = query


def shortest(query: dict[str, str], landing: dict[str, str]) -> dict[str, str]:
    """The parameters by which a page is found again where an address without any stands for `landing`."""
    if not landing:
        return query
    shown = {name: text for name, text in query.items() if name in NAMES}
    if {**shown, **landing} == query:
        return shown
    return query if query.keys() - NAMES else {"image": Setup().image} | shown


def page() -> str:
    """The address of this page without anything that is set."""
    return _whole(st.context.url or "")


def follow(path: str, names: Collection[str]) -> None:
    """Go on to the page of this path with a link that sets one of these names: what they set has moved there.

    Streamlit knows a page by its path; nothing of that page is imported for it. Before `arrive`.
    """
    if not {*names}.isdisjoint(st.query_params):
        st.switch_page(st.Page(_nothing, title=path, url_path=path), query_params=dict(st.query_params))


def _nothing() -> None:
    """In the place of a page that runs elsewhere."""


def link() -> str:
    """The address of this page with all that is set."""
    query = urlencode(dict(st.query_params))
    return f"{page()}{'?' if query else ''}{query}"


def _whole(address: str) -> str:
    """The first page's address with the slash that Streamlit leaves out.

    Without it the server sends the browser on to the whole one, by http where it knows of no https before a proxy.
    """
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    return f"{address.rstrip('/')}/" if address and urlsplit(address).path.strip("/") == base else address


def depart(start: tuple[State, ...], *more: State) -> None:
    """Callback: go on from other states, as a lesson's steps do, and set these besides."""
    session = current()
    session.states.depart(start, session.kinds)
    for state in more:
        session.states.put(state)
