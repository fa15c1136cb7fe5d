"""The address of a page, which holds all that is set there."""

from urllib.parse import urlencode, urlsplit

import streamlit as st

from components.session.session import current
from components.state.link import State, to_query
from components.state.setup import Setup


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
    return {} if query == landing else query or {"image": Setup().image}


def link() -> str:
    """The address of this page with all that is set."""
    query = urlencode(dict(st.query_params))
    return f"{_whole(st.context.url or '')}{'?' if query else ''}{query}"


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
