"""A browser tab, as far as the server can tell: Streamlit's own messages over a WebSocket.

It does what Streamlit's frontend does: it sends what all widgets hold with every request to run, remembers large
messages so that they need not be sent twice, and runs a fragment again as often as the server asked it to.
"""

import asyncio
from collections import Counter
from time import perf_counter
from typing import Any

import requests
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from tests.benchmarks.screen import Screen

PATIENCE = 30.0  # seconds until an answer is a failure
KEPT = 2  # finished runs for which a large message is remembered, as the server assumes (maxCachedMessageAge)


class Failure(Exception):
    """The page did not answer as it should."""


class Tab:
    def __init__(self, url: str, http: requests.Session, socket: ClientConnection) -> None:
        self.url, self.http, self.socket = url, http, socket
        self.screen, self.session, self.page, self.query = Screen(), "", "", ""
        self.path = ""  # of the page that the address names, until the server has told its hash
        self.pages: dict[str, str] = {}  # names and script hashes
        self.troubles: list[str] = []
        self.received: Counter[str] = Counter()  # bytes by the page on which they came
        self.ticks, self.untold, self.dropped = 0, 0, False
        self._run, self._fragments = "", list[str]()
        self._cache: dict[str, tuple[Delta, int]] = {}
        self._age = 0
        self._clocks: dict[str, tuple[float, asyncio.Task[None]]] = {}
        self._asked: str | None = None  # the fragment, or "" for the page, whose run is being waited for
        self._begun: set[str] = set()  # runs that began since
        self._told: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._response: asyncio.Future[ForwardMsg] = asyncio.get_running_loop().create_future()
        self._listener = asyncio.create_task(self._listen())

    @property
    def name(self) -> str:
        """Of the page, as the navigation has it."""
        return next((name for name, hash in self.pages.items() if hash == self.page), "")

    @staticmethod
    async def open(url: str, path: str = "/_stcore/health") -> "Tab":
        """A tab with the cookies that this path gives."""
        http = requests.Session()
        await _asked(http, "GET", f"{url}{path}")
        socket = await connect(
            f"{url.replace('http', 'ws', 1)}/_stcore/stream",
            subprotocols=[Subprotocol("streamlit")],
            additional_headers={"Cookie": "; ".join(f"{name}={value}" for name, value in http.cookies.items())},
            origin=Origin(url),
            max_size=None,
        )
        return Tab(url, http, socket)

    async def close(self) -> None:
        self._stop_clocks()
        self._listener.cancel()
        await self.socket.close()
        self.http.close()

    async def ask(self, fragment: str = "", trigger: WidgetState | None = None, page: str | None = None) -> float:
        """Have the page or a fragment run, and wait for the end of that run: the seconds it took."""
        self._asked, self._begun = fragment, set()
        self._told = asyncio.get_running_loop().create_future()
        if page is not None:
            self._stop_clocks()
            self.page, self.query = page, ""
        began = perf_counter()
        await self._send(fragment, trigger)
        await asyncio.wait_for(self._told, PATIENCE)
        return perf_counter() - began

    async def request(self, message: BackMsg) -> ForwardMsg:
        """The response to a question that runs nothing."""
        self._response = asyncio.get_running_loop().create_future()
        await self.socket.send(message.SerializeToString())
        return await asyncio.wait_for(self._response, PATIENCE)

    async def fetch(self, path: str) -> bytes:
        return await _asked(self.http, "GET", f"{self.url}{path}")

    async def upload(self, path: str, name: str, data: bytes) -> None:
        """PUT a file where the server asked for it, as a form with one field."""
        await _asked(self.http, "PUT", f"{self.url}{path}", files={name: (name, data, "image/jpeg")})

    async def _send(self, fragment: str, trigger: WidgetState | None = None, auto: bool = False) -> None:
        message = BackMsg()
        run = message.rerun_script
        run.page_name = "" if self.page else self.path
        run.query_string, run.page_script_hash = self.query, self.page
        run.fragment_id, run.is_auto_rerun = fragment, auto
        run.widget_states.widgets.extend(state for state in self.screen.held.values() if state.WhichOneof("value"))
        if trigger is not None:
            run.widget_states.widgets.append(trigger)
        run.cached_message_hashes.extend(self._cache)
        run.context_info.timezone, run.context_info.locale, run.context_info.url = "Europe/Istanbul", "en-GB", self.url
        await self.socket.send(message.SerializeToString())

    async def _listen(self) -> None:
        try:
            async for data in self.socket:
                self.received[self.page] += len(data)
                message = ForwardMsg.FromString(bytes(data) if isinstance(data, bytes) else data.encode())
                name = message.WhichOneof("type") or ""
                if handle := getattr(self, f"_on_{name}", None):
                    handle(message)
        except Exception as error:  # whatever ends the stream is what the visitor saw
            self._end(f"{type(error).__name__}: {error}")
        else:
            self._end("the server closed the connection")

    def _end(self, why: str) -> None:
        self._stop_clocks()
        self.dropped = True
        self.troubles.append(f"dropped: {why}")
        for waiting in (self._told, self._response):
            if not waiting.done():
                waiting.set_exception(Failure(f"dropped: {why}"))

    def _on_new_session(self, message: ForwardMsg) -> None:
        new = message.new_session
        self.session = new.initialize.session_id or self.session
        run, fragments = message.metadata.run.script_run_id, list(message.metadata.run.fragment_ids)
        if fragments and self._answers(self._run, self._fragments):
            self.untold += 1  # where a fragment's clock strikes just then, Streamlit does not tell that a run has ended
            self._answered()
        self._run, self._fragments = run, fragments
        self._begun.add(run)
        if fragments:
            return
        self._stop_clocks()
        self.page = new.page_script_hash
        self.pages = {page.page_name: page.page_script_hash for page in new.app_pages} or self.pages

    def _on_navigation(self, message: ForwardMsg) -> None:
        self.pages = {page.page_name: page.page_script_hash for page in message.navigation.app_pages}
        self.page = message.navigation.page_script_hash

    def _on_page_info_changed(self, message: ForwardMsg) -> None:
        self.query = message.page_info_changed.query_string

    def _on_delta(self, message: ForwardMsg) -> None:
        if message.metadata.cacheable:
            self._cache[message.hash] = message.delta, self._age
        self._put(message, message.delta)

    def _on_ref_hash(self, message: ForwardMsg) -> None:
        if message.ref_hash not in self._cache:
            self.troubles.append("the server refers to a message that has been forgotten")
            return
        delta, _ = self._cache[message.ref_hash]
        self._cache[message.ref_hash] = delta, self._age
        self._put(message, delta)

    def _put(self, message: ForwardMsg, delta: Delta) -> None:
        here = self.screen.put(tuple(message.metadata.delta_path), delta, self._run)
        if here and here.kind == "exception":
            self.troubles.append(f"exception: {here.body.type} {here.body.message[:80]}")
        elif here and here.kind == "alert" and "Nothing was changed" in here.body.body:
            self.troubles.append(f"refused: {here.body.body[:120]}")

    def _on_auto_rerun(self, message: ForwardMsg) -> None:
        fragment, interval = message.auto_rerun.fragment_id, message.auto_rerun.interval
        if fragment in self._clocks and self._clocks[fragment][0] == interval:
            return
        self._stop_clocks(fragment)
        self._clocks[fragment] = interval, asyncio.create_task(self._tick(fragment, interval))

    def _on_stop_auto_rerun(self, message: ForwardMsg) -> None:
        self._stop_clocks(*message.stop_auto_rerun.fragment_ids)

    async def _tick(self, fragment: str, interval: float) -> None:
        while True:
            await asyncio.sleep(interval)
            self.ticks += 1
            await self._send(fragment, auto=True)

    def _stop_clocks(self, *fragments: str) -> None:
        for fragment in fragments or tuple(self._clocks):
            if fragment in self._clocks:
                self._clocks.pop(fragment)[1].cancel()

    def _on_script_finished(self, message: ForwardMsg) -> None:
        status, run = message.script_finished, message.metadata.run
        fragments = list(run.fragment_ids)
        if status == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            self.troubles.append("the script ended with an error")
        if status == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            self._begun.discard(run.script_run_id)  # the answer is the run that takes its place
            return
        self.screen.sweep(run.script_run_id, fragments)
        self._forget(fragments)
        if self._answers(run.script_run_id, fragments):
            self._answered()

    def _answers(self, run: str, fragments: list[str]) -> bool:
        """Whether this run is the one that is being waited for."""
        return self._asked is not None and run in self._begun and (not fragments or self._asked in fragments)

    def _answered(self) -> None:
        self._asked = None
        if not self._told.done():
            self._told.set_result(None)

    def _forget(self, fragments: list[str]) -> None:
        """Large messages of what has just run that were not used in its last runs."""
        self._age += 1
        for hash, (delta, used) in list(self._cache.items()):
            if self._age - used > KEPT and (not fragments or delta.fragment_id in fragments):
                del self._cache[hash]

    def _on_session_event(self, message: ForwardMsg) -> None:
        self.troubles.append(f"session event {message.session_event.WhichOneof('type')}")

    def _on_page_not_found(self, message: ForwardMsg) -> None:
        self.troubles.append(f"page not found: {message.page_not_found.page_name}")

    def _on_file_urls_response(self, message: ForwardMsg) -> None:
        self._response.set_result(message)

    def checked(self, titled: bool = True) -> None:
        """Raises what went wrong since the last time."""
        if titled and not self.screen.title():
            self.troubles.append("a page without a title")
        if self.troubles:
            told, self.troubles = "; ".join(dict.fromkeys(self.troubles)), []
            raise Failure(told)


async def _asked(http: requests.Session, method: str, url: str, **more: Any) -> bytes:  # noqa: ANN401  # as requests has it
    reply = await asyncio.to_thread(http.request, method, url, timeout=PATIENCE, **more)
    reply.raise_for_status()
    return reply.content
