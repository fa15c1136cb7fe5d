"""The visitor's picture: how it comes in, and how the pages ask for it."""

from collections.abc import Hashable
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from math import inf
from secrets import token_hex
from time import monotonic

import streamlit as st

from components.display.image import png_url
from components.session.picture import Picture, Upload, picture, picture_id
from components.session.pool import FullError, Pool, TooLongError, pool
from components.session.session import current
from components.state import setup
from components.state.setup import DRAWING, UPLOAD, Setup
from kernels.images.decode import Decoded, ImageError, read
from kernels.images.samples import SAMPLES, drawn, sample
from kernels.layer.spec import Bytes

REPLACED_WITHIN = 15.0  # seconds in which the next file comes, where an uploader gives one up for it
SECONDS = 5.0  # of processor time that reading a file may take
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


def take_upload(key: str) -> None:
    """Callback of an uploader: take the picture, or refuse it and keep the one before. It stays in this session."""
    file, session = st.session_state[key], current()
    if file is None:
        if session.upload.field == key:
            session.upload.given_up = monotonic() if session.setup.image == UPLOAD else -inf
            session.attempt(setup.without_upload)
        return
    try:
        decoded = decoded_by(pool(), session.visitor, file.getvalue())
    except ImageError as error:
        if monotonic() - session.upload.given_up < REPLACED_WITHIN and session.setup.image == SAMPLES[0].id:
            session.attempt(lambda state: setup.with_image(state, UPLOAD))
        session.notices.append(f"{error} The picture before it was kept.")
        return
    session.upload = Upload(decoded.picture, token_hex(8), key, file.file_id, note=decoded.note)
    session.attempt(lambda state: setup.with_image(state, UPLOAD))
    session.notices += [decoded.note] if decoded.note else []


def uploaded_file() -> bytes | None:
    """The bytes of the picture's file, as long as its field is on the page and holds no other, refused one."""
    upload = current().upload
    file = st.session_state.get(upload.field)
    return bytes(file.getvalue()) if file and file.file_id == upload.file else None


def decoded_by(pool: Pool, visitor: Hashable, data: bytes) -> Decoded:
    """The picture in these bytes, read in a process of its own. Raises ImageError."""
    try:
        return pool.call(visitor, partial(read, data), SECONDS)
    except TooLongError:
        raise ImageError("This file takes too long to read: open it in a picture editor and save it as PNG.") from None
    except (FullError, BrokenProcessPool, MemoryError, TimeoutError):
        raise ImageError("This file could not be read just now: try again in a minute.") from None


@st.cache_resource(max_entries=1, show_spinner=False)
def thumbnails(side: int) -> dict[str, str]:
    """The samples and the drawing, small, as data: URLs; the same for everyone."""
    pictures = {known.id: sample(known.id, min(known.side, side)) for known in SAMPLES}
    return {id: png_url(small) for id, small in (pictures | {DRAWING: drawn(PENCIL)}).items()}
