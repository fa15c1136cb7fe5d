"""What a person does on a page in the browser, and sees there; and a hold on the line to the server.

Elements are found by what they are called for people: roles and labels.
"""

import re
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Literal, get_args
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import FloatRect, Locator, Page, WebSocketRoute, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from components.display import theme
from components.display.layer import OutputMap, layer_of, output_map
from components.pages.explore.loom import MIDDLE
from components.state.link import StateT, from_query, to_query
from components.state.setup import LANDING, Setup
from components.state.show import NAMES
from tests.support.explored import picture_of as picture_of

STREAM = "**/_stcore/stream"
QUIET_MS = 300  # longer than the loom waits before it sends an edit

Bytes = NDArray[np.uint8]
Theme = Literal["light", "dark"]


PHOTOGRAPH = f"image={Setup().image}"  # the picture of all links that name none


def open_app(page: Page, query: str = "", path: str = "/") -> None:
    page.goto(f"{path}?{query}" if query else path)
    settled(page)


def settled(page: Page) -> None:
    """Waits until nothing has been under way for a while: no run, no preview waiting for NumPy, no picture to decode.

    On any page; a loom's badge is waited for only where there is a loom.
    """
    page.wait_for_function(
        """(quiet) => {
          const all = (root, css) => [...root.querySelectorAll("*")].flatMap(
            (node) => [...(node.matches(css) ? [node] : []), ...(node.shadowRoot ? all(node.shadowRoot, css) : [])]);
          const busy = document.querySelector("[data-testid=stApp]")?.dataset.testScriptState !== "notRunning"
            || document.querySelector("[data-testid=stSkeleton], [data-testid=stAppSkeleton]") !== null
            || document.querySelector("h1") === null
            || all(document, ".badge").some((badge) => badge.textContent !== "NumPy")
            || all(document, "img").some((picture) => !picture.complete);
          const now = performance.now();
          if (busy) window.quietSince = undefined;
          else window.quietSince ??= now;
          if (busy || now - window.quietSince < quiet) return false;
          window.quietSince = undefined;
          return true;
        }""",
        arg=QUIET_MS,
        polling=40,
        timeout=60_000,
    )


def weight(page: Page, k: int, l: int) -> Locator:
    """The field of one weight, counted from 1."""
    return spin(page, f"Weight row {k} column {l}")


def kernel(page: Page) -> list[list[float]]:
    """The weights as they can be read in the fields."""
    fields: list[tuple[str, str]] = page.get_by_role("spinbutton", name=re.compile("^Weight row")).evaluate_all(
        "fields => fields.map((field) => [field.ariaLabel, field.value])"
    )
    rows: dict[str, list[float]] = {}
    for label, value in fields:
        rows.setdefault(label.split(" column ")[0], []).append(float(value.replace("−", "-")))
    return list(rows.values())


def canvas(page: Page, name: str) -> Locator:
    """The canvas people point at: "Input", "Output" or "Weight matrix"."""
    return page.get_by_role("img", name=name, exact=True)


def pixels(page: Page, name: str) -> Bytes:
    """The picture below that canvas, one pixel a number: (h, w, 4), red, green, blue and opacity."""
    width, height, data = canvas(page, name).evaluate(
        """(over) => {
          const base = [...over.parentElement.querySelectorAll("canvas")].find((other) => other !== over);
          const bytes = base.getContext("2d").getImageData(0, 0, base.width, base.height).data;
          let text = "";
          for (let n = 0; n < bytes.length; n += 8192) text += String.fromCharCode(...bytes.subarray(n, n + 8192));
          return [base.width, base.height, btoa(text)];
        }"""
    )
    return np.frombuffer(b64decode(data), np.uint8).reshape(height, width, 4)


def point_at(page: Page, name: str, row: int, column: int, cells: tuple[int, int]) -> None:
    """Move the mouse to the middle of one of the `cells` (rows, columns) of a canvas, counted from 0."""
    move_to(canvas(page, name), (row + 0.5) / cells[0], (column + 0.5) / cells[1])


def click_at(page: Page, name: str, row: int, column: int, cells: tuple[int, int]) -> None:
    """Click the middle of one of the cells: in the loom this pins it."""
    point_at(page, name, row, column, cells)
    page.mouse.down()
    page.mouse.up()


