"""Share and present: the same two on every page."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st

from components.display import share, words
from components.display.document import HTML
from components.display.guide import Guides, guide_page
from components.display.keys import as_markdown
from components.display.summary import Describe
from components.session import bind, session, url
from components.state.link import edited
from components.state.setup import UPLOAD
from components.state.show import Show
from components.widgets.present import keys
from components.widgets.summary import made

CSS = Path(__file__).parents[2] / "assets" / "present"
HIDEABLE = {
    "sidebar": "Bar of controls",
    "fields": "Input fields and sliders",
    "buttons": "Buttons",
    "notes": "Captions",
    "navigation": "Navigation",
}


def toolbar(page: str, guides: Guides, describe: Describe) -> None:
    """After the page: it is about what the page has set. In another page's frame there is the page alone.

    page: its title. guides: those for teachers. describe: the page in three sentences.
    """
    show = session.state_of(Show)
    if st.context.is_embedded:
        st.html(CSS / "navigation.css")
    else:
        _buttons(show, partial(_share, page, guides), partial(_help, describe))
    if show.present:
        st.html(CSS / "base.css")
        for name in show.hide:
            st.html(CSS / f"{name}.css")
    keys(presenting=show.present)


def _buttons(show: Show, share_page: Callable[[], None], show_help: Callable[[], None]) -> None:
    with st.container(key="toolbar", horizontal=True, gap="small"):
        if st.button("Share", icon=":material/share:", key="share"):
            share_page()
        if show.present and st.button("Hide parts…", icon=":material/visibility_off:", key="hiding"):
            _hide()
        if st.button("Summary and keys", icon=":material/help:", help="Summary and keys: ?", key="shortcuts"):
            show_help()
        label, icon, told = ("Exit", "close", "Esc") if show.present else ("Present", "slideshow", None)
        turned = partial(edited, present=not show.present)
        st.button(label, icon=f":material/{icon}:", help=told, key="present", on_click=bind.change, args=(turned, Show))


@st.dialog("Share this page", width="medium")
def _share(page: str, guides: Guides) -> None:
    link = url.link()
    st.markdown("The link stores every setting on this page.")
    if session.current().setup.image == UPLOAD:
        st.warning("Your uploaded picture is not in the link; it stays in this session.", icon=":material/info:")
    st.code(link, language=None, wrap_lines=True)
    picture = share.qr_url(link)
    if picture is not None:
        st.image(picture, width=240, alt="QR code of the link above")
    st.caption(share.qr_note(link))
    st.download_button(
        "Teacher's guide",
        guide_page(page, guides(), url.page()),
        f"weight-loom-guide-{page.lower()}.html",
        HTML,
        key="guide",
        help="Pages to print: objective, plan with links, questions with answers; with the Lesson's, a whole lecture.",
        on_click="ignore",
        icon=":material/menu_book:",
    )
    st.markdown("To embed in a course page (remove embed=true to keep the navigation):")
    st.code(share.frame_html(link), language="html", wrap_lines=True)


@st.dialog("This page and its keys", width="medium")
def _help(describe: Describe) -> None:
    for sentence in made(describe).sentences:
        st.markdown(words.markdown_escaped(sentence))
    st.markdown(as_markdown())


@st.dialog("Hide while presenting", on_dismiss="rerun")
def _hide() -> None:
    show = session.state_of(Show)
    st.pills(
        "Parts to hide",
        [*HIDEABLE],
        selection_mode="multi",
        format_func=HIDEABLE.__getitem__,
        **bind.value("hide", list(show.hide), lambda s, names: edited(s, hide=tuple(names)), Show),
    )
    st.caption("The link stores this choice. Press ? for all keys.")
    if st.button("Done", key="hidden"):
        st.rerun()
