"""What is said of the trained network is true of the file: measured again here."""

import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from kernels.images.digits import split
from kernels.networks.description import parse, text_of
from kernels.networks.plan import plan
from kernels.networks.trained import FILE, IN_SHAPE, LAYERS, SEED, TESTED, TRAINED, trained
from tests.support.cnn import asked, by_hand, slid
from tests.support.oracles import loop_correlate

Floats = NDArray[np.float64]
README = Path(__file__).parents[3] / "assets" / "README.md"


def test_the_share_of_unseen_digits_it_has_right_is_the_one_in_the_file_and_in_the_readme() -> None:
    x, labels = asked()
    right = int((by_hand(x).argmax(axis=1) == labels).sum())
    assert len(labels) == 600
    assert trained().accuracy == pytest.approx(right / 600, abs=1e-9)
    row = next(line for line in README.read_text("utf-8").splitlines() if line.startswith("| `cnn.npz`"))
    assert f"{100 * right / 600:.1f}% accuracy on 600 test digits" in row
    assert f"{len(trained().theta):,} weights" in row
    assert f"{TRAINED:,} of the digits" in row


def test_running_the_plan_gives_the_chances_computed_by_hand() -> None:
    x, _ = asked()
    made = plan(parse(LAYERS), IN_SHAPE)
    y = x[:40].astype(np.float32)
    for row in made.rows:
        assert row.layer is not None
        y, _ = row.layer.apply(trained().theta[row.part], y)
    np.testing.assert_allclose(y.reshape(40, 10), by_hand(x[:40]), atol=2e-6)


def test_the_slides_of_the_oracle_here_are_those_of_the_loops() -> None:
    rng = np.random.default_rng(0)
    x, weight, bias = rng.random((1, 2, 5, 6)), rng.standard_normal((3, 2, 3, 3)), rng.standard_normal(3)
    wanted = loop_correlate(x[0], weight, (1, 1), ((1, 1), (1, 1)), (1, 1), 1, "zeros", bias)
    np.testing.assert_allclose(slid(x, weight, bias)[0], wanted)


def test_it_has_a_number_for_every_weight_of_its_layers() -> None:
    theta = trained().theta
    assert theta.shape == (8 * 9 + 8 + 16 * 8 * 9 + 16 + 10 * 256 + 10,)
    assert theta.dtype == np.float32
    assert np.isfinite(theta).all()
    made = plan(parse(LAYERS), IN_SHAPE)
    assert text_of(made.configs) == LAYERS
    assert (made.fault, made.parameters) == (None, len(theta))
    shapes = [(8, 16, 16)] * 2 + [(8, 8, 8)] + [(16, 8, 8)] * 2 + [(16, 4, 4), (256, 1, 1), (10, 1, 1), (10, 1, 1)]
    assert [row.out_shape for row in made.rows] == shapes


def test_no_digit_it_is_asked_for_was_trained_with() -> None:
    train, test = split(TRAINED, TESTED, SEED)
    assert (len(train), len(test)) == (1197, 600)
    seen = {image.tobytes() for image in train.x}
    assert not seen & {image.tobytes() for image in test.x}


def test_nobody_can_change_it_for_the_others() -> None:
    with pytest.raises(ValueError, match="read-only"):
        trained().theta[0] = 0
    assert trained() is trained()


def test_the_way_it_was_made_is_written_down() -> None:
    text = (FILE.parent / "make_cnn.py").read_text("utf-8")
    assert re.search(r"TESTED, TRAINED", text)
    assert "make_cnn.py" in README.read_text("utf-8")
