"""What a person at the loom waits for, in headless Chromium: frames, round trips, and what is left behind."""

from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, CDPSession, Page

from tests.benchmarks.serving import chromium
from tests.benchmarks.tables import ratio, spread, table
from tests.support.serving import Server, served

HERE = Path(__file__).parent
SCRIPT = (HERE / "page.js").read_text("utf-8")
KERNEL = ";".join(["1,0,2,0,-1"] * 5)
SHOWN = (
    ("8×8 grey, 3×3", "?image=digit&side=8", 8, "36"),
    ("64×64 grey, 3×3", "?image=dahlia&side=64", 64, "36"),
    ("256×256 grey, 3×3", "?image=dahlia&side=256", 256, "40 / 55"),
    ("512×512 grey, 5×5", f"?image=dahlia&side=512&kernel={KERNEL}", 512, "60 / 80"),
)
CORNER = '[aria-label="Weight row 1 column 1"]'


def run() -> None:
    with served() as server, chromium() as browser:
        frames(server, browser)
        story(server, browser)
        round_trip(server, browser)
        leaks(server, browser)


def opened(browser: Browser, url: str) -> Page:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(url)
    page.get_by_text("measured just now").wait_for()
    page.wait_for_timeout(1000)
    return page


def call(page: Page, function: str, argument: object = None) -> Any:  # noqa: ANN401  # what JavaScript returns
    return page.evaluate(f"(argument) => {{ {SCRIPT}\n return {function}(argument); }}", argument)


def frames(server: Server, browser: Browser, n: int = 60) -> None:
    rows = []
    for name, query, side, goal in SHOWN:
        page = opened(browser, f"{server.url}/{query}")
        ours = call(page, "typing", {"n": n, "selector": CORNER})
        page.wait_for_timeout(1500)
        hovers = {
            panel: call(page, "hovering", {"n": n, "selector": f'canvas[aria-label="{panel}"]'})
            for panel in ("Input", "Output", "Weight matrix")
        }
        page.close()
        bare = browser.new_page()
        floor = call(bare, "painting", {"n": n, "side": side})
        bare.close()
        rows.append([f"weight change, {name}", spread(ours), spread(floor), ratio(ours, floor), goal])
        rows += [
            [f"hover {panel}, {name}", spread(t), spread(floor), ratio(t, floor), "36"] for panel, t in hovers.items()
        ]
    table(
        "Event to second animation frame (ms; the bare page paints the same pixels and nothing else)",
        ["", "Weight Loom", "bare page", "ratio", "goal (median / p90)"],
        rows,
    )


def story(server: Server, browser: Browser, seconds: float = 6.0) -> None:
    """From dense to shared at play, in turn with a page that draws nothing."""
    bare = browser.new_page()
    floor = call(bare, "framing", {"seconds": seconds})
    bare.close()
    rows = []
    for name, query, *_ in (SHOWN[0], SHOWN[-1]):
        page = opened(browser, f"{server.url}/{query}")
        ours = call(
            page, "framing", {"seconds": seconds, "press": {"within": ".loom", "button": "From dense to shared"}}
        )
        page.close()
        slow = np.percentile(ours, 95)
        rows.append([name, spread(ours), f"{slow:.1f}", f"{1000 / np.mean(ours):.0f}", spread(floor)])
    table(
        "Frame to frame while From dense to shared plays (ms; goal: 30 frames a second)",
        ["", "Weight Loom", "p95", "frames a second", "bare page"],
        rows,
    )


def round_trip(server: Server, browser: Browser, n: int = 25) -> None:
    """Change settled → NumPy's map on screen, in turn with an empty component's own round trip."""
    with served(app=HERE / "empty_component.py") as other:
        page = opened(browser, f"{server.url}/?image=dahlia&side=256&kernel=0.5,0,-1;2,0,-2;1,0,-1")
        empty = browser.new_page()
        empty.goto(other.url)
        empty.get_by_role("button", name="n=0").wait_for()
        ours, floor = [], []
        for i in range(n):
            page.bring_to_front()
            ours.append(call(page, "settling", i))
            empty.bring_to_front()
            floor.append(call(empty, "clicking"))
        page.close()
        empty.close()
    table(
        "Change settled to NumPy's map on screen, 256×256, 3×3 (ms; goal: ratio <= 1.3)",
        ["Weight Loom", "empty component", "ratio"],
        [[spread(ours[3:]), spread(floor[3:]), ratio(ours[3:], floor[3:])]],
    )


def leaks(server: Server, browser: Browser, edits: int = 1000, visits: int = 50) -> None:
    """Many previews, and many times away from the component and back, beside an empty component's: what is left behind.

    Nothing here may hold an element of the component: what Playwright has waited for stays in memory.
    """
    page = opened(browser, f"{server.url}/?image=digit&side=8")
    call(page, "typing", {"n": 50, "selector": CORNER})
    page.locator(".st-key-bar_kernel button").click()
    left = {"Weight Loom": left_behind(page, "leaving", visits, edits)}
    with served(app=HERE / "empty_component.py") as other:
        empty = browser.new_page()
        empty.goto(other.url)
        empty.get_by_role("button", name="Away or back").wait_for()
        left["empty component"] = left_behind(empty, "leavingEmpty", visits)
    table(
        f"What {visits} times unmounting and mounting leave behind (Weight Loom: and {edits} previews)",
        ["", *next(iter(left.values()))],
        [[name, *(f"{more:+,.0f}" for more in found.values())] for name, found in left.items()],
    )


def left_behind(page: Page, visit: str, visits: int, edits: int = 0) -> dict[str, float]:
    """How much more of everything there is afterwards. visit: the function in the page that goes away and back."""
    session = page.context.new_cdp_session(page)
    call(page, visit, 5)
    before = counted(session)
    if edits:
        call(page, "typing", {"n": edits, "selector": CORNER})
    call(page, visit, visits)
    after = counted(session)
    return {name: after[name] - before[name] for name in before}


def counted(session: CDPSession) -> dict[str, float]:
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    found = {metric["name"]: metric["value"] for metric in session.send("Performance.getMetrics")["metrics"]}
    return {name: found[name] for name in ("JSHeapUsedSize", "JSEventListeners", "Nodes")}
