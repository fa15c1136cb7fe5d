"""Sharing between layers in a browser: a colour across layers, hostile text."""

import re

from playwright.sync_api import Page, expect

from tests.support.user import open_app, settled


def test_a_weight_lights_up_in_every_layer_that_uses_it(page: Page) -> None:
    open_app(page, "sharing_tab=layers&uses=4&shared_part=all", "/sharing")
    tied, apart = page.locator(".st-key-reuse section").all()
    for section, uses in ((tied, 4), (apart, 1)):
        section.locator("svg.matrix").press("ArrowRight")
        expect(section.locator("line.lit")).to_have_count(uses)
        expect(section.locator("rect.lit")).to_have_count(uses)
    expect(page.locator(".st-key-reuse .said")).to_contain_text("is used once")


def test_a_pasted_list_is_text_and_nothing_else_and_stays_out_of_the_link(page: Page) -> None:
    open_app(page, "sharing_tab=layers", "/sharing")
    field = page.get_by_role("textbox", name=re.compile("Your model's list"))
    before = page.url
    field.fill('<img/src=x/onerror="document.title=1"> 10 p\n[b](javascript:alert(1)) 10 p')
    field.press("Control+Enter")
    settled(page)
    told = page.get_by_text("10 free parameters", exact=True).locator("xpath=ancestor::p")
    expect(told).to_contain_text("onerror=")
    assert page.locator("img[src=x]").count() == page.locator("a[href*=javascript]").count() == 0
    field.fill("a 10 p\nb ten q")
    field.press("Control+Enter")
    expect(page.get_by_test_id("stAlert")).to_contain_text("Line 2 has the shape “ten”")
    assert page.url == before
