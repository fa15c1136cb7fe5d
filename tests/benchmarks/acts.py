"""What a visitor can do to a page: each is a function of the tab and of chance, and gives the seconds it took.

Widgets are found by what is written on them, so that a page which has lost one makes the benchmark fail.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random
from time import perf_counter
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.benchmarks.screen import Missing, Shown
from tests.benchmarks.wire import PATIENCE, Failure, Tab

Do = Callable[[Tab, Random], Awaitable[float]]
POLL = 0.05  # seconds between two looks for something that is being made
LETTERS = frozenset("ABCD")  # of the answers of the quiz


@dataclass(frozen=True, slots=True)
class Act:
    """kind: the row of the table that its time goes to."""

    kind: str
    do: Do


def within(menu: str, act: Act) -> Act:
    """What is done in a menu of the bar, whose contents come when somebody first reaches for it."""

    async def do(tab: Tab, chance: Random) -> float:
        shown = tab.screen.find("bidi_component", "menus")
        wanted = menu in json.loads(shown.body.json)[0]["wanted"]
        opening = 0.0 if wanted else await tab.ask(shown.fragment, said(shown, "wanted", menu))
        return max(opening, await act.do(tab, chance))

    return Act(act.kind, do)


def opened(expander: str, act: Act) -> Act:
    """What is done in an expander, which is opened first."""

    async def do(tab: Tab, chance: Random) -> float:
        shown = tab.screen.find("expandable", expander)
        held, opening = tab.screen.held[shown.body.id], 0.0
        if not held.bool_value:
            held.bool_value = True
            opening = await tab.ask(shown.fragment)
        return max(opening, await act.do(tab, chance))

    return Act(act.kind, do)


def on_tab(title: str, act: Act) -> Act:
    """What is done on a tab, which is turned to first where it is not the one in front."""

    async def do(tab: Tab, chance: Random) -> float:
        shown = tab.screen.tabs()
        held, turning = tab.screen.held[shown.body.id], 0.0
        if held.string_value != title:
            held.string_value = title
            turning = await tab.ask(shown.fragment)
        return max(turning, await act.do(tab, chance))

    return Act(act.kind, do)


def number(label: str, low: int, high: int) -> Act:
    """Another number is typed."""

    async def do(tab: Tab, chance: Random) -> float:
        shown = tab.screen.number(label)
        data = json.loads(shown.body.json)[0]
        entered = chance.choice([n for n in range(low, high + 1) if n != data["value"]])
        return await tab.ask(
            shown.fragment, said(shown, "entered", {"text": str(entered), "serial": data["serial"] + 1})
        )

    return Act("a number", do)


def slide(label: str) -> Act:
    """A slider is let go somewhere else."""

    async def do(tab: Tab, chance: Random) -> float:
        shown = tab.screen.find("slider", label)
        low, high, step = shown.body.min, shown.body.max, shown.body.step
        tab.screen.held[shown.body.id].double_array_value.data[:] = [
            low + step * chance.randint(0, int((high - low) / step))
        ]
        return await tab.ask(shown.fragment)

    return Act("a slider", do)


def choose(label: str, *options: str) -> Act:
    """Another option of a segmented control."""

    async def do(tab: Tab, chance: Random) -> float:
        shown = tab.screen.find("button_group", label)
        chosen = tab.screen.held[shown.body.id].string_array_value.data
        known = [option.content for option in shown.body.options]
        if not set(options) <= set(known):
            raise Missing(f"no {options} in “{label}”: {known}")
        chosen[:] = [chance.choice([option for option in options or known if option not in chosen])]
        return await tab.ask(shown.fragment)

    return Act("a choice", do)


def menu(label: str, option: str, kind: str = "a menu") -> Act:
    async def do(tab: Tab, _chance: Random) -> float:
        shown = tab.screen.find("menu_button", label)
        if option not in shown.body.options:
            raise Missing(f"no “{option}” in the menu “{label}”: {list(shown.body.options)}")
        trigger = WidgetState(id=shown.body.id)
        trigger.string_trigger_value.data = option
        return await tab.ask(shown.fragment, trigger)

    return Act(kind, do)


def press(*labels: str) -> Act:
    """A button that has one of these labels by now."""

    async def do(tab: Tab, _chance: Random) -> float:
        buttons = [e for e in tab.screen.shown.values() if e.kind == "button" and e.body.label in labels]
        shown = next((e for e in buttons if not e.body.disabled), None)
        if shown is None:
            raise Missing(f"no button {labels} to press: {len(buttons)} disabled")
        return await tab.ask(shown.fragment, WidgetState(id=shown.body.id, trigger_value=True))

    return Act("a button", do)


def first_epoch() -> Act:
    """A race from its beginning, until the first epoch is on the page: through the line, behind whoever comes first."""

    async def do(tab: Tab, chance: Random) -> float:
        if not tab.screen.find("button", "Reset").body.disabled:
            await press("Reset").do(tab, chance)
        began = perf_counter()
        await press("Play").do(tab, chance)
        while perf_counter() - began < PATIENCE:
            told = [e.body.text for e in tab.screen.shown.values() if e.kind == "progress"]
            if any(re.match(r"epoch [1-9]", text) for text in told):
                return perf_counter() - began
            await asyncio.sleep(POLL)
        raise Failure(f"no first epoch in time: {told}")

    return Act("to the first epoch", do)


def answer() -> Act:
    """The question of the quiz that is shown; where it has an answer, the next one, and after the last a new quiz."""

    async def do(tab: Tab, chance: Random) -> float:
        shown = [e for e in tab.screen.shown.values() if e.kind == "button" and e.body.label.split(".")[0] in LETTERS]
        if shown and not shown[0].body.disabled:
            pressed = chance.choice(shown).body.id
            return await tab.ask(shown[0].fragment, WidgetState(id=pressed, trigger_value=True))
        last = tab.screen.find("button", "Next").body.disabled
        return await press("New questions" if last else "Next").do(tab, chance)

    return Act("a quiz answer", do)


def tell(component: str, event: str, value: object, kind: str = "") -> Act:
    """A component sends something."""

    async def do(tab: Tab, _chance: Random) -> float:
        shown = tab.screen.find("bidi_component", component)
        return await tab.ask(shown.fragment, said(shown, event, value))

    return Act(kind, do)


def said(shown: Shown, event: str, value: object) -> WidgetState:
    """What a component's message is in Streamlit's."""
    message = json.dumps([{"event": event, "value": value}])
    return WidgetState(id=f"$$STREAMLIT_INTERNAL_KEY_{shown.body.id}__events", json_trigger_value=message)


def weight() -> Act:
    """A weight is dragged in the loom, and the loom that comes back has it."""

    async def do(tab: Tab, chance: Random) -> float:
        data = _in_loom(tab)
        kernel, serial = [list(row) for row in data["kernel"]], data["applied"] + 1
        row = chance.choice(kernel)
        row[chance.randrange(len(row))] = round(chance.uniform(-4, 4), 2)
        edit = {"kernel": kernel, "origin": data["origin"], "wires": data["wires"], "serial": serial}
        seconds = await tell("loom", "edit", edit).do(tab, chance)
        if (there := _in_loom(tab))["applied"] != serial or there["kernel"] != kernel:
            raise Failure("the loom came back without the edit")
        return seconds

    return Act("a weight", do)


def _in_loom(tab: Tab) -> Any:  # noqa: ANN401  # JSON
    (props,) = json.loads(tab.screen.find("bidi_component", "loom").body.json)
    return props | tab.screen.still(props["still"])


def export(*labels: str) -> Act:
    """A file is asked for, comes in a message of the page, and the browser says that it is there."""

    async def do(tab: Tab, chance: Random) -> float:
        label = chance.choice(labels)
        seconds = await press(label).do(tab, chance)
        head, _, file = tab.screen.find("bidi_component", "download").body.bytes.partition(b"\n")
        note = json.loads(head)
        if not note.get("serial") or not file:
            raise Failure(f"no file for “{label}”: {note}")
        await tell("download", "arrived", {note["serial"]: True}).do(tab, chance)
        return seconds

    return Act("an export", do)


def full_size() -> Act:
    """The map of the uploaded picture at its full size: until it can be downloaded, and is."""

    async def do(tab: Tab, chance: Random) -> float:
        began = perf_counter()
        await press("Compute the output at full size").do(tab, chance)
        while perf_counter() - began < PATIENCE:
            try:
                made = tab.screen.find("download_button", "Output at full size (PNG)")
            except Missing:
                await asyncio.sleep(POLL)
            else:
                await tab.fetch(made.body.url)
                return perf_counter() - began
        raise Failure("no picture of full size in time")

    return Act("full-size export", do)


def upload(label: str, picture: Callable[[Random], bytes]) -> Act:
    """As the browser does it: ask where to, put it there, say so."""

    async def do(tab: Tab, chance: Random) -> float:
        shown = tab.screen.find("file_uploader", label)
        data, message, began = picture(chance), BackMsg(), perf_counter()
        asked = message.file_urls_request
        asked.request_id, asked.session_id = f"{chance.getrandbits(32):x}", tab.session
        asked.file_names.append("mine.jpg")
        urls = (await tab.request(message)).file_urls_response.file_urls[0]
        await tab.upload(urls.upload_url, "mine.jpg", data)
        state = WidgetState(id=shown.body.id)
        state.file_uploader_state_value.uploaded_file_info.add(
            name="mine.jpg", size=len(data), file_id=urls.file_id, file_urls=urls
        )
        tab.screen.held[shown.body.id] = state
        await tab.ask(shown.fragment)
        while any(e.kind == "markdown" and e.body.body == "Reading your picture…" for e in tab.screen.shown.values()):
            if perf_counter() - began > PATIENCE:
                raise Failure("the picture is still being read")
            await asyncio.sleep(POLL)
        return perf_counter() - began

    return Act("the upload", do)
