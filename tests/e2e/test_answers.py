"""What an answer weighs, as the server sends it."""

import asyncio
import json
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any, TypeVar

import pytest

from tests.benchmarks.acts import said, weight
from tests.benchmarks.wire import Tab
from tests.e2e.conftest import Server

Found = TypeVar("Found")


def done(work: Coroutine[Any, Any, Found]) -> Found:
    """What it returns, in a thread of its own: in this one Playwright has an event loop."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, work).result()


@pytest.mark.long
@pytest.mark.parametrize(("side", "most"), [(64, 12_000), (256, 12_000 + 4 * 256**2 // 3)])
def test_a_changed_weight_is_answered_with_the_output_map_and_little_else(server: Server, side: int, most: int) -> None:
    async def answers() -> list[int]:
        tab = await _opened(server, f"image=dahlia&side={side}&kernel=0.5,0,-1;2,0,-2;1,0,-1")
        sizes = []
        for n in range(4):
            before = tab.received.total()
            await weight().do(tab, Random(n))  # noqa: S311  # no secret
            sizes.append(tab.received.total() - before)
        tab.checked()
        await tab.close()
        return sizes

    assert max(done(answers())) <= most


@pytest.mark.long
def test_what_is_in_a_menu_comes_when_somebody_reaches_for_it(server: Server) -> None:
    async def fields() -> tuple[set[str], set[str]]:
        tab = await _opened(server, "")
        before = _numbers(tab)
        shown = tab.screen.find("bidi_component", "menus")
        await tab.ask(shown.fragment, said(shown, "wanted", "geometry"))
        tab.checked()
        await tab.close()
        return before, _numbers(tab)

    assert done(fields()) == (set(), {"Stride", "Dilation"})


async def _opened(server: Server, query: str) -> Tab:
    tab = await Tab.open(server.url)
    tab.query = query
    await tab.ask()
    return tab


def _numbers(tab: Tab) -> set[str]:
    components = [e.body for e in tab.screen.shown.values() if e.kind == "bidi_component"]
    return {json.loads(body.json)[0]["label"] for body in components if body.component_name == "number"}
