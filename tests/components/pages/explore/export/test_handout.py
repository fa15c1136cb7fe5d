"""The handout is one sound HTML file with the numbers of the page, and a hostile link stays words."""

import base64
import io
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from components.display import theme, words
from components.display.layer import window_weights
from components.pages.explore import text as sentences
from components.pages.explore.export import figure, handout
from components.state.setup import DRAWING, UPLOAD
from kernels.images.samples import SAMPLES
from tests.support.explored import CASES, Case

LINK = "https://example.org/?kernel=1,2;3,4&side=64"
VOID = {"meta", "img", "br"}
SAFE = {
    *("html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "div", "figure", "figcaption", "img", "b"),
    *("section", "table", "thead", "tbody", "tr", "td", "th", "sub", "sup", "footer", "a"),
}
HOSTILE = [
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    'https://x.org/?a="onmouseover="alert(1)',
    "http://x.org/</a></footer><script src=//evil></script>",
    "https://x.org/?a=1&lt;b&amp;c='d'",
    " https://x.org",
    "//x.org/a",
    "file:///etc/passwd",
]


class Page(HTMLParser):
    """What a browser would find; every element must be closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append((self.open[-1] if self.open else "", data))

    def values(self, tag: str, name: str) -> list[str]:
        return [value for at, key, value in self.attributes if (at, key) == (tag, name)]

    def said(self, *tags: str) -> str:
        return "".join(data for tag, data in self.words if tag != "style" and (not tags or tag in tags))


def page(case: Case, link: str = LINK) -> Page:
    return Page(handout.handout(*case.made(), link))


def test_it_is_one_file_that_runs_nothing_and_fetches_nothing() -> None:
    for case in CASES:
        text = handout.handout(*case.made(), LINK)
        found = Page(text)
        assert set(found.tags) <= SAFE
        assert not [name for _, name, _ in found.attributes if name.startswith("on")]
        assert all(src.startswith("data:image/png;base64,") for src in found.values("img", "src"))
        assert found.values("a", "href") == [LINK]
        assert set(re.findall(r"https?://[^\s\"<]*", text)) == {LINK.replace("&", "&amp;")}
        assert not re.search(r"url\(|@import|<script|<link|<iframe", text)
        assert "default-src 'none'" in text
        assert all(found.values("img", "alt"))


def test_it_shows_the_finding_the_pictures_and_the_costs() -> None:
    for case in CASES[:14]:
        state, layer, planes, result = case.made()
        found = page(case)
        title = "".join(sentences.title(layer))
        assert found.said("title") == found.said("h1") == title
        shown = [np.asarray(Image.open(io.BytesIO(base64.b64decode(src[22:])))) for src in found.values("img", "src")]
        wanted = [figure.rgb_picture(planes), figure.output_picture(result), figure.matrix_picture(state, layer)]
        for picture, small in zip(shown, wanted, strict=True):
            np.testing.assert_array_equal(picture, figure.enlarged(small, handout.SIDE))
        cells = [data for tag, data in found.words if tag in ("td", "th")]
        for row in sentences.cost_rows(layer, state.view):
            for field in ("name", "parameters", "bytes", "connections", "multiply_adds"):
                assert row[field] in cells
        assert sentences.cost_line(layer) in found.said()


def test_every_weight_has_its_name_and_value_beside_its_colour() -> None:
    for case in [*CASES[:10], CASES[10]]:
        state, *_ = case.made()
        text = handout.handout(*case.made(), LINK)
        cells = re.findall(r'<td style="background: (#\w{6}); color: (#\w{6})"><b>([^<]*)</b>([^<]*)</td>', text)
        colours = theme.weights(*state.kernel_size)
        assert cells == [
            (
                theme.css(colours[n]),
                theme.ink(colours[n]),
                sentences.weight_name(k, l),
                words.figure(state.kernel[k][l]),
            )
            for n, (k, l) in enumerate(np.ndindex(state.kernel_size))
        ]


def formula(case: Case) -> str:
    text = handout.handout(*case.made(), LINK)
    shown = re.search(r'<p class="formula">(Y\[.*?)</p>', text)
    assert shown is not None
    return re.sub(r"<(/?)su([bp])>", lambda tag: "" if tag[1] else {"b": "_", "p": "^"}[tag[2]], shown[1])


def test_the_formula_is_the_articles_with_what_this_layer_has() -> None:
    formulas: list[tuple[dict[str, object], str]] = [
        ({}, "Y[i, j] = Σ_k=1^3 Σ_l=1^3 X[i + k − 1, j + l − 1] · F_kl"),
        ({"flip": True}, "Y[i, j] = Σ_k=1^3 Σ_l=1^3 X[i + k − 1, j + l − 1] · F_4−k,4−l"),
        ({"padding": 1}, "Y[i, j] = Σ_k=1^3 Σ_l=1^3 X[i + k − 2, j + l − 2] · F_kl"),
        ({"stride": 2, "dilation": 3}, "Y[i, j] = Σ_k=1^3 Σ_l=1^3 X[2i + 3k − 4, 2j + 3l − 4] · F_kl"),
        (
            {"kernel": "1,2;3,4;5,6", "padding": "same", "bias": -0.5, "activation": "relu"},
            "Y[i, j] = relu( Σ_k=1^3 Σ_l=1^2 X[i + k − 2, j + l − 1] · F_kl − 0.5 )",
        ),
    ]
    for change, says in formulas:
        assert formula(Case(change)) == says


def test_the_indices_of_the_formula_are_those_of_the_engine() -> None:
    for case in [case for case in CASES if max(case.size) < 60]:
        _, layer, _, _ = case.made()
        inner = re.search(r"X\[(.*?), (.*?)\]", formula(case))
        assert inner is not None
        for text, axis in zip(inner.groups(), layer.spec.axes(layer.in_shape), strict=True):
            parts = re.fullmatch(r"(\d*)[ij] \+ (\d*)[kl](?: ([+−]) (\d+))?", text)
            assert parts is not None
            step, spread = (int(part or 1) for part in parts.groups()[:2])
            constant = int(parts[4] or 0) * (-1 if parts[3] == "−" else 1)
            for k, i in np.ndindex(axis.kernel, axis.out):
                place = step * (i + 1) + spread * (k + 1) + constant - 1
                if 0 <= place < axis.size:
                    assert axis.sources()[k, i] == place


def test_the_worked_sum_is_the_strongest_output_and_its_terms_add_up() -> None:
    for case in CASES:
        state, layer, planes, result = case.made()
        text = Page(handout.handout(state, layer, planes, result, LINK)).said()
        place = re.search(r"Y\[(\d+), (\d+)\](?: in red)? is the largest", text)
        assert place is not None
        i, j = int(place[1]) - 1, int(place[2]) - 1
        value = result.linear[0, i, j]
        assert abs(value) == np.abs(result.linear[0]).max()
        products = handout._products(state, layer, planes, i, j)
        assert sum(x * f for x, f in products) + state.bias == pytest.approx(value, rel=1e-12, abs=1e-9)
        assert f"= {words.figure(value)}" in text
        assert text.count(" · ") >= min(len(products), handout.TERMS)
        if len(products) > handout.TERMS:
            assert f"… ({len(products) - handout.TERMS} more products, together " in text


def test_a_worked_sum_has_the_value_of_the_copy_and_not_of_the_weight() -> None:
    state, layer, planes, result = Case({"padding": 1}, untied="24,1,1,900").made()
    assert np.abs(result.linear[0]).argmax() == 24
    terms = handout._products(state, layer, planes, 2, 2)
    assert [f for _, f in terms] == [
        900.0 if n == 4 else f for n, f in enumerate(window_weights(state).ravel().tolist())
    ]
    assert "1 use has a weight of its own instead." in page(Case({"padding": 1}, untied="24,1,1,900")).said()


def test_a_hostile_link_is_words_and_nothing_else() -> None:
    for link in HOSTILE:
        plain, found = page(Case(), "https://x.org/"), page(Case(), link)
        web = link.startswith(("http://", "https://"))
        assert found.tags == (plain.tags if web else [tag for tag in plain.tags if tag != "a"])
        assert found.values("a", "href") == ([link] if web else [])
        assert "".join(letter for letter in link if letter.isprintable()) in found.said("a", "p")
        assert not [name for _, name, _ in found.attributes if name.startswith("on")]


def test_without_a_link_there_is_no_line_for_it() -> None:
    assert "See and try it" not in page(Case(), "").said()
    assert "See and try it" in page(Case()).said()


def test_the_picture_is_credited_and_ones_own_is_called_that() -> None:
    assert SAMPLES[0].credit in page(Case()).said("p")
    assert "Picture: brought along." in page(Case({"image": UPLOAD})).said("p")
    own: dict[str, object] = {"image": DRAWING, "drawing": "-".join(["0f" * 4] * 8)}
    assert "Picture: drawn for this page." in page(Case(own)).said("p")


def test_there_are_three_questions_about_this_layer_with_lines_to_write_on() -> None:
    found = page(Case({"padding": "same"}, (30, 50)))
    text = found.said()
    assert re.findall(r"Question \d", text) == ["Question 1", "Question 2", "Question 3"]
    assert found.values("div", "class").count("line") == 3 * handout.LINES
    assert "60 × 100 pixels" in text
    assert "X[15, 25]" in text


def test_it_fits_on_a4_and_on_letter_in_its_colours() -> None:
    text = handout.handout(*Case().made(), LINK)
    margin = re.search(r"@page \{ size: auto; margin: \d+mm (\d+)mm; \}", text)
    width = re.search(r"max-width: (\d+)mm; margin: 0 auto", text)
    assert margin is not None
    assert width is not None
    for paper in (210, 215.9):
        assert int(width[1]) + 2 * int(margin[1]) <= paper
    assert "print-color-adjust: exact" in text
