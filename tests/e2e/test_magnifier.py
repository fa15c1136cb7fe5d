"""Where a picture's cells have no room for numbers, each weight carries the pixel under it, linked to the sum."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import NewPage
from tests.support.user import box_of, canvas, frames_sent, open_app, picture_of, point_at, state_in_url, the_sum

PHOTO = "image=camera&side=64"


def enlarged(page: Page) -> Locator:
    return page.locator(".loom .weights .pixel")


@pytest.mark.parametrize("query", ["", "&flip=1", pytest.param("&padding=2&mode=reflect", marks=pytest.mark.long)])
def test_each_weight_carries_the_pixel_it_multiplies_without_a_message(page: Page, query: str) -> None:
    sent = frames_sent(page)
    open_app(page, PHOTO + query)
    before = len(sent)
    state = state_in_url(page)
    padding = state.padding if isinstance(state.padding, int) else 0
    x = np.pad(picture_of(state)[0] / 255, padding, mode="reflect")
    side = len(x) - 2
    for i, j in ((0, 0), (20, 41), (side - 1, side - 1)):
        point_at(page, "Output", i, j, (side, side))
        expect(page.locator(".loom .of")).to_have_text(f"at Y[{i + 1},{j + 1}]")
        window = x[i : i + 3, j : j + 3]
        wanted = [f"{value:.2f}" for value in (window[::-1, ::-1] if state.flip else window).ravel()]
        assert [f"{float(text):.2f}" for text in enlarged(page).all_inner_texts()] == wanted
    assert len(sent) == before


def test_an_enlarged_pixel_and_its_product_in_the_sum_light_up_together(page: Page) -> None:
    open_app(page, PHOTO)
    for n in (0, 5):
        enlarged(page).nth(n).hover()
        expect(page.locator(".loom .sum .chip.lit")).to_have_text([the_sum(page).locator(".chip").nth(n).inner_text()])
    the_sum(page).locator(".chip").nth(3).hover()
    expect(page.locator(".loom .weights label.lit")).to_have_count(1)
    expect(page.locator(".loom .weights label").nth(3)).to_have_class("lit")
    expect(the_sum(page)).to_contain_text(re.compile(r"^Y\[32,32\] ="))


def test_small_pictures_have_their_numbers_in_place(page: Page) -> None:
    open_app(page)
    expect(enlarged(page).first).to_be_hidden()


@pytest.mark.long
@pytest.mark.parametrize("query", ["", "&present=1"], ids=["page", "presenter"])
@pytest.mark.parametrize("colour", ["grey", "rgb"])
@pytest.mark.parametrize(("kernel", "least"), [(3, 20), (5, 12), (15, 4)])
def test_the_enlarged_pixels_and_the_sum_fit_whatever_the_kernel(
    new_page: NewPage, query: str, colour: str, kernel: int, least: int
) -> None:
    page = new_page((1366, 768))
    weights = ";".join(",".join(f"{k * l % 7 - 3}" for l in range(kernel)) for k in range(kernel))
    open_app(page, f"image=coffee&side=256&colour={colour}&kernel={weights}{query}")
    boxes = [box_of(one) for one in enlarged(page).all()]
    assert all(box["height"] >= least for box in boxes)
    bottom = max(box["y"] + box["height"] for box in boxes)
    output = box_of(canvas(page, "Output"))
    assert bottom <= output["y"] + output["height"] + 40
    assert the_sum(page).evaluate("(sum) => sum.scrollHeight - sum.clientHeight") <= 2