def move_to(part: Locator, down: float, across: float, steps: int = 1) -> None:
    """Move the mouse to a place on this part of the page, given in parts of its height and its width."""
    part.scroll_into_view_if_needed()
    box = box_of(part)
    part.page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"], steps=steps)


def box_of(part: Locator) -> FloatRect:
    """Where it lies in the window."""
    found = part.bounding_box()
    assert found is not None
    return found


FOCUSED = """() => {
  let on = document.activeElement;
  while (on?.shadowRoot?.activeElement) on = on.shadowRoot.activeElement;
  const up = on.parentElement;
  const near = [on, up, up?.parentElement, ...(up?.children ?? [])].filter(Boolean);
  const around = near.map((node) => getComputedStyle(node));
  const isDrawn = ({ outlineStyle, outlineWidth, boxShadow }) =>
    (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none";
  const [{ outlineStyle, outlineWidth }, box] = [around[0], on.getBoundingClientRect()];
  return {
    name: (on.ariaLabel || on.innerText || on.labels?.[0]?.innerText || "").trim(), role: on.role,
    outline: `${outlineStyle} ${outlineWidth}`, isPage: on.contains(document.querySelector("h1")),
    isSeen: on.matches(":focus-visible") && around.some(isDrawn),
    isInside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""


def focused(page: Page) -> dict[str, Any]:
    """What has the keyboard: its name, its role, its outline, and whether one sees where one is."""
    found: dict[str, Any] = page.evaluate(FOCUSED)
    return found


def the_sum(page: Page) -> Locator:
    """The sentence under the pictures."""
    return page.get_by_role("status", name="The sum")


MENUS = {
    "picture": ("Longer side",),
    "kernel": ("K, rows", "L, columns", "Random seed"),
    "geometry": ("Stride", "Dilation", "Padding (pixels per side)"),
    "activation": ("Bias",),
}
MENU_OF = {label: menu for menu, labels in MENUS.items() for label in labels}


@contextmanager
def menu(page: Page, name: str) -> Iterator[None]:
    """With a menu of the bar of controls open: "picture", "kernel", "geometry" or "activation"."""
    said = page.locator(f".st-key-bar_{name}").get_by_role("button").first
    said.click()
    yield
    page.keyboard.press("Escape")
    expect(said).to_have_attribute("aria-expanded", "false")


def fetched(page: Page, *names: str) -> None:
    """What is in these menus is there from now on: it comes when somebody reaches for them."""
    for name in names:
        with menu(page, name):
            inside = page.get_by_test_id("stPopoverBody")
            expect(inside).to_be_visible()
            expect(inside.get_by_text("…", exact=True)).to_have_count(0)


def spin(page: Page, label: str) -> Locator:
    """The field for a number that is called so."""
    return page.get_by_role("spinbutton", name=label, exact=True)


def enter(page: Page, label: str, value: float | str) -> None:
    """Type into a number field, in whichever menu it is."""
    with menu(page, MENU_OF[label]) if label in MENU_OF else nullcontext():
        put(spin(page, label), value if isinstance(value, str) else f"{value:g}")
        settled(page)


def put(field: Locator, text: str) -> None:
    """Fill a field and press Enter."""
    field.fill(text)
    field.press("Enter")


def type_over(field: Locator, text: str) -> None:
    """Type into a field as one does: all that is in it marked first."""
    field.click()
    for key in ("Control+a", "Delete"):
        field.page.keyboard.press(key)
    field.page.keyboard.type(text)


def state_in_url(page: Page) -> Setup:
    address = urlsplit(page.url)
    given, landing = dict(parse_qsl(address.query)), to_query(LANDING) if address.path == "/" else {}
    state, complaints = from_query(given if given.keys() - NAMES else landing, Setup())
    assert not complaints
    return state


def query(page: Page) -> dict[str, str]:
    """The parameters of the page's address."""
    return dict(parse_qsl(urlsplit(page.url).query, keep_blank_values=True))


def in_url(page: Page, default: StateT) -> StateT:
    """The state of this kind in the page's address, which holds nothing that is refused."""
    state, complaints = from_query(query(page), default)
    assert not complaints
    return state


def computed(state: Setup, picture: Bytes | None = None) -> OutputMap:
    """What NumPy makes of this state, here in the test."""
    levels = picture_of(state) if picture is None else picture
    return output_map(state, layer_of(state, levels.shape[1:]), levels)


