"""The visitor's picture: how it comes in, and how the pages ask for it."""

from collections.abc import Hashable
from concurrent import futures
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from functools import partial
from secrets import token_hex
from time import monotonic

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from components.display.image import png_url
from components.session import cache
from components.session.picture import Original, Picture, Reading, Upload, picture, picture_id
from components.session.pool import PATIENCE, FullError, Pool, TooLongError, pool
from components.session.process import within
from components.session.session import Session, current
from components.session.turns import waiting
from components.state import setup
from components.state.setup import DRAWING, UPLOAD, Setup
from kernels.images.decode import Decoded, ImageError, read
from kernels.images.samples import SAMPLES, drawn, sample
from kernels.layer.spec import Bytes

SECONDS = 5.0  # of processor time that reading a file may take
WALL = 8.0  # seconds from when a worker has begun
AT_ONCE = 0.5  # seconds in which nearly every picture is read: so long the page waits
MEMORY = 600_000_000  # bytes that it may; the largest pictures take 320 MB, as a test of the decoder measures
TOO_LONG = (
    "This file takes too long to read here: try again in a minute, or open it in an image editor and save it as PNG."
)
PENCIL = "00000000-00000fe0-0000fcf0-000fcf00-00fcf000-07cf0000-07700000-00000000"  # the thumbnail of "Draw your own"


def picture_of(setup: Setup) -> Picture:
    """The picture these settings name; the object of the run before if it is the same picture."""
    session = current()
    if session.picture is None or session.picture.id != picture_id(setup, session.upload):
        session.picture = picture(setup, session.upload)
    return session.picture


def planes_of(setup: Setup) -> Bytes:
    """The picture's channel planes (C, H, W) at its working size and in its colours."""
    return picture_of(setup).at(setup.side, setup.colour)


def planes_id(setup: Setup) -> Hashable:
    """Equal for two settings with the same `planes_of`."""
    return picture_id(setup, current().upload), setup.side, setup.colour


def made(setup: Setup) -> cache.Cached:
    """How to keep what is made of the picture by a worker: a sample's for everybody, one's own for oneself alone."""
    return cache.computed if setup.image in (UPLOAD, DRAWING) else cache.common


def scene(setup: Setup, step: str = "") -> str:
    """Differs for two pictures, two geometries and two steps of a lesson: what was pointed at in one ends with it."""
    return repr((step, uploaded().id if setup.image == UPLOAD else "", setup.wires))


def uploader() -> str:
    """The key of the uploader: another one after each file, so that it lists none that is not in use."""
    return f"upload:{current().uploads}"


def take_upload(key: str) -> None:
    """Callback of an uploader: take the picture, or refuse it and keep the one before. It stays in this session."""
    file, session = st.session_state.get(key), current()
    if not isinstance(file, UploadedFile) or file.file_id == session.last_file:  # the browser still tells of the last
        return
    data = file.getvalue()
    session.last_file, session.uploads = file.file_id, session.uploads + 1
    _let_go(file.file_id)
    _take(session, data, Upload(name=file.name))


def take_photo(key: str) -> None:
    """Callback of a camera: as `take_upload`; a photo that is cleared is taken away."""
    photo, session = st.session_state.get(key), current()
    if isinstance(photo, UploadedFile):
        _take(session, photo.getvalue(), Upload(camera=key))
        return
    if session.reading and session.reading.upload.camera == key:
        _stop_reading(session)
    if session.upload.camera == key:
        forget_upload()


def forget_upload() -> None:
    """Callback: the visitor's own picture is taken away."""
    session = current()
    _stop_reading(session)
    session.upload = Upload()
    session.attempt(setup.without_upload)


def uploaded() -> Upload:
    """What the visitor gave."""
    return current().upload


def is_reading() -> bool:
    """Whether a picture is being read that is not there yet."""
    return current().reading is not None


def settle() -> bool:
    """Take the picture that is being read, if it is there; whether it is still being read."""
    session = current()
    if (reading := session.reading) is None:
        return False
    late = monotonic() - reading.since > PATIENCE
    if not late and not reading.found.done():
        return True
    session.reading = None
    try:
        decoded = decoded_of(reading.found)
    except ImageError as error:
        session.notices.append(f"{error} The previous picture was kept.")
        return False
    reading.upload.original.keep()  # not before: a file that is refused takes no other's room
    session.upload = replace(reading.upload, master=decoded.picture, id=token_hex(8), note=decoded.note)
    session.attempt(setup.with_upload)
    session.notices += [decoded.note] if decoded.note else []
    return False


def _take(session: Session, data: bytes, upload: Upload) -> None:
    """Have it read; the page is drawn meanwhile, if that takes long."""
    _stop_reading(session)
    found = read_by(pool(), session.visitor, data)
    session.reading = Reading(replace(upload, original=Original(data)), found)
    with waiting():
        futures.wait([found], AT_ONCE)
    settle()


def _stop_reading(session: Session) -> None:
    """Nobody waits any more for the picture that is being read, if there is one."""
    if session.reading:
        session.reading.found.cancel()
    session.reading = None


def _let_go(file: str) -> None:
    """Streamlit need not keep a file any longer."""
    context = get_script_run_ctx()
    if context and isinstance(files := context.uploaded_file_mgr, MemoryUploadedFileManager):
        files.remove_file(context.session_id, file)


def read_by(pool: Pool, visitor: Hashable, data: bytes) -> "futures.Future[Decoded]":
    """The future picture in these bytes, read in a process of its own."""
    try:
        return pool.soon(visitor, partial(within, MEMORY, partial(read, data)), SECONDS, WALL)
    except FullError as error:
        failed: futures.Future[Decoded] = futures.Future()
        failed.set_exception(error)
        return failed


def decoded_of(found: "futures.Future[Decoded]", wait: float = 0.0) -> Decoded:
    """The picture that was read. Raises ImageError."""
    try:
        return found.result(wait)
    except TooLongError:
        raise ImageError(TOO_LONG) from None
    except (FullError, BrokenProcessPool, MemoryError, TimeoutError):
        found.cancel()
        raise ImageError("This file could not be read right now: try again in a minute.") from None


@st.cache_resource(max_entries=1, show_spinner=False)
def thumbnails(side: int) -> dict[str, str]:
    """The samples and the drawing, small, as data: URLs; the same for everyone."""
    pictures = {known.id: sample(known.id, min(known.side, side)) for known in SAMPLES}
    return {id: png_url(small) for id, small in (pictures | {DRAWING: drawn(PENCIL)}).items()}
