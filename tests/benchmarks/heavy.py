"""What one visitor's heavy work costs the others: long runs, the largest views, closed tabs. Real sessions."""

import asyncio
from collections.abc import Awaitable
from random import Random
from time import perf_counter

from streamlit.util import calc_hash

from tests.benchmarks.acts import first_epoch, press, weight
from tests.benchmarks.farm import Farm, farm
from tests.benchmarks.tables import table
from tests.benchmarks.watching import look
from tests.benchmarks.wire import Tab

LONG = "examples=1000&epochs=100"
BANK = "|".join(["/".join([";".join([",".join(["1"] * 7)] * 7)] * 4)] * 6)
VIEWS = {
    "Channels, 6 × 4 kernels of 7 × 7": (
        "channels",
        f"side=512&padding=64&stack=pagoda,dahlia,coffee,cat&filters={BANK}&biases=0,0,0,0,0,0",
    ),
    "Explore, 512 RGB, 15 × 15": (
        "",
        f"image=pagoda&side=512&colour=rgb&padding=64&kernel={';'.join([','.join(['1'] * 15)] * 15)}",
    ),
}
TABS = 20
CLOSED = 100  # tabs
FORGOTTEN = 100.0  # seconds until closed tabs are gone: Streamlit's 60, and two looks of ours


def run() -> None:
    """Prints three tables."""
    for measured in (_seventh, _views, _closed):
        with farm(1) as servers:
            asyncio.run(measured(servers))


async def _opened(url: str, path: str, query: str = "") -> Tab:
    """A tab of its own on this link."""
    tab = await Tab.open(url)
    tab.page, tab.query = calc_hash(path) if path else "", query
    await tab.ask()
    tab.checked()
    return tab


async def _seventh(servers: Farm) -> None:
    """How long a newcomer waits for the first epoch, alone and beside six long runs."""
    alone = await first_epoch().do(await _opened(servers.url, "train"), Random(0))  # noqa: S311  # no secret
    await asyncio.sleep(5)
    long = [await _opened(servers.url, "train", LONG) for _ in range(6)]
    for tab in long:
        await press("Play").do(tab, Random(0))  # noqa: S311
    await asyncio.sleep(5)
    seventh = await first_epoch().do(await _opened(servers.url, "train", "train_seed=1"), Random(0))  # noqa: S311
    rows = [["alone", f"{alone:.2f}"], ["beside six long runs (goal: 3)", f"{seventh:.2f}"]]
    table("Seconds to the first epoch of a race", ["", "s"], rows)
    await asyncio.gather(*(tab.close() for tab in long))


async def _views(servers: Farm) -> None:
    """What twenty tabs of the largest views add, and how long somebody else's weights take meanwhile."""
    other, pids, rows = await _opened(servers.url, "", "image=pagoda"), [servers.copies[0].pid], []
    for name, (path, query) in VIEWS.items():
        before = look(pids).memory_mb
        opening = asyncio.gather(*(_timed(_opened(servers.url, path, query)) for _ in range(TABS)))
        clicks: list[float] = []
        while not opening.done():
            clicks.append(await weight().do(other, Random(len(clicks))))  # noqa: S311
            await asyncio.sleep(0.5)
        tabs = await opening
        added = look(pids).memory_mb - before
        rows.append([name, f"{added:.0f}", f"{max(seconds for _, seconds in tabs):.1f}", f"{max(clicks):.2f}"])
        await asyncio.gather(*(tab.close() for tab, _ in tabs))
    heads = ["", "MB added (goal: 300)", "last tab open after (s)", "longest click of another (s; goal: 1)"]
    table(f"{TABS} tabs of the largest views at once", heads, rows)


async def _timed(opening: Awaitable[Tab]) -> tuple[Tab, float]:
    began = perf_counter()
    return await opening, perf_counter() - began


async def _closed(servers: Farm) -> None:
    """What a hundred closed tabs leave behind, without another visitor."""
    pids = [servers.copies[0].pid]
    await (await _opened(servers.url, "", "image=pagoda")).close()
    await asyncio.sleep(FORGOTTEN)
    before = look(pids)
    for _ in range(CLOSED // 10):
        tabs = await asyncio.gather(*(_opened(servers.url, "", "image=pagoda&side=256") for _ in range(10)))
        await asyncio.gather(*(tab.close() for tab in tabs))
    closed = look(pids)
    await asyncio.sleep(FORGOTTEN)
    after = look(pids)
    rows = [
        [name, f"{one.memory_mb:.0f}", str(one.handles), str(one.threads), str(one.processes)]
        for name, one in (("before", before), ("closed", closed), (f"{FORGOTTEN:.0f} s later", after))
    ]
    table(f"{CLOSED} tabs, opened and closed", ["", "MB (PSS)", "open files", "threads", "processes"], rows)
