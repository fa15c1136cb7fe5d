"""The handout is one sound HTML file with the numbers of the page, and a hostile link stays words."""

import re

import numpy as np
import pytest

from components.display import theme, words
from components.display.layer import window_weights
from components.pages.explore import text as sentences
from components.pages.explore.export import figure, handout
from components.state.setup import DRAWING, UPLOAD
from kernels.images.samples import SAMPLES
from tests.support.explored import CASES, Case
from tests.support.html import Page
from tests.support.pictures import read_png

LINK = "https://example.org/?kernel=1,2;3,4&side=64"
SAFE = {
    *("html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "div", "figure", "figcaption", "img", "b"),
    *("section", "table", "thead", "tbody", "tr", "td", "th", "sub", "sup", "footer", "a"),
}
HOSTILE = [
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    'https://x.org/?a="onmouseover="alert(1)',
    "http://x.org/</a></footer><script src=//evil></script>",
    "https://x.org/?a=1&lt;b&amp;c='d'",
    " https://x.org",
    "//x.org/a",
]


def page(case: Case, link: str = LINK) -> Page:
    return Page(handout.handout(case.made(), link))


def said(found: Page, *within: str) -> str:
    """All that is written in these elements, or anywhere."""
    texts = [(path.split("/"), data) for path, data in found.text if not path.endswith("style")]
    return "".join(data for path, data in texts if not within or path[-1] in within)


def test_it_is_one_file_that_runs_nothing_and_fetches_nothing() -> None:
    for case in CASES:
        text = handout.handout(case.made(), LINK)
        found = Page(text)
        assert {tag for tag, _ in found.tags} <= SAFE
        assert not [name for _, attributes in found.tags for name in attributes if name.startswith("on")]
        for image in found.all("img"):
            assert str(image["src"]).startswith("data:image/png;base64,")
            assert image["alt"]
        assert [anchor["href"] for anchor in found.all("a")] == [LINK]
        assert set(re.findall(r"https?://[^\s\"<]*", text)) == {LINK.replace("&", "&amp;")}
        assert not re.search(r"url\(|@import|<script|<link|<iframe", text)
        assert "default-src 'none'" in text


def test_it_shows_the_finding_the_pictures_and_the_costs() -> None:
    for case in CASES[:14]:
        made, found = case.made(), page(case)
        assert said(found, "title") == said(found, "h1") == "".join(sentences.title(made.layer))
        wanted = [
            *(figure.rgb_picture(made.planes), figure.output_picture(made.result)),
            figure.matrix_picture(made.state, made.layer),
        ]
        for image, small in zip(found.all("img"), wanted, strict=True):
            np.testing.assert_array_equal(read_png(str(image["src"])), figure.enlarged(small, handout.SIDE))
        cells = found.under("/td") + found.under("/th")
        for row in sentences.cost_rows(made.layer, made.state.view):
            assert {row[name] for name in ("name", "parameters", "bytes", "connections", "multiply_adds")} <= {*cells}
        assert sentences.cost_line(made.layer) in said(found)


def test_every_weight_has_its_name_and_value_beside_its_colour() -> None:
    for made in (case.made() for case in CASES[:11]):
        cells = re.findall(
            r'<td style="background: (#\w{6}); color: (#\w{6})"><b>([^<]*)</b>([^<]*)</td>', handout.handout(made, LINK)
        )
        places, colours = np.ndindex(made.state.kernel_size), theme.weights(*made.state.kernel_size)
        assert cells == [
            (theme.css(colour), theme.ink(colour), sentences.weight_name(k, l), words.figure(made.state.kernel[k][l]))
            for (k, l), colour in zip(places, colours, strict=True)
        ]


def formula(case: Case) -> str:
    shown = re.search(r'<p class="formula">(Y\[.*?)</p>', handout.handout(case.made(), LINK))
    assert shown is not None
    return re.sub(r"</su[bp]>", "", shown[1].replace("<sub>", "_").replace("<sup>", "^"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({}, "Y[i, j] = Σ_k=1^3 Σ_l=1^3 X[i + k − 1, j + l − 1] · F_kl"),
        ({"flip": True}, "Y[i, j] = Σ_k=1^3 Σ_l=1^3 X[i + k − 1, j + l − 1] · F_4−k,4−l"),
        ({"stride": 2, "dilation": 3}, "Y[i, j] = Σ_k=1^3 Σ_l=1^3 X[2i + 3k − 4, 2j + 3l − 4] · F_kl"),
        (
            {"kernel": "1,2;3,4;5,6", "padding": "same", "bias": -0.5, "activation": "relu"},
            "Y[i, j] = relu( Σ_k=1^3 Σ_l=1^2 X[i + k − 2, j + l − 1] · F_kl − 0.5 )",
        ),
    ],
)
def test_the_formula_is_the_articles_with_what_this_layer_has(change: dict[str, object], says: str) -> None:
    assert formula(Case(change)) == says


def test_the_indices_of_the_formula_are_those_of_the_engine() -> None:
    for case in [case for case in CASES if max(case.size) < 60]:
        layer = case.made().layer
        ((down, across),) = re.findall(r"X\[(.*?), (.*?)\]", formula(case))
        for text, axis in zip((down, across), layer.spec.axes(layer.in_shape), strict=True):
            ((step, spread, constant),) = re.findall(r"^(\d*)[ij] \+ (\d*)[kl]((?: [+−] \d+)?)$", text)
            shift = int(constant.replace(" ", "").replace("−", "-") or 0)
            for k, i in np.ndindex(axis.kernel, axis.out):
                place = int(step or 1) * (i + 1) + int(spread or 1) * (k + 1) + shift - 1
                assert not 0 <= place < axis.size or axis.sources()[k, i] == place


def test_the_worked_sum_is_the_strongest_output_and_its_terms_add_up() -> None:
    for made in (case.made() for case in CASES):
        text, linear = said(Page(handout.handout(made, LINK))), made.result.linear[0]
        ((row, column),) = re.findall(r"Y\[(\d+), (\d+)\](?: in red)? is the largest", text)
        i, j = int(row) - 1, int(column) - 1
        assert abs(linear[i, j]) == np.abs(linear).max()
        products = handout._products(made, i, j)
        assert sum(x * f for x, f in products) + made.state.bias == pytest.approx(linear[i, j], rel=1e-12, abs=1e-9)
        assert f"= {words.figure(linear[i, j])}" in text
        assert text.count(" · ") >= min(len(products), handout.TERMS)
        more = f"… ({len(products) - handout.TERMS} more products, in total "
        assert (more in text) == (len(products) > handout.TERMS)


def test_a_worked_sum_has_the_value_of_the_copy_and_not_of_the_weight() -> None:
    case = Case({"padding": 1}, untied="24,1,1,900")
    made = case.made()
    assert np.abs(made.result.linear[0]).argmax() == 24
    weights = window_weights(made.state).ravel().tolist()
    assert [f for _, f in handout._products(made, 2, 2)] == [*weights[:4], 900.0, *weights[5:]]
    assert "1 untied use has its own weight instead." in said(page(case))


def test_a_hostile_link_is_words_and_nothing_else() -> None:
    plain = [tag for tag, _ in page(Case(), "https://x.org/").tags]
    for link in HOSTILE:
        found, web = page(Case(), link), link.startswith(("http://", "https://"))
        assert [tag for tag, _ in found.tags] == [tag for tag in plain if web or tag != "a"]
        assert [anchor["href"] for anchor in found.all("a")] == [link] * web
        assert "".join(letter for letter in link if letter.isprintable()) in said(found, "a", "p")
        assert not [name for _, attributes in found.tags for name in attributes if name.startswith("on")]
    assert "Try it yourself" not in said(page(Case(), ""))
    assert "Try it yourself" in said(page(Case()))


def test_the_picture_is_credited_and_ones_own_is_called_that() -> None:
    own: dict[str, object] = {"image": DRAWING, "drawing": "-".join(["0f" * 4] * 8)}
    assert SAMPLES[0].credit in said(page(Case()), "p")
    assert "Picture: uploaded." in said(page(Case({"image": UPLOAD})), "p")
    assert "Picture: drawn in Weight Loom." in said(page(Case(own)), "p")


def test_there_are_three_questions_about_this_layer_with_lines_to_write_on() -> None:
    found = page(Case({"padding": "same"}, (30, 50)))
    text = said(found)
    assert re.findall(r"Question \d", text) == ["Question 1", "Question 2", "Question 3"]
    assert [block.get("class") for block in found.all("div")].count("line") == 3 * handout.LINES
    assert "60 × 100 pixels" in text
    assert "X[15, 25]" in text


def test_it_fits_on_a4_and_on_letter_in_its_colours() -> None:
    text = handout.handout(Case().made(), LINK)
    (margin,) = re.findall(r"@page \{ size: auto; margin: \d+mm (\d+)mm; \}", text)
    (width,) = re.findall(r"max-width: (\d+)mm; margin: 0 auto", text)
    assert int(width) + 2 * int(margin) <= 210  # millimetres: A4, the narrower of the two
    assert "print-color-adjust: exact" in text
