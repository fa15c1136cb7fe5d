"""A file is read by a worker, under its limits: a picture with what is said of it, or one sentence."""

import re
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from components.session import picture, upload
from components.session.picture import Original, Reading, Upload
from components.session.pool import Pool
from components.session.session import Session
from components.session.upload import decoded_of, read_by
from kernels.images.decode import Decoded, ImageError, decode
from tests.support.hostile import STUFFED, empty_blocks, tables, tiled

SMALL = (Path(__file__).resolve().parents[3] / "assets" / "samples" / "cat.jpg").read_bytes()


def decoded_by(pool: Pool, visitor: str, data: bytes) -> Decoded:
    return decoded_of(read_by(pool, visitor, data), 60)


ENDLESS = {"empty blocks": tiled(7040, empty_blocks(80_000), 8), "tables": tiled(5792, tables(5_000), 7)}


@pytest.mark.long
def test_a_file_without_end_is_refused_in_a_sentence_and_another_visitor_s_picture_is_read_meanwhile() -> None:
    with closing(Pool(2)) as pool:
        for visitor in "ab":
            decoded_by(pool, visitor, SMALL)
        for name, data in ENDLESS.items():
            with ThreadPoolExecutor(1) as threads:
                hostile = threads.submit(decoded_by, pool, "a", data)
                assert np.array_equal(decoded_by(pool, "b", SMALL).picture, decode(SMALL))
                assert not hostile.done(), name
                with pytest.raises(ImageError, match="takes too long to read here"):
                    hostile.result()


@pytest.mark.long
def test_a_file_that_is_stuffed_is_a_picture_or_a_sentence_and_the_next_one_is_read() -> None:
    with closing(Pool(1)) as pool:
        for name, make in STUFFED.items():
            said = ""
            try:
                assert decoded_by(pool, "a", make()).picture.ndim == 3, name
            except ImageError as error:
                said = str(error)
            assert not said or said.endswith("."), name
            assert re.search("too much memory|takes too long", said) or name != "GIF of comments", said
        assert np.array_equal(decoded_by(pool, "a", SMALL).picture, decode(SMALL))


def test_all_visitors_files_together_are_bounded_and_the_oldest_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "KEPT", 10)
    monkeypatch.setattr(picture, "_kept", [])
    one, two, three = (Original(bytes(n)).keep() for n in (4, 5, 4))
    assert [len(kept.data) for kept in (one, two, three)] == [0, 5, 4]
    del two
    four = Original(bytes(6)).keep()
    assert [len(kept.data) for kept in (one, three, four)] == [0, 4, 6]


def test_a_file_that_is_refused_takes_no_other_s_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "KEPT", 10)
    monkeypatch.setattr(picture, "_kept", [])
    kept, session = Original(bytes(6)).keep(), Session()
    monkeypatch.setattr(upload, "current", lambda: session)
    refused: Future[Decoded] = Future()
    refused.set_exception(ImageError("No picture."))
    read: Future[Decoded] = Future()
    read.set_result(Decoded(np.zeros((2, 2, 3), np.uint8)))
    for found, left in ((refused, 6), (read, 0)):
        session.reading = Reading(Upload(original=Original(bytes(8))), found)
        upload.settle()
        assert (len(kept.data), len(session.upload.original.data)) == (left, 0 if left else 8)


def test_a_photo_that_is_cleared_while_it_is_read_is_not_read_on(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session()
    monkeypatch.setattr(upload, "current", lambda: session)
    for end in (partial(upload.take_photo, "camera"), upload.forget_upload):
        found: Future[Decoded] = Future()
        session.reading = Reading(Upload(camera="camera"), found)
        end()
        assert not upload.is_reading()
        assert found.cancelled()
    session.reading = Reading(Upload(name="cat.jpg"), Future())
    upload.take_photo("camera")
    assert upload.is_reading(), "it is of a file"
