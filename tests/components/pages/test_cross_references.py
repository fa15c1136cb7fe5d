"""A page that speaks of another one links to a page and a tab that are there."""

import re

from components.pages.sharing.state import TABS
from tests.support.pages import PATHS, ROOT

LINK = re.compile(r"\]\(([a-z]+)\?sharing_tab=([a-z]+)\)")


def test_a_link_from_page_to_page_names_a_page_and_a_tab() -> None:
    found = {
        (file.parent.name, *link)
        for file in (ROOT / "components" / "pages").rglob("*.py")
        for link in LINK.findall(file.read_text("utf-8"))
    }
    assert {("compare", "sharing", "layers"), ("network", "sharing", "factorised")} <= found
    assert all(path in PATHS and tab in TABS for _, path, tab in found)
