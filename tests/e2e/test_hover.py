"""What is pointed at, pinned or walked to in the loom is written out below it, as the engine has it."""

import re

import pytest
from playwright.sync_api import Page, expect

from components.display.layer import layer_of
from components.pages.explore.text import weight_name
from components.state.setup import Setup
from kernels.layer.kinds import wiring
from tests.support.user import canvas, click_at, computed, open_app, point_at, state_in_url, the_sum, weight

pytestmark = pytest.mark.long

DIGIT = "image=digit&side=8"  # 8 × 8 pixels: every cell is large enough to point at
SUMS = {
    "an edge of zeros, biased": "image=digit&side=8&padding=2&bias=0.5",
    "strided and dilated, folded, flipped, sigmoid":
        "image=grid&side=10&stride=2&dilation=2&padding=same&mode=reflect&flip=1&activation=sigmoid&bias=-1.5",
    "RGB": "image=dahlia&side=12&colour=rgb&kernel=0.1,-0.35;2.5,1",
}  # fmt: skip


@pytest.mark.parametrize("query", SUMS.values(), ids=SUMS.keys())
def test_a_hovered_output_writes_the_sum_that_makes_it(page: Page, query: str) -> None:
    open_app(page, query)
    map = computed(state_in_url(page))
    _, h, w = map.output.shape
    for i, j in ((0, 0), (h // 2, w // 3), (h - 1, w - 1)):
        point_at(page, "Output", i, j, (h, w))
        expect(the_sum(page)).to_contain_text(f"Y[{i + 1},{j + 1}] =")
        colours = re.findall(r"^(\w: )?Y\[", the_sum(page).inner_text(), re.MULTILINE)  # one below the other
        assert colours == (["R: ", "G: ", "B: "] if len(map.output) == 3 else [""])
        sums = re.split(r"Y\[\d+,\d+\] =", the_sum(page).inner_text())[1:]
        for text, linear, result in zip(sums, map.linear[:, i, j], map.output[:, i, j], strict=True):
            check_sum(text, state_in_url(page), linear, result)


NUMBER = r"(−?\d+(?:\.\d+)?(?:e[+−-]\d+)?)"


def check_sum(text: str, state: Setup, linear: float, result: float) -> None:
    """The written products and bias add up to the sum, and what is written behind = is the engine's result."""
    products = [(number(a), number(b)) for a, b in re.findall(f"{NUMBER} · {NUMBER}", text)]
    assert len(products) == len(state.kernel) * len(state.kernel[0])
    total = sum(a * b for a, b in products) + state.bias
    rounding = sum(0.005 * abs(a * b) * 2 for a, b in products) + 0.005 * abs(state.bias)  # three figures each
    assert total == pytest.approx(linear, abs=rounding + 1e-9)
    assert state.bias == 0 or f"+ {state.bias:g}".replace("-", "−") in text
    assert (f"{state.activation}(" in text) is (state.activation != "none")
    (written,) = re.findall(rf"= {NUMBER}\s*$|= {NUMBER}\s+[GB]:", text)
    assert number("".join(written)) == pytest.approx(result, rel=0.005, abs=1e-9)


def number(text: str) -> float:
    return float(text.replace("−", "-"))


@pytest.mark.parametrize("border", ["&padding=1&mode=replicate", "&padding=2&mode=reflect&stride=2"])
def test_a_hovered_input_pixel_names_the_outputs_it_feeds_and_the_weights_in_between(page: Page, border: str) -> None:
    open_app(page, f"{DIGIT}{border}")
    wires = wiring("conv", layer_of(state_in_url(page), (8, 8)).spec, (1, 8, 8))
    for r, c in ((0, 0), (1, 5), (4, 4), (7, 3)):
        point_at(page, "Input", r, c, (8, 8))
        expect(the_sum(page)).to_contain_text(f"X[{r + 1},{c + 1}] =")
        through = wires.ids[wires.sources == 8 * r + c]
        fed = len(set(wires.targets[wires.sources == 8 * r + c].tolist()))
        outputs = f"{fed} output" + ("" if fed == 1 else "s")
        names = " ".join(weight_name(*divmod(n, 3)) for n in sorted(set(through.tolist())))
        expect(the_sum(page)).to_contain_text(f"feeds {outputs}, through {names}")


def test_a_hovered_weight_says_how_often_it_is_used(page: Page) -> None:
    open_app(page, f"{DIGIT}&padding=same&stride=2")
    wires = wiring("conv", layer_of(state_in_url(page), (8, 8)).spec, (1, 8, 8))
    for k, l in ((1, 1), (2, 2), (3, 1)):
        weight(page, k, l).hover()
        uses = int((wires.ids == (k - 1) * 3 + l - 1).sum())
        expect(the_sum(page)).to_contain_text(f"{weight_name(k - 1, l - 1)} = ")
        expect(the_sum(page)).to_contain_text(f"used {uses} times")


def test_the_pictures_say_in_words_what_they_show_now(page: Page) -> None:
    open_app(page, DIGIT)
    said = {
        "Input": "8 × 8 pixels; lit: rows 2–4, columns 3–5",
        "Output": "6 × 6 outputs between −4 and 4; lit: Y[2, 3]",
        "Weight matrix": "36 × 64, Convolution; lit: what connects to Y[2, 3]",
        "Network": "64 inputs above, 36 outputs below; dashed: weight 0; lit: the connections of Y[2, 3]",
    }
    point_at(page, "Output", 1, 2, (6, 6))
    for name, words in said.items():
        expect(canvas(page, name)).to_have_attribute("aria-description", words)
    weight(page, 2, 1).hover()
    for name in ("Weight matrix", "Network"):
        expect(canvas(page, name)).to_have_attribute("aria-description", re.compile("lit: all uses of F₂₁ = 2$"))


def test_a_click_pins_the_cell_until_another_is_clicked(page: Page) -> None:
    open_app(page, DIGIT)
    for i, j in ((1, 2), (4, 0)):
        click_at(page, "Output", i, j, (6, 6))
        page.get_by_role("heading", level=1).hover()
        expect(the_sum(page)).to_contain_text(f"Y[{i + 1},{j + 1}] =")


@pytest.mark.parametrize(("name", "symbol"), [("Input", "X"), ("Output", "Y")])
def test_the_keyboard_pins_moves_and_lets_go(page: Page, name: str, symbol: str) -> None:
    open_app(page, "image=grid&side=10&padding=same")
    canvas(page, name).focus()
    page.keyboard.press("Enter")
    expect(the_sum(page)).to_contain_text(f"{symbol}[6,6]")
    moves = {"ArrowRight": "6,7", "ArrowDown": "7,7", "ArrowLeft": "7,6", "ArrowUp": "6,6"}
    for key, place in moves.items():
        page.keyboard.press(key)
        expect(the_sum(page)).to_contain_text(f"{symbol}[{place}]")
    for _ in range(12):
        page.keyboard.press("ArrowUp")
    expect(the_sum(page)).to_contain_text(f"{symbol}[1,6]")
    page.keyboard.press("Escape")
    expect(the_sum(page)).not_to_contain_text(f"{symbol}[")
