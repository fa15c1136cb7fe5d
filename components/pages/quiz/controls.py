"""A question of the quiz on the screen, for one or for a class."""

from collections.abc import Iterable
from typing import Any

import streamlit as st

from components.display.cards import Card
from components.pages.quiz.question import LETTERS, Question, lettered
from components.pages.quiz.questions import TITLES
from components.widgets.cards import show_cards


def title(question: Question, n: int) -> str:
    """The title of question n, counted from 0."""
    return f":primary[{n + 1}.] {TITLES[question.kind]}"


def show_question(question: Question, n: int, key: str) -> None:
    """Prompt and pictures of question n, counted from 0, and the answers that are pictures. key: of whose."""
    st.text(question.prompt)
    given = [Card("", "", "", (picture,)) for picture in question.pictures]
    drawn = [
        Card(letter, "", choice.text, (choice.picture,))
        for letter, choice in zip(LETTERS, question.choices, strict=False)
        if choice.picture
    ]
    shown = {name: cards for name, cards in (("seen", given), ("choices", drawn)) if cards}
    if shown:
        with st.container(key="question"):  # in one row, so that the answer is on the same screen
            for place, (name, cards) in zip(_beside(map(len, shown.values())), shown.items(), strict=True):
                with place:
                    show_cards(f"{key}{name}_{n}", cards)


def show_options(question: Question) -> None:
    """The answers that are texts, to be read and not pressed, where a class talks about them."""
    texts = [text for text, choice in zip(lettered(question), question.choices, strict=True) if choice.text]
    with st.container(key="options", gap="small"):
        for text in texts:
            st.text(text)


def under_choices(question: Question) -> list[Any]:
    """A place below each answer that is a picture."""
    *_, choices = _beside(many for many in (len(question.pictures), len(question.choices)) if many)
    with choices:
        return st.columns(len(question.choices), gap="small")


def _beside(widths: Iterable[int]) -> list[Any]:
    """What is given, and the answers beside it, as wide as there are pictures."""
    return st.columns([*widths], gap="medium", vertical_alignment="bottom")
