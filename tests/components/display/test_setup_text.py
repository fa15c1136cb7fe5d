"""What the bar of controls says, read by eye."""

import pytest

from components.display import setup_text
from components.state.link import edited
from components.state.setup import LANDING, Setup

DEFAULT = Setup()


def test_a_named_kernel_is_told_as_it_lies_on_the_picture() -> None:
    told, source = setup_text.known(LANDING)
    assert "positive where the left side is brighter" in told
    assert source
    assert "positive where the right side is brighter" in setup_text.known(edited(LANDING, flip=True))[0]
    assert setup_text.known(edited(LANDING, kernel="1,2;3,4")) == ("", "")


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (
            LANDING,
            (
                "Handwritten five · 8 × 8",
                "Sobel, vertical edges · 3 × 3",
                "Stride 1 · valid · dilation 1",
                "Bias 0 · no activation",
            ),
        ),
        (
            edited(DEFAULT, image="upload", colour="rgb", kernel="1,2;3,4;5,6", padding=2, mode="reflect", stride=3),
            (
                "Your picture · 8 × 8 · RGB",
                "Custom kernel · 3 × 2",
                "Stride 3 · padding 2 (reflect) · dilation 1",
                "Bias 0 · no activation",
            ),
        ),
        (
            edited(DEFAULT, flip=True, mode="circular", dilation=4, bias=-0.5, activation="relu"),
            (
                "Pagoda · 8 × 8",
                "Sobel, vertical edges · 3 × 3 · flipped",
                "Stride 1 · valid · dilation 4",
                "Bias −0.5 · ReLU",
            ),
        ),
    ],
)
def test_the_bar_says_what_is_set(state: Setup, says: tuple[str, str, str, str]) -> None:
    assert says == (
        setup_text.picture(state, (8, 8)),
        setup_text.kernel(state),
        setup_text.geometry(state),
        setup_text.activation(state),
    )
