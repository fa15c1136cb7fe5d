"""A page that speaks of another one links to a page and a tab that are there."""

import re

import pytest

from components.pages.compare.state import TABS as COMPARE
from components.pages.sharing.state import TABS as SHARING
from components.pages.train.state import TABS as TRAIN
from tests.support.pages import PATHS, ROOT

LINK = re.compile(r"\]\(([a-z]+)\?([a-z_]+)=([a-z]+)\)")
TABS = {"comparison": COMPARE, "sharing_tab": SHARING, "train_tab": TRAIN}
FOUND = [
    (file.parent.name, *link)
    for file in (ROOT / "components" / "pages").rglob("*.py")
    for link in LINK.findall(file.read_text("utf-8"))
]


def test_pages_refer_to_each_other() -> None:
    assert {("compare", "sharing"), ("network", "sharing"), ("explore", "train"), ("explore", "compare")} <= {
        (page, path) for page, path, _, _ in FOUND
    }


@pytest.mark.parametrize(("page", "path", "name", "tab"), FOUND)
def test_a_link_from_page_to_page_names_a_page_and_a_tab(page: str, path: str, name: str, tab: str) -> None:
    assert path in PATHS, page
    assert tab in TABS[name], page
