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
from typing import Any, Concatenate, ParamSpec

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.benchmarks.screen import Missing, Screen, Shown
from tests.benchmarks.wire import PATIENCE, Failure, Tab

P = ParamSpec("P")
Do = Callable[[Tab, Random], Awaitable[float]]
POLL = 0.05  # seconds between two looks for something that is being made
LETTERS = frozenset("ABCD")  # of the answers of the quiz


@dataclass(frozen=True, slots=True)
class Act:
    """kind: the row of the table that its time goes to."""

    kind: str
    do: Do


def act(kind: str) -> Callable[[Callable[Concatenate[Tab, Random, P], Awaitable[float]]], Callable[P, Act]]:
    """Make of `async def do(tab, chance, *more)` a function of `more` that returns the act."""

    def maker(do: Callable[Concatenate[Tab, Random, P], Awaitable[float]]) -> Callable[P, Act]:
        return lambda *more, **named: Act(kind, lambda tab, chance: do(tab, chance, *more, **named))

    return maker


def after(first: Do, act: Act) -> Act:
    """What can be done only after something else, which counts where it takes longer."""

    async def do(tab: Tab, chance: Random) -> float:
        return max(await first(tab, chance), await act.do(tab, chance))

    return Act(act.kind, do)


def within(menu: str, act: Act) -> Act:
    """What is done in a menu of the bar, whose contents come when somebody first reaches for it."""

    async def reached_for(tab: Tab, _chance: Random) -> float:
        shown = tab.screen.find("bidi_component", "menus")
        if menu in json.loads(shown.body.json)[0]["wanted"]:
            return 0.0
        return await tab.ask(shown.fragment, said(shown, "wanted", menu))

    return after(reached_for, act)


def held(find: Callable[[Screen], Shown], field: str, value: object) -> Do:
    """A widget has this value, which is set where it is another one."""

    async def do(tab: Tab, _chance: Random) -> float:
        shown = find(tab.screen)
        state = tab.screen.held[shown.body.id]
        if getattr(state, field) == value:
            return 0.0
        setattr(state, field, value)
        return await tab.ask(shown.fragment)

    return do


def opened(expander: str, act: Act) -> Act:
    """What is done in an expander, which is opened first."""
    return after(held(lambda screen: screen.find("expandable", expander), "bool_value", True), act)


def on_tab(title: str, act: Act) -> Act:
    """What is done on a tab, which is turned to first where it is not the one in front."""
    return after(held(Screen.tabs, "string_value", title), act)


@act("a number")
async def number(tab: Tab, chance: Random, label: str, low: int, high: int) -> float:
    """Another number is typed."""
    shown = tab.screen.number(label)
    data = json.loads(shown.body.json)[0]
    entered = chance.choice([n for n in range(low, high + 1) if n != data["value"]])
    return await tab.ask(shown.fragment, said(shown, "entered", {"text": str(entered), "serial": data["serial"] + 1}))


@act("a slider")
async def slide(tab: Tab, chance: Random, label: str) -> float:
    """A slider is let go somewhere else."""
    shown = tab.screen.find("slider", label)
    low, high, step = shown.body.min, shown.body.max, shown.body.step
    value = low + step * chance.randint(0, int((high - low) / step))
    tab.screen.held[shown.body.id].double_array_value.data[:] = [value]
    return await tab.ask(shown.fragment)


@act("a choice")
async def choose(tab: Tab, chance: Random, label: str, *options: str) -> float:
    """Another option of a segmented control."""
    shown = tab.screen.find("button_group", label)
    chosen = tab.screen.held[shown.body.id].string_array_value.data
    known = [option.content for option in shown.body.options]
    if not set(options) <= set(known):
        raise Missing(f"no {options} in “{label}”: {known}")
    chosen[:] = [chance.choice([option for option in options or known if option not in chosen])]
    return await tab.ask(shown.fragment)


def menu(label: str, option: str, kind: str) -> Act:
    async def do(tab: Tab, _chance: Random) -> float:
        shown = tab.screen.find("menu_button", label)
        if option not in shown.body.options:
            raise Missing(f"no “{option}” in the menu “{label}”: {list(shown.body.options)}")
        trigger = WidgetState(id=shown.body.id)
        trigger.string_trigger_value.data = option
        return await tab.ask(shown.fragment, trigger)

    return Act(kind, do)


