"""What the bar of controls says, read by eye."""

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


def test_the_bar_says_what_is_set() -> None:
    own = edited(DEFAULT, image="upload", colour="rgb", kernel="1,2;3,4;5,6", padding=2, mode="reflect", stride=3)
    more = edited(DEFAULT, flip=True, mode="circular", dilation=4, bias=-0.5, activation="relu")
    assert setup_text.picture(LANDING, (8, 8)) == "Handwritten five · 8 × 8"
    assert setup_text.picture(own, (8, 9)) == "Your picture · 8 × 9 · RGB"
    assert [setup_text.kernel(state) for state in (LANDING, own, more)] == [
        "Sobel, vertical edges · 3 × 3",
        "Custom kernel · 3 × 2",
        "Sobel, vertical edges · 3 × 3 · flipped",
    ]
    assert [setup_text.geometry(state) for state in (LANDING, own, more)] == [
        "Stride 1 · valid · dilation 1",
        "Stride 3 · padding 2 (reflect) · dilation 1",
        "Stride 1 · valid · dilation 4",
    ]
    assert [setup_text.activation(state) for state in (LANDING, more)] == ["Bias 0 · no activation", "Bias −0.5 · ReLU"]
