"""Writes the README's picture of Explore: `python -m tests.screenshot` (half a minute; needs a Chromium)."""

from playwright.sync_api import sync_playwright

from tests.browser import executable
from tests.e2e.conftest import FLAGS, ROOT, served
from tests.support.user import open_app

PICTURE = ROOT / "assets" / "screenshot.png"
SIZE = (1440, 810)


def main() -> None:
    path = executable()
    with served() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page(base_url=server.url, viewport={"width": SIZE[0], "height": SIZE[1]})
        open_app(page)
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
