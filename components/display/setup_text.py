"""What the bar of controls says: the present picture, kernel, geometry and activation in a few words. Pure."""

from components.display import words
from components.state.setup import DRAWING, UPLOAD, Setup, preset_of
from kernels.images.samples import SAMPLES
from kernels.layer.presets import preset

TITLES = {known.id: known.title for known in SAMPLES} | {DRAWING: "Drawing", UPLOAD: "Your picture"}
ACTIVATIONS: dict[str, str] = {
    "none": "None",
    "relu": "ReLU",
    "abs": "Absolute value",
    "sigmoid": "Sigmoid",
    "tanh": "tanh",
}


def picture(state: Setup, shape: tuple[int, ...]) -> str:
    """'Handwritten five · 8 × 8'; shape: rows and columns at the working size."""
    colour = " · RGB" if state.colour == "rgb" else ""
    return f"{TITLES[state.image]} · {words.shape(shape)}{colour}"


def kernel(state: Setup) -> str:
    """'Sobel, vertical edges · 3 × 3'."""
    named = preset_of(state)
    title = preset(named).title if named else "Custom kernel"
    return f"{title} · {words.shape(state.kernel_size)}" + (" · flipped" if state.flip else "")


def known(state: Setup) -> tuple[str, str]:
    """What these weights are called and do, and who said so, where they are a kernel of the bank."""
    name = preset_of(state)
    return (f"{preset(name).title}. {preset(name).does(state.flip)}", preset(name).source) if name else ("", "")


def geometry(state: Setup) -> str:
    """'Stride 1 · valid · dilation 1'; how the border is filled, where that is not with zeros."""
    padding = state.padding if isinstance(state.padding, str) else f"padding {state.padding}"
    mode = "" if state.mode == "zeros" or state.padding in ("valid", 0) else f" ({state.mode})"
    return f"Stride {state.stride} · {padding}{mode} · dilation {state.dilation}"


def activation(state: Setup) -> str:
    """'Bias 0 · no activation'."""
    return f"Bias {words.figure(state.bias)} · {unit(state)}"


def unit(state: Setup) -> str:
    """'no activation', or its name."""
    return "no activation" if state.activation == "none" else ACTIVATIONS[state.activation]
