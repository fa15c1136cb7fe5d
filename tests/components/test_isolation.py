"""One visitor's uploaded picture is nowhere but in their own session: not in a cache, a module, a log or an error page.

The picture is noise, so that a few of its bytes are found only where the picture is. Everything the process can reach
from its modules and from another visitor's session is searched for them, as bytes and as the base64 that pages send.
"""

import gc
import io
import logging
import re
import sys
import weakref
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import numpy as np
import pytest

from components.pages.compare import four_layers
from components.pages.explore import page as explore
from components.session.session import Session
from tests.support.visitor import Visitor, saved

pytestmark = pytest.mark.long

GENERIC = re.compile(r"^This app has encountered an error\. The original error message is redacted")
HOLDERS = bytes | bytearray | str | np.ndarray | io.BytesIO | memoryview


def noise(seed: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.random.default_rng(seed).integers(0, 256, (30, 40, 3), np.uint8)


def marks(seed: int) -> list[bytes]:
    """Bytes that give the picture away: of the file, and of rows in colour and in grey, raw and as base64."""
    picture, file = noise(seed), saved(noise(seed))
    colour, red = picture[7].tobytes(), np.ascontiguousarray(picture[:, :, 0])[9].tobytes()
    coded = [b64encode(row)[4:36] for row in (colour, red)]
    return [file[60:92], file[-200:-168], colour[:32], red[:32], *coded]


def shows(thing: object, wanted: list[bytes]) -> bool:
    if isinstance(thing, str):
        thing = thing.encode("utf-8", "replace")
    if isinstance(thing, io.BytesIO):
        thing = thing.getvalue()
    if isinstance(thing, np.ndarray):
        thing = np.asarray(thing).tobytes()
    content = bytes(thing)  # type: ignore[call-overload]  # a buffer by now
    return any(mark in content for mark in wanted)


def traces(roots: Iterable[object], wanted: list[bytes], aside: Iterable[object] = ()) -> list[str]:
    """How to get from these roots to what shows the marks, without going through what is put aside."""
    seen = {id(one) for one in (*wanted, wanted, *aside)}
    ways: list[tuple[object, tuple[str, ...]]] = [(root, ()) for root in roots]
    found = []
    while ways:
        thing, way = ways.pop()
        kind = type(thing)  # isinstance asks the thing itself too, and one of PyTorch's then warns
        if id(thing) in seen or issubclass(kind, FrameType):
            continue
        seen.add(id(thing))
        way = (*way[-6:], kind.__name__)
        if issubclass(kind, HOLDERS) and shows(thing, wanted):
            found.append(" > ".join(way))
        ways += [(part, way) for part in gc.get_referents(thing)]
    return found


def tour(page: Visitor) -> None:
    """All pages that show pictures, but for the first."""
    for path in ("compare", "channels", "network", "lesson"):
        page.go(path)


def uploader(seed: int) -> Visitor:
    """A visitor who has uploaded the picture of this seed and looked at it everywhere."""
    page = Visitor()
    page.upload("private.png", saved(noise(seed)))
    page.put("side", 40)  # its own: the very pixels are sent
    page.put("colour", "rgb")
    tour(page)
    return page


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """All that any logger says meanwhile, tracebacks too."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    names = [name for name, known in logging.root.manager.loggerDict.items() if isinstance(known, logging.Logger)]
    loggers = [logging.root, *map(logging.getLogger, names)]
    before = [(one, one.level) for one in loggers]
    for one in loggers:
        one.addHandler(handler)
        one.setLevel(logging.DEBUG)
    yield text
    for one, level in before:
        one.removeHandler(handler)
        one.setLevel(level)


def test_no_cache_no_module_and_no_other_session_holds_an_uploaded_picture() -> None:
    other = Visitor()
    mine = uploader(101)
    tour(other)
    follower = Visitor(**mine.query)  # by the link of the first: it names an upload
    wanted = marks(101)
    assert len(traces([mine.at], wanted)) >= 2, "the search finds a picture where there is one"
    modules = [one for name, one in sys.modules.items() if name not in (__name__, "__main__")]
    assert traces([*modules, other.at, follower.at], wanted, [mine, mine.at, sys.modules[__name__]]) == []


def test_a_session_that_has_ended_leaves_no_picture_behind() -> None:
    page = uploader(102)
    kept: Session = page.at.session_state["session"]
    assert kept.upload.master is not None
    picture = weakref.ref(kept.upload.master)
    del page, kept
    gc.collect()
    assert picture() is None


def test_two_visitors_who_upload_see_their_own_picture_and_none_of_the_other() -> None:
    one, two = uploader(103), uploader(104)
    one.go("explore")
    two.go("explore")
    for page, own, other in ((one, 103, 104), (two, 104, 103)):
        sent = b"".join(node.proto.SerializeToString() for node in page.at if getattr(node, "proto", None))
        assert shows(sent, marks(own)), "the search finds a picture where there is one"
        assert not shows(sent, marks(other))


@pytest.mark.parametrize(
    ("path", "where", "name"),
    [("explore", explore, "output_map"), ("compare", four_layers, "sentence"), ("explore", explore, "props")],
)
def test_an_error_is_told_to_the_log_without_the_picture_and_to_nobody_else(
    path: str, where: object, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = uploader(105)

    def fail(*given: object) -> None:
        assert given
        raise RuntimeError("a secret of the server")

    monkeypatch.setitem(sys.modules, "rich", None)  # where it is installed, Streamlit prints in frames and colours
    monkeypatch.setattr(where, name, fail)
    with logged() as log:
        page._open(path, {"stride": "2", "image": "upload"})
    told = page.at.exception
    assert told, "the page failed"
    assert all(GENERIC.match(one.message) for one in told)
    assert [line for one in told for line in one.stack_trace] == []
    everything = " ".join(str(node) for node in page.at) + " ".join(one.message for one in told)
    assert "secret" not in everything
    assert "Traceback" not in everything
    noted = re.sub(r"\x1b\[[0-9;]*m", "", log.getvalue() + "".join(capsys.readouterr()))  # without its colours
    assert "RuntimeError: a secret of the server" in noted
    assert f'File "{__file__}"' in noted
    assert len(noted) < 100_000
    picture = noise(105)
    for mark in (*marks(105), repr(marks(105)[2])[2:20].encode(), str(picture[0, 0]).encode(), b"private.png"):
        assert mark not in noted.encode("utf-8", "replace")


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7 " + saved(noise(106)), saved(noise(106))[:1500], b"\xff\xd8" + bytes(99)]
)
def test_a_refused_upload_is_in_no_log(content: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    page = Visitor()
    with logged() as log:
        page.upload("private.png", content)
    assert len(page.warnings) == 1
    noted = (log.getvalue() + "".join(capsys.readouterr())).encode("utf-8", "replace")
    for mark in (*marks(106), content[9:40], repr(content[9:30])[2:-1].encode(), b"private.png"):
        assert mark not in noted


def test_a_file_name_is_text_and_nothing_else() -> None:
    page = Visitor()
    name = "<img src=x onerror=alert(1)>![x](//example.org/x.png).png"
    page.upload(name, saved(noise(107)))
    tour(page)
    for node in page.at:
        body = str(getattr(node, "value", ""))
        assert "onerror" not in body or getattr(node, "type", "") == "file_uploader"