def coloured(map: OutputMap, color_scheme: Theme = "light") -> Bytes:
    """The output as pixels (h, w, 3): grey, blue and red where it is signed, or the three channels as they are."""
    if len(map.levels) == 3:
        return np.moveaxis(map.levels, 0, 2)
    table = theme.diverging(MIDDLE[color_scheme]) if map.scale.signed else theme.grey()
    pixels: Bytes = np.take(table, map.levels[0], axis=0)
    return pixels


def assert_shows(page: Page, state: Setup, picture: Bytes | None = None, color_scheme: Theme = "light") -> None:
    """The page's output is, pixel for pixel, what NumPy makes of the state."""
    shown, right = pixels(page, "Output"), coloured(computed(state, picture), color_scheme)
    assert shown.shape[:2] == right.shape[:2]
    assert (shown[..., 3] == 255).all()
    np.testing.assert_array_equal(shown[..., :3], right)


@dataclass
class Wire:
    """A page's connection to the server. While it is held, what the server says does not arrive.

    pause: seconds before each message of the server, as on a slow line. said: how many the page has sent.
    """

    held: bool = False
    pause: float = 0.0
    said: int = 0
    waiting: list[tuple[WebSocketRoute, str | bytes]] = field(default_factory=list)
    lines: list[WebSocketRoute] = field(default_factory=list)

    def connect(self, browser_side: WebSocketRoute) -> None:
        self.lines.append(browser_side)
        server_side = browser_side.connect_to_server()
        browser_side.on_message(lambda message: self._say(server_side, message))
        server_side.on_message(lambda message: self._pass(browser_side, message))

    def _say(self, server_side: WebSocketRoute, message: str | bytes) -> None:
        self.said += 1
        server_side.send(message)

    def _pass(self, browser_side: WebSocketRoute, message: str | bytes) -> None:
        time.sleep(self.pause)
        if self.held:
            self.waiting.append((browser_side, message))
        else:
            browser_side.send(message)

    def release(self, which: Callable[[str | bytes], bool] | None = None) -> None:
        """All that waits, and what comes from now on; or only the messages that these are."""
        self.held = which is not None
        waiting, self.waiting = self.waiting, []
        for browser_side, message in waiting:
            if which is None or which(message):
                browser_side.send(message)
            else:
                self.waiting.append((browser_side, message))


def says(page: Page, wire: Wire, change: Callable[[], object]) -> None:
    """Make a change, and wait until the page has told the server something."""
    said = wire.said
    change()
    until(page, lambda: wire.said > said)


def answered(page: Page, wire: Wire) -> None:
    """Waits, while the wire is held, until the server's run is over and it has said all it has to say."""

    def over() -> bool:
        told = [ForwardMsg.FromString(message).WhichOneof("type") for _, message in wire.waiting]
        return told[-1:] == ["session_status_changed"] and "script_finished" in told

    until(page, over)


def draws(page: Page, pictures: int = 30) -> None:
    """Waits until the browser has drawn so many pictures: an animation that runs has moved on by then."""
    page.evaluate(
        """(pictures) => new Promise((done) => {
          const next = () => (pictures-- > 0 ? requestAnimationFrame(next) : done());
          next();
        })""",
        pictures,
    )


def themes(page: Page) -> Iterator[Theme]:
    """Both themes, one after the other: the page that is open is drawn in it."""
    for scheme in get_args(Theme):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(
            "(theme) => getComputedStyle(document.querySelector('.stApp')).colorScheme.includes(theme)", arg=scheme
        )
        draws(page, 6)
        yield scheme


def until(page: Page, happened: Callable[[], bool]) -> None:
    """Waits for it, but not for ever."""
    for _ in range(300):
        if happened():
            return
        page.wait_for_timeout(50)
    pytest.fail("It has not happened")


def wired(page: Page) -> Wire:
    """Before the page is opened: a hold on what the server says."""
    wire = Wire()
    page.route_web_socket(STREAM, wire.connect)
    return wire


SHOWN = """() => {
  const parts = [];
  const walk = (node) => {
    if (node.nodeType === 3) parts.push(node.data);
    if (node.nodeType !== 1 || node.matches("style, script") || !node.checkVisibility()) return;
    if (node.matches("input, select")) parts.push(` ${node.type === "file" ? "" : node.value} `);
    for (const child of (node.shadowRoot ?? node).childNodes) walk(child);
    if (getComputedStyle(node).display !== "inline") parts.push(" ");
  };
  walk(document.body);
  return parts.join("").replace(/\\s+/g, " ");
}"""


