"""A file is read by a worker, under its limits: a picture with what is said of it, or one sentence."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from components.session.pool import Pool
from components.session.upload import decoded_by
from kernels.images.decode import ImageError, decode
from tests.support.hostile import STUFFED, empty_blocks, tables, tiled

ROOT = Path(__file__).resolve().parents[3]
ENDLESS = {"empty blocks": tiled(7040, empty_blocks(80_000), 8), "tables": tiled(5792, tables(5_000), 7)}


@pytest.mark.long
def test_a_file_without_end_is_refused_in_a_sentence_and_another_visitor_s_picture_is_read_meanwhile() -> None:
    pool, small = Pool(2), (ROOT / "assets" / "samples" / "cat.jpg").read_bytes()
    try:
        for visitor in "ab":
            decoded_by(pool, visitor, small)
        for name, data in ENDLESS.items():
            with ThreadPoolExecutor(1) as threads:
                hostile = threads.submit(decoded_by, pool, "a", data)
                assert np.array_equal(decoded_by(pool, "b", small).picture, decode(small))
                assert not hostile.done(), name
                with pytest.raises(ImageError, match="takes too long to read: open it"):
                    hostile.result()
    finally:
        pool.close()


@pytest.mark.long
def test_a_file_that_is_stuffed_is_a_picture_or_a_sentence_and_the_next_one_is_read() -> None:
    pool, small = Pool(1), (ROOT / "assets" / "samples" / "cat.jpg").read_bytes()
    try:
        for name, make in STUFFED.items():
            said = ""
            try:
                assert decoded_by(pool, "a", make()).picture.ndim == 3, name
            except ImageError as error:
                said = str(error)
            assert not said or said.endswith("."), name
            assert "too much memory" in said or name != "GIF of comments", said
        assert np.array_equal(decoded_by(pool, "a", small).picture, decode(small))
    finally:
        pool.close()
