"""A teacher's guide as a file: whole, harmless whatever it is given, with its plan, questions, books and links."""

from dataclasses import replace

import pytest

from components.display.guide import BOOKS, Activity, Guide, guide_page
from components.state.setup import Setup
from tests.support.html import Page

HOSTILE = "<script>alert(1)</script>\"'&"
GUIDE = Guide(
    "Tab", "An objective", "A misconception",
    (Activity(4, "Open it.", (Setup(side=32),)), Activity(6, "Talk.")),
    (("Why?", "Because."), ("How?", "So."), ("Where?", "There.")),
    "Early on.",
)  # fmt: skip
BASE = "https://weight-loom.example/explore"


def test_a_guide_says_all_its_parts_and_links_the_states_alone() -> None:
    html = guide_page("Explore", (GUIDE, replace(GUIDE, title="Other")), BASE)
    page = Page(html)
    told = " ".join(text for _, text in page.text)
    for part in ("Explore", "Tab", "Other", "An objective", "A misconception", "4 min", "10 minutes", "Why?", "So."):
        assert part in told
    assert all(book in told and title in told for book, _, title in BOOKS)
    assert [attrs["href"] for attrs in page.all("a")] == [f"{BASE}?side=32"] * 2


@pytest.mark.parametrize("base", ["https://a.example/lesson", "https://a.example/under/a/path/lesson"])
def test_a_part_on_another_page_links_to_it_beside_this_one(base: str) -> None:
    parts = tuple(Activity(5, "Open it.", (Setup(side=32),), page) for page in ("quiz", "./"))
    page = Page(guide_page("Lesson", (replace(GUIDE, plan=parts),), base))
    home = base.removesuffix("lesson")
    assert [attrs["href"] for attrs in page.all("a")] == [f"{home}quiz?side=32", f"{home}?side=32"]


@pytest.mark.parametrize("base", ["", "javascript:alert(1)", "//no.scheme", "data:text/html,x"])
def test_an_address_that_is_no_website_becomes_no_link(base: str) -> None:
    assert not Page(guide_page("Explore", (GUIDE,), base)).all("a")


def test_hostile_text_stays_text() -> None:
    bad = Guide(HOSTILE, HOSTILE, HOSTILE, (Activity(1, HOSTILE, (Setup(side=32),)),), ((HOSTILE, HOSTILE),), HOSTILE)
    page = Page(guide_page(HOSTILE, (bad,), f"https://a.example/{HOSTILE}"))
    assert "script" not in {tag for tag, _ in page.tags}
    assert not page.comments
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
