"""A scan, a part of the matrix, a pinned place and untied copies end with the picture, the geometry and the step."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import NewPage
from tests.support.user import button, canvas, click_at, enter, open_app, pick, press, reopened, settled, until

DIGIT = "image=digit&side=8&kernel=1,2,3;0,1,0;0,0,-1"


def seen(page: Page) -> dict[str, Any]:
    """Everything of the loom that a pinned place, a scan, a zoom or an untied copy changes."""
    drawn = canvas(page, "Input").evaluate(
        "over => [...over.getRootNode().querySelectorAll('canvas')]"
        ".filter((each) => each.clientWidth).map((each) => each.toDataURL())"
    )
    position = page.locator(".scan .position input")  # a step of the lesson may not show it
    at = position.input_value(), position.get_attribute("max"), button(page, "Play").count()
    return {
        "drawn": drawn,
        "sum": page.locator(".loom .sum").text_content(),
        "position": at,
        "ties": button(page, "Tie again").count(),
    }


def scan(page: Page) -> None:
    """Stepped into its second row and left there."""
    for _ in range(8):
        button(page, "Step").click()


def pin(page: Page) -> None:
    click_at(page, "Output", 1, 1, (6, 6))


def untie(page: Page) -> None:
    click_at(page, "Weight matrix", 13, 26, (36, 64))
    button(page, "Untie this copy").click()


def zoom(page: Page) -> None:
    button(page, "Zoom in").click()
    page.wait_for_url("**zoom=**")


ACTS: list[Callable[[Page], None]] = [scan, pin, untie, zoom]
Change = Callable[[Page], None]
PICTURE: tuple[str, list[Change]] = ("/", [lambda page: pick(page, "Cat")])
GEOMETRY: tuple[str, list[Change]] = ("/", [lambda page: enter(page, "Stride", 2)])
STEP: tuple[str, list[Change]] = ("/lesson", [lambda page: press(page, "Next"), lambda page: press(page, "Previous")])


@pytest.mark.long
@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
@pytest.mark.parametrize("scene", [PICTURE, GEOMETRY, STEP], ids=["picture", "geometry", "step"])
def test_what_is_pointed_at_ends_with_the_scene_it_belongs_to(
    page: Page, new_page: NewPage, act: Callable[[Page], None], scene: tuple[str, list[Change]]
) -> None:
    path, changes = scene
    open_app(page, DIGIT if path == "/" else "step=scan" if act is scan else "step=matrix", path)
    act(page)
    settled(page)
    for change in changes:
        before = page.url
        change(page)
        until(page, lambda: page.url != before)  # noqa: B023  # it is called here and now
        settled(page)
    fresh = reopened(page, new_page)
    assert seen(page) == seen(fresh)
    assert "untied" not in page.url
    assert "zoom" not in page.url
