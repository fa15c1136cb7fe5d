"""Writes the README's picture of Explore: `python -m tests.screenshot` (half a minute; needs a Chromium)."""

from tests.benchmarks.serving import chromium
from tests.support.serving import ROOT, served
from tests.support.user import open_app

PICTURE = ROOT / "assets" / "screenshot.png"
SIZE = (1440, 810)


def main() -> None:
    with served() as server, chromium() as browser:
        page = browser.new_page(base_url=server.url, viewport={"width": SIZE[0], "height": SIZE[1]})
        open_app(page)
        page.screenshot(path=PICTURE)


if __name__ == "__main__":
    main()
