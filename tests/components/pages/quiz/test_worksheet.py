"""The worksheet is the quiz and no more: whole, harmless whatever the link is, the same with and without answers."""

import re
from functools import cache
from itertools import product

from components.pages.quiz.question import LEVELS, Question
from components.pages.quiz.questions import questions
from components.pages.quiz.state import Level
from components.pages.quiz.worksheet import answer_sheet, worksheet
from tests.support.html import Page
from tests.support.pictures import read_png

LINK = "https://weight-loom.example/lesson?seed=4&level=easy"
HOSTILE = (
    '"><script>alert(1)</script>', "javascript:alert(1)", "JaVaScRiPt:alert(1)", "//no.scheme", "https:/one.slash",
    "data:text/html,<script>alert(1)</script>", " https://leading.space", "HTTPS://shouting.example",
    'https://a.example/"><img src=x onerror=alert(1)>', "https://a.example/' onmouseover='alert(1)",
    "http://a.example/</a></footer><script>alert(1)</script>", "https://a.example/&lt;b&gt;&amp;quot;",
    "https://a.example/<!--", "https://a.example/\u202e\x07\U0001f9f6", "\x1b", "",
)  # fmt: skip
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "b", "div", "span", "section"),
    *("ol", "li", "img", "figure", "figcaption", "footer", "a", "aside"),
}


@cache
def sheets() -> list[tuple[tuple[Question, ...], str, str]]:
    """The questions, the worksheet and the answer sheet of some seeds and all levels."""
    return [
        (questions(seed, level), worksheet(seed, level, LINK), answer_sheet(seed, level, LINK))
        for seed, level in product((*range(3), 17), LEVELS)
    ]


def test_a_sheet_is_whole_html_that_can_do_nothing_and_names_no_other_place() -> None:
    for _, *both in sheets():
        for html in both:
            page = Page(html)
            assert {tag for tag, _ in page.tags} <= TAGS
            assert not page.comments
            for tag, attrs in page.tags:
                assert not [name for name in attrs if name.startswith("on") or name in ("style", "srcset", "action")]
                for name in ("src", "href"):
                    value = attrs.get(name) or ""
                    assert not value or value.startswith("data:image/png;base64,") == (tag == "img")
            assert [attrs["href"] for attrs in page.all("a")] == [LINK]
            rest = re.sub(r'src="[^"]*"', "", html).replace(LINK.replace("&", "&amp;"), "")
            assert not re.search(r"https?:|//[a-z]|<script|javascript|url\(|@import|expression", rest, re.IGNORECASE)


def test_the_page_forbids_itself_all_but_its_own_pictures_and_style() -> None:
    (policy,) = [m["content"] for m in Page(answer_sheet(1, "easy", "")).all("meta") if "http-equiv" in m]
    assert policy
    assert dict(part.split(" ", 1) for part in policy.split("; ")) == {
        "default-src": "'none'", "img-src": "data:", "style-src": "'unsafe-inline'", "base-uri": "'none'",
        "form-action": "'none'",
    }  # fmt: skip


def test_it_asks_the_quiz_s_questions_in_its_order_with_letters_and_nothing_gives_the_answers_away() -> None:
    for asked, html, _ in sheets():
        page = Page(html)
        assert page.under("section/h2") == [f"Question {n}" for n in range(1, 9)]
        assert page.under("section/p") == [question.prompt for question in asked]
        assert page.under("ol/li/b") == list("ABCD") * 8
        assert page.under("ol/li/span") == [choice.text for q in asked for choice in q.choices if choice.text]
        shown = [picture for q in asked for picture in (*q.pictures, *(c.picture for c in q.choices if c.picture))]
        assert [(i["src"], i["alt"]) for i in page.all("img")] == [(picture.src, picture.alt) for picture in shown]
        assert page.under("figcaption") == [picture.title for q in asked for picture in q.pictures]
        assert all(read_png(picture.src).shape[:2] == picture.shape for picture in shown)
        said = "\n".join(text for path, text in page.text if not path.endswith("style"))
        assert "Answer" not in said
        for question in asked:
            assert not [step for step in question.working if step in said]
            assert not [choice.mistake for choice in question.choices if choice.mistake and choice.mistake in said]


def test_there_is_a_line_for_the_name_and_the_sheet_says_which_it_is() -> None:
    level: Level
    for level in LEVELS:
        for html in (worksheet(17, level, LINK), answer_sheet(17, level, LINK)):
            page = Page(html)
            assert page.under("div/span") == ["Name", "Class", "Date"]
            assert any(f"level {level}, sheet 17" in text for text in page.under("body/p"))
            assert page.all("html") == [{"lang": "en"}]
            assert len(page.under("h1")) == 1


def test_the_answer_sheet_has_the_right_letter_the_working_and_the_mistakes_behind_each_question() -> None:
    for asked, plain, told in sheets():
        assert told.count("<aside>") == 8
        assert re.sub(r"\n<aside>.*?</aside>(?=\n</section>)", "", told, flags=re.DOTALL) == plain
        page = Page(told)
        right = ["ABCD"[question.right] for question in asked]
        bold = page.under("aside/p/b")
        assert [text for text in bold if len(text) > 1] == [f"Answer: {letter}" for letter in right]
        assert [text for text in bold if len(text) == 1] == [n for letter in right for n in "ABCD" if n != letter]
        assert page.under("aside/ol/li") == [step for question in asked for step in question.working]
        mistakes = [choice.mistake for question in asked for choice in question.choices if choice.mistake]
        assert [text.strip() for text in page.under("aside/p")] == mistakes


def test_it_is_made_to_be_printed_on_any_paper() -> None:
    (style,) = Page(worksheet(1, "easy", "")).under("style")
    assert re.search(r"@page \{[^}]*margin: ", style)
    assert not re.search(r"A4|Letter|[ {]size:", style)
    for rule in ("section", "aside"):
        assert re.search(rf"\b{rule}\b[^{{}}]*\{{[^}}]*page-break-inside: avoid", style)


def test_any_link_is_shown_as_far_as_it_can_be_and_is_text_and_nothing_else() -> None:
    for link in HOSTILE:
        assert link not in worksheet(3, "easy", link) or not set(link) & set("<>\"'&")
        page, usual = (Page(answer_sheet(3, "easy", of)) for of in (link, LINK))
        link = "".join(letter for letter in link if letter.isprintable())
        leads = link.lower().startswith(("http://", "https://"))
        assert [tag for tag, _ in page.tags] == [tag for tag, _ in usual.tags if leads or tag != "a"]
        assert page.all("a") == ([{"href": link, "rel": "noopener noreferrer"}] if leads else [])
        shown = "".join(page.under("footer") + page.under("footer/a"))
        assert shown == (f"Try it yourself: {link}" if link else "")
        assert not page.comments
