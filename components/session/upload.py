"""The visitor's picture: how it comes in, and how the pages ask for it."""

from collections.abc import Hashable
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from functools import partial
from secrets import token_hex

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from components.display.image import png_url
from components.session.picture import Picture, Upload, picture, picture_id
from components.session.pool import FullError, Pool, TooLongError, pool
from components.session.process import within
from components.session.session import Session, current
from components.state import setup
from components.state.setup import DRAWING, UPLOAD, Setup
from kernels.images.decode import Decoded, ImageError, read
from kernels.images.samples import SAMPLES, drawn, sample
from kernels.layer.spec import Bytes

SECONDS = 5.0  # of processor time that reading a file may take
MEMORY = 600_000_000  # bytes that it may; the largest pictures take 320 MB, as a test of the decoder measures
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
    _take(session, Upload(data=data, name=file.name))


def take_photo(key: str) -> None:
    """Callback of a camera: as `take_upload`; a photo that is cleared is taken away."""
    photo, session = st.session_state.get(key), current()
    if isinstance(photo, UploadedFile):
        _take(session, Upload(data=photo.getvalue(), field=key))
    elif session.upload.field == key:
        forget_upload()


def forget_upload() -> None:
    """Callback: the visitor's own picture is taken away."""
    session = current()
    session.upload = Upload()
    session.attempt(setup.without_upload)


def uploaded() -> Upload:
    """What the visitor gave."""
    return current().upload


def _take(session: Session, upload: Upload) -> None:
    try:
        decoded = decoded_by(pool(), session.visitor, upload.data)
    except ImageError as error:
        session.notices.append(f"{error} The previous picture was kept.")
        return
    session.upload = replace(upload, master=decoded.picture, id=token_hex(8), note=decoded.note)
    session.attempt(setup.with_upload)
    session.notices += [decoded.note] if decoded.note else []


def _let_go(file: str) -> None:
    """Streamlit need not keep a file any longer."""
    context = get_script_run_ctx()
    if context and isinstance(files := context.uploaded_file_mgr, MemoryUploadedFileManager):
        files.remove_file(context.session_id, file)


def decoded_by(pool: Pool, visitor: Hashable, data: bytes) -> Decoded:
    """The picture in these bytes, read in a process of its own. Raises ImageError."""
    try:
        return pool.call(visitor, partial(within, MEMORY, partial(read, data)), SECONDS)
    except TooLongError:
        raise ImageError("This file takes too long to read: open it in a picture editor and save it as PNG.") from None
    except (FullError, BrokenProcessPool, MemoryError, TimeoutError):
        raise ImageError("This file could not be read right now: try again in a minute.") from None


@st.cache_resource(max_entries=1, show_spinner=False)
def thumbnails(side: int) -> dict[str, str]:
    """The samples and the drawing, small, as data: URLs; the same for everyone."""
    pictures = {known.id: sample(known.id, min(known.side, side)) for known in SAMPLES}
    return {id: png_url(small) for id, small in (pictures | {DRAWING: drawn(PENCIL)}).items()}
