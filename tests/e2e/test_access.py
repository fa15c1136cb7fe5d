"""What axe-core finds on every page, in both themes: nothing serious, and nothing critical."""

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # has no types
from playwright.sync_api import Page

from tests.support.pages import PATHS
from tests.support.user import Theme, open_app

pytestmark = pytest.mark.long

# Rule: the beginning of what Streamlit itself draws, and why we cannot change it.
THEIRS: dict[str, tuple[str, str]] = {}


def violations(page: Page) -> list[str]:
    """Serious and critical ones, an element a line."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{rule['id']} ({rule['impact']}): {node['target']} {node['html'][:160]}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
        if not (rule["id"] in THEIRS and node["html"].startswith(THEIRS[rule["id"]][0]))
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_has_a_serious_violation(page: Page, theme: Theme) -> None:
    page.emulate_media(color_scheme=theme)
    found = []
    for path in PATHS:
        open_app(page, path="/" if path == PATHS[0] else f"/{path}")
        scheme = page.locator(".stApp").evaluate("(app) => getComputedStyle(app).colorScheme")
        assert theme in scheme
        found += [f"{path}: {one}" for one in violations(page)]
    assert found == []
