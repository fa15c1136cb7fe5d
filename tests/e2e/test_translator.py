"""A page that the browser's translator has been through shows, after any change, what a page that is new shows."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import NewPage
from tests.support.user import enter, open_app, press, reopened, settled, shown, until

# As Chrome does: each text's place is taken by two elements with the translation. An SVG picture cannot show such ones.
TRANSLATE = """() => {
  const texts = [];
  const walk = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.shadowRoot) walk(node.shadowRoot);
      const isText = node.nodeType === 3 && node.data.trim();
      if (isText && !node.parentElement?.closest("style, script, font, svg, .katex")) texts.push(node);
    }
  };
  walk(document.body);
  for (const text of texts) {
    const [outer, inner] = [document.createElement("font"), document.createElement("font")];
    inner.append(text.data);
    outer.append(inner);
    text.replaceWith(outer);
  }
  return texts.length;
}"""


def next_twice(page: Page) -> None:
    press(page, "Next")
    page.wait_for_url("**step=**")
    settled(page)
    press(page, "Next")


DRIVES: dict[str, Callable[[Page], object]] = {
    "/?kernel=1,0,-1;2,0,-2;1,0,-1": lambda page: enter(page, "K, rows", 5),
    "/lesson": next_twice,
    "/compare": lambda page: page.get_by_role("radio", name="Random weights").click(),
    "/channels": lambda page: enter(page, "Output maps", 3),
    "/train": lambda page: page.get_by_role("button", name=re.compile("Tiled")).first.click(),
    "/network": lambda page: page.get_by_role("radio", name="Draw", exact=True).click(),
    "/sequence": lambda page: enter(page, "Steps T", 3),
    "/adaptive": lambda page: enter(page, "Channels M", 3),
    "/sharing": lambda page: page.get_by_role("radio", name="+ reflections").click(),
    "/quiz": lambda page: press(page, "New questions"),
}


@pytest.mark.long
@pytest.mark.parametrize("path", DRIVES)
def test_after_a_change_a_translated_page_shows_what_a_fresh_one_does(page: Page, new_page: NewPage, path: str) -> None:
    open_app(page, path=path)
    assert page.evaluate(TRANSLATE) > 20
    before = page.url
    DRIVES[path](page)
    until(page, lambda: page.url != before)
    fresh = reopened(page, new_page)
    assert shown(page) == shown(fresh)