def shown(page: Page) -> list[str]:
    """The words that can be seen on the page, those that stand in fields and in our components too."""
    return str(page.evaluate(SHOWN)).split()


def reopened(page: Page, new_page: Callable[[], Page]) -> Page:
    """The same address in a window that is new, the mouse beside everything there as it is here."""
    settled(page)
    fresh = new_page()
    fresh.goto(page.url)
    for each in (page, fresh):
        settled(each)
        each.mouse.move(2, 2)
        settled(each)
    return fresh


# For `add_init_script`. It keeps in `window.written` whatever is written on a canvas, by the canvas's class: the text,
# x and y in parts of the canvas, and in pixels how wide it is and the size of its font.
LETTERS_NOTED = """
  window.written = {};
  const write = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...more) {
    const { width, height } = this.canvas.getBoundingClientRect();
    const [wide, size] = [this.measureText(text).width, parseFloat(this.font)];
    (window.written[this.canvas.className] ??= []).push({ text, x: x / width, y: y / height, wide, size });
    return write.call(this, text, x, y, ...more);
  };
"""


def frames_sent(page: Page) -> list[str | bytes]:
    """Before the page is opened: a list that grows with every message to the server."""
    sent: list[str | bytes] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    return sent


def expect_no_sideways_scroll(page: Page) -> None:
    for selector in ("html", "[data-testid=stMain]"):
        wide = page.locator(selector).evaluate("(box) => box.scrollWidth - box.clientWidth")
        assert wide <= 0, f"{selector} scrolls sideways by {wide} px"


# Buttons, cards and the player, on any page.


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def press(page: Page, name: str) -> None:
    """Click the button whose label ends so: an icon may stand before it."""
    page.get_by_role("button", name=re.compile(f"{name}$")).first.click()


def epoch(page: Page) -> Locator:
    return page.get_by_text(re.compile(r"^epoch \d+ of"))


def epochs(page: Page) -> int:
    """How many epochs are done."""
    return int(epoch(page).inner_text().split()[1])


def expect_pause(page: Page) -> None:
    """One step leads to the very next epoch: nothing else has moved it on."""
    expect(page.get_by_role("button", name=re.compile("Play$"))).to_be_visible()
    settled(page)
    held = epochs(page)
    press(page, "Step")
    until(page, lambda: epochs(page) > held)
    settled(page)
    assert epochs(page) == held + 1


def open_tab(page: Page, title: str) -> None:
    page.get_by_role("tab", name=title, exact=True).click()
    settled(page)


def column(page: Page, name: str, section: int = 0) -> Locator:
    """The card of this name, in the section of that number among those that have one."""
    return page.get_by_role("region", name=name, exact=True).nth(section)


def fact(column: Locator, words: str) -> Locator:
    """What is written under this name, in the column's list of facts."""
    named = column.page.get_by_role("term").filter(has_text=re.compile(words))
    return column.locator("dl").filter(has=named).get_by_role("definition")


def source(picture: Locator) -> str:
    return picture.locator("img").get_attribute("src") or ""


def boxes(sheet: Locator) -> list[tuple[float, float, float, float]]:
    """What is marked on a picture: (top, left, height, width) in parts of its size."""
    found: list[list[float]] = sheet.evaluate(
        """(sheet) => {
          const whole = sheet.getBoundingClientRect();
          return [...sheet.querySelectorAll("div")]
            .filter((box) => getComputedStyle(box).position === "absolute" && box.getClientRects().length)
            .map((box) => box.getBoundingClientRect())
            .map((box) => [(box.top - whole.top) / whole.height, (box.left - whole.left) / whole.width,
                           box.height / whole.height, box.width / whole.width]);
        }"""
    )
    return [(top, left, height, width) for top, left, height, width in found]


def send_file(page: Page, name: str, data: bytes) -> None:
    """Upload a file as the picture."""
    with menu(page, "picture"):
        field = page.locator("input[type=file]").first
        with page.expect_response("**/upload_file/**"):
            field.set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": data})
        expect(page.get_by_test_id("stFileUploaderFile")).to_have_count(0)  # it has been read: taken or refused
        settled(page)


def pick(page: Page, title: str) -> None:
    """Choose a sample picture, or the drawing, by its name."""
    with menu(page, "picture"):
        page.get_by_role("radiogroup", name="Sample picture").get_by_role("radio", name=title).click()
        settled(page)