@act("a button")
async def press(tab: Tab, _chance: Random, *labels: str) -> float:
    """A button that has one of these labels by now."""
    buttons = [shown for shown in tab.screen.all("button") if shown.body.label in labels]
    for shown in buttons:
        if not shown.body.disabled:
            return await tab.ask(shown.fragment, WidgetState(id=shown.body.id, trigger_value=True))
    raise Missing(f"no button {labels} to press: {len(buttons)} disabled")


async def until(holds: Callable[[], bool], otherwise: str, seconds: float = PATIENCE) -> None:
    """Look again and again whether it holds by now: a failure where it does not in time."""
    end = perf_counter() + seconds
    while not holds():
        if perf_counter() > end:
            raise Failure(otherwise)
        await asyncio.sleep(POLL)


@act("to the first epoch")
async def first_epoch(tab: Tab, chance: Random) -> float:
    """A race from its beginning, until the first epoch is on the page: through the line, behind whoever comes first."""
    if not tab.screen.find("button", "Reset").body.disabled:
        await press("Reset").do(tab, chance)
    began = perf_counter()
    await press("Play").do(tab, chance)
    await until(
        lambda: any(re.match(r"epoch [1-9]", bar.body.text) for bar in tab.screen.all("progress")),
        "no first epoch in time",
    )
    return perf_counter() - began


@act("a quiz answer")
async def answer(tab: Tab, chance: Random) -> float:
    """The question of the quiz that is shown; where it has an answer, the next one, and after the last a new quiz."""
    shown = [button for button in tab.screen.all("button") if button.body.label.split(".")[0] in LETTERS]
    if shown and not shown[0].body.disabled:
        pressed = chance.choice(shown).body.id
        return await tab.ask(shown[0].fragment, WidgetState(id=pressed, trigger_value=True))
    last = tab.screen.find("button", "Next").body.disabled
    return await press("New questions" if last else "Next").do(tab, chance)


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


@act("a weight")
async def weight(tab: Tab, chance: Random) -> float:
    """A weight is dragged in the loom, and the loom that comes back has it."""
    data = _in_loom(tab)
    kernel, serial = [list(row) for row in data["kernel"]], data["applied"] + 1
    row = chance.choice(kernel)
    row[chance.randrange(len(row))] = round(chance.uniform(-4, 4), 2)
    edit = {"kernel": kernel, "origin": data["origin"], "wires": data["wires"], "serial": serial}
    seconds = await tell("loom", "edit", edit).do(tab, chance)
    if (there := _in_loom(tab))["applied"] != serial or there["kernel"] != kernel:
        raise Failure("the loom came back without the edit")
    return seconds


def _in_loom(tab: Tab) -> Any:  # noqa: ANN401  # JSON
    (props,) = json.loads(tab.screen.find("bidi_component", "loom").body.json)
    return props | tab.screen.still(props["still"])


@act("an export")
async def export(tab: Tab, chance: Random, *labels: str) -> float:
    """A file is asked for, comes in a message of the page, and the browser says that it is there."""
    label = chance.choice(labels)
    seconds = await press(label).do(tab, chance)
    head, _, file = tab.screen.find("bidi_component", "download").body.bytes.partition(b"\n")
    note = json.loads(head)
    if not note.get("serial") or not file:
        raise Failure(f"no file for “{label}”: {note}")
    await tell("download", "arrived", {note["serial"]: True}).do(tab, chance)
    return seconds


@act("full-size export")
async def full_size(tab: Tab, chance: Random) -> float:
    """The map of the uploaded picture at its full size: until it can be downloaded, and is."""
    began = perf_counter()
    await press("Compute the output at full size").do(tab, chance)
    name = "Output at full size (PNG)"
    await until(
        lambda: any(made.body.label == name for made in tab.screen.all("download_button")),
        "no picture of full size in time",
    )
    await tab.fetch(tab.screen.find("download_button", name).body.url)
    return perf_counter() - began


@act("the upload")
async def upload(tab: Tab, chance: Random, label: str, picture: Callable[[Random], bytes]) -> float:
    """As the browser does it: ask where to, put it there, say so."""
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
    await until(lambda: "Reading your picture…" not in tab.screen.texts("markdown"), "the picture is still being read")
    return perf_counter() - began
