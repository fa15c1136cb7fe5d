"""Every page, tab and step has a title and says itself in three sentences that follow what is set, with its numbers."""

import json
import re
from itertools import pairwise

import pytest

from components.pages.lesson.state import NAMES
from components.pages.lesson.steps import STEPS
from components.pages.train.state import TABS as TRAIN
from tests.support.player import record_by_record
from tests.support.states import choices
from tests.support.text import assert_are_three_sentences, numbers
from tests.support.visitor import AnyPage, is_number

pytestmark = pytest.mark.long

__all__ = ["record_by_record"]
FIELDS = ("comparison", "channels_tab", "experiment", "network_tab", "sequence_tab", "sharing_tab", "train_tab")
PAGES = {"comparison": "compare", "experiment": "adaptive"}
TABS = [(PAGES.get(field, field.removesuffix("_tab")), field, tab) for field in FIELDS for tab in choices(field)]
WORKING = "The run has not finished yet."


class Page(AnyPage):
    """One visitor's session."""

    @property
    def labels(self) -> set[str]:
        """What is written beside fields and on buttons."""
        fields = {str(data["label"]) for data in self.number_fields.values()}
        sent = (json.loads(node.proto.json) for node in self.at if getattr(getattr(node, "proto", None), "json", ""))
        named = {data[0]["label"] for data in sent if isinstance(data, list) and "label" in data[0]}
        others = {str(getattr(node, "label", "")) for node in self.at if not is_number(node)}
        return fields | named | others


@pytest.mark.parametrize(
    ("path", "field", "tab"), [*TABS, ("explore", "side", "64"), ("quiz", "question", "1"), ("quiz", "question", "8")]
)
def test_a_page_or_tab_says_itself_and_names_only_fields_that_it_has(path: str, field: str, tab: str) -> None:
    page = Page(path, **{field: tab})
    assert_are_three_sentences(page.summary)
    assert {*re.findall("“([^”]+)”", page.summary[2])} <= page.labels


def test_no_two_tabs_say_the_same() -> None:
    """A summary that is not of the open tab would be another's."""
    told = [Page(path, **{field: tab}).summary for path, field, tab in TABS if path in ("compare", "train", "network")]
    assert len({shown for shown, *_ in told}) == len({act for *_, act in told}) == len(told)
    assert {tab for path, _, tab in TABS if path == "train"} == {*TRAIN, *choices("train_tab")}


def test_the_numbers_of_explore_are_counted_by_hand_and_follow_what_is_set() -> None:
    page = Page("explore", image="grid", side="10", kernel="1,2;3,4", stride="2")
    outputs = 5 * 5
    assert numbers(page.summary[0]) == [10, 10, 2, 2, 5, 5, outputs, 100]
    assert numbers(page.summary[1]) == [outputs * 100, outputs * 4, 4]
    page.put("stride", 3)
    assert numbers(page.summary[0]) == [10, 10, 2, 2, 3, 3, 9, 100]
    assert numbers(page.summary[1]) == [9 * 100, 9 * 4, 4]


@pytest.mark.parametrize(
    ("path", "title"),
    [("explore", "This kernel does not fit the picture"), ("compare", ":primary[Four layers], one picture")],
)
def test_where_nothing_can_be_shown_there_is_a_title_and_the_summary_says_why(path: str, title: str) -> None:
    page = Page(path, image="grid", side="10", kernel=";".join([",".join("1" * 15)] * 15))
    assert_are_three_sentences(page.summary)
    assert (page.errors, page.title) == ([page.summary[1]], title)


def test_the_title_of_compare_is_about_its_columns_and_follows_the_kernel() -> None:
    page = Page("compare", image="grid", side="10", kernel="1,2;3,4")
    dense, *_, conv = (card["headline"] for card in page.data("four_layers")["cards"][1:])
    assert numbers(page.title) == [*numbers(conv)[:1], *numbers(dense)[:1], 10, 10] == [4, 9 * 9 * 10 * 10, 10, 10]
    page.put("stride", 3)
    assert numbers(page.title) == [4, 3 * 3 * 10 * 10, 10, 10]


def test_what_a_fragment_changes_alone_is_in_the_summary() -> None:
    """AppTest shows of such a run what the fragment has drawn: the summary is first of it, too."""
    page = Page("compare", comparison="scramble", image="grid", side="10")
    before = page.summary
    whole = 8 * 8
    assert numbers(before[1])[:2] == [whole, whole]
    with page.within(1):
        page.put("shuffle", 7)
        again = page.summary
    assert (again[0], again[2]) == (before[0], before[2])
    assert numbers(again[1])[:2] == [whole, whole]


def test_title_and_summary_of_channels_follow_its_bank() -> None:
    page = Page("channels", image="grid", side="10", kernel="1", filters="")
    maps = len(page.data("maps")["cards"])
    assert numbers(page.title)[1:] == [3, maps]
    with page.within(0):
        page.put("outputs", maps + 1)
        assert numbers(page.summary[0]) == [3, 3, 3, maps + 1]
        assert numbers(page.summary[1]) == numbers(page.title) == [(maps + 1) * (3 * 9 + 1), 3, maps + 1]
        page.put("bank_K", 1)
        page.put("bank_L", 1)
        assert numbers(page.title) == [(maps + 1) * (3 + 1), 3, maps + 1]


@pytest.mark.usefixtures("record_by_record")
def test_while_a_run_works_the_summary_says_only_that_and_then_the_title_says_what_was_found() -> None:
    page = Page("train", examples="20", epochs="2", racers="dense,conv", batch="20")
    cards = page.data("networks")["cards"]
    assert numbers(page.title) == sorted(numbers(card["headline"])[0] for card in cards)
    assert page.summary[1].startswith("Press Play")
    page.press("train_play")
    assert page.summary[1] == WORKING
    while page.named("train_play").label == "Pause":
        page.run()
    assert numbers(page.summary[1])[:2] == [2, 20]
    shares = [fact["text"] for card in page.data("networks")["cards"] for fact in card["facts"][1:2]]
    assert set(re.findall(r"[\d.]+%", page.title)) == set(shares)


def test_a_step_of_the_lesson_says_what_to_try_and_then_what_to_notice() -> None:
    for (name, step), (_, after) in pairwise(zip(NAMES, STEPS, strict=True)):
        page = Page("lesson", step=name)
        assert_are_three_sentences(page.summary)
        assert step.title in page.summary[0]
        assert page.summary[2].rstrip(".") in step.tries
        page.at.session_state["session"].page_cache["progress"][1].done = True
        page.run()
        assert_are_three_sentences(page.summary)
        assert page.summary[1].rstrip(".") in step.notice()
        assert after.title in page.summary[2]


def test_the_quiz_counts_answers() -> None:
    page = Page("quiz", question="3")
    assert numbers(page.summary[0])[:2] == [3, 8]
    assert page.at.title[0].value.partition("] ")[2] in page.summary[0]
    assert numbers(page.summary[1]) == [0, 8, 0]
    next(button for button in page.at.button if str(button.key).startswith("answer_")).click().run()
    assert numbers(page.summary[1])[:2] == [1, 8]


def test_the_dialog_of_keys_says_the_summary_first() -> None:
    page = Page("sharing")
    page.press("shortcuts")
    told = [node.value for node in page.at.markdown]
    first = next(n for n, text in enumerate(told) if "| Key |" in text) - 3
    assert [text.replace("\\", "").replace("\u2060", "") for text in told[first : first + 3]] == [*page.summary]
