"""Widgets that show the state and change it. Each group is one function; none of them computes anything."""

from typing import Any, get_args

import streamlit as st

from components.display import padding, words
from components.display.glossary import GLOSSARY
from components.display.layer import spec_of
from components.session import bind, session, upload
from components.state import setup
from components.state.fields import SHOWN, Whole
from components.state.link import limits
from components.state.setup import DRAWING, TAPS, UPLOAD, Setup
from components.widgets.number import number
from components.widgets.picker import picker
from kernels.images.decode import ENDINGS, MAX_BYTES
from kernels.images.samples import SAMPLES
from kernels.layer.activation import Activation
from kernels.layer.presets import PRESETS, preset
from kernels.layer.spec import PADDING_MODES, SHORTCUTS, LayerSpec, Shape

COLOURS = {"grey": "Grey", "rgb": "RGB"}
ACTIVATION_NAMES: dict[str, str] = {
    "none": "None",
    "relu": "ReLU",
    "abs": "Absolute",
    "sigmoid": "Sigmoid",
    "tanh": "tanh",
}
THUMBNAIL = 64
FIELD, SLIDER = 150, 420  # pixels


def notices() -> list[str]:
    """Says what has to be said now, wherever it is read first; what that was."""
    for sentence in (told := session.notices()):
        st.warning(words.markdown_escaped(sentence), icon=":material/info:")
    return told


def sidebar(state: Setup) -> None:
    """Picture, kernel and geometry: the same on every page that is about them."""
    with st.sidebar:
        image_picker(state)
        left, right = st.columns(2)
        side(left, state)
        right.segmented_control(
            "Colour", COLOURS, format_func=COLOURS.__getitem__, required=True, **bind.field(state, "colour")
        )
        kernel_bank(state)
        geometry(state)
        padding_notes(spec_of(state), (1, *upload.planes_of(state).shape[1:]), state.flip)


def sidebar_of_channels(state: Setup) -> None:
    """Picture, geometry and activation; the kernels are the page's own, and the picture's colours are its channels."""
    with st.sidebar:
        image_picker(state)
        side(st.container(), state)
        geometry(state)
        activation(st, state)


def activation(place: Any, state: Setup) -> None:  # noqa: ANN401  # Streamlit, or one of its columns
    names = get_args(Activation)
    place.selectbox(
        "Activation",
        names,
        format_func=ACTIVATION_NAMES.__getitem__,
        help=GLOSSARY["activation"],
        **bind.field(state, "activation"),
    )


def image_picker(state: Setup) -> None:
    """Which picture."""
    st.subheader("Image")
    titles = {known.id: known.title for known in SAMPLES} | {DRAWING: "Draw your own"}
    options = [{"id": id, "title": titles[id], "src": src} for id, src in upload.thumbnails(THUMBNAIL).items()]
    picker("picker", options, state.image, lambda: bind.message("picker", "choice", _picked))
    st.file_uploader(
        "Upload a picture",
        type=ENDINGS,
        max_upload_size=MAX_BYTES // 2**20,
        key=(key := upload.uploader()),
        on_change=upload.take_upload,
        args=(key,),
    )
    ours = "A picture from this device's camera. It stays in your session."
    with st.container():
        if st.toggle("Camera", key="camera_on", help=ours):
            st.camera_input("Camera", key="camera", on_change=upload.take_photo, args=("camera",))
    st.caption(_credit(state))
    with st.container():
        if state.image == UPLOAD:
            st.button("Remove", key="upload_remove", icon=":material/close:", on_click=upload.forget_upload)


def side(place: Any, state: Setup) -> None:  # noqa: ANN401  # Streamlit, or one of its columns
    """How large the picture is made; `place` can be entered."""
    low, high = limits(Setup, "drawing" if state.image == DRAWING else "side")
    tied = bind.Number("side", state.side, Whole(int(low), int(high)), setup.with_side)
    with place:
        number("Longer side", tied, help="In pixels; the picture keeps its shape.")


def kernel_bank(state: Setup) -> None:
    """Size, presets and what is done to the kernel as a whole; single weights are edited in the loom."""
    st.subheader("Kernel", help=GLOSSARY["kernel"])
    st.menu_button(
        "Start from…",
        [named.id for named in PRESETS if named.id not in ("random", "zero")],
        format_func=lambda name: preset(name).title,
        help="Each is derived from its definition, in the present size where it comes in that.",
        width="stretch",
        key="preset",
        on_click=bind.menu,
        args=("preset", setup.start_from),
    )
    (K, L), taps = state.kernel_size, Whole(TAPS.low, TAPS.high)
    left, right = st.columns(2)
    with left:
        number("K, rows", bind.Number("K", K, taps, lambda s, n: setup.resized(s, n, s.kernel_size[1])))
    with right:
        number("L, columns", bind.Number("L", L, taps, lambda s, n: setup.resized(s, s.kernel_size[0], n)))
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        number("Seed", bind.seed(setup.scattered), help="The same seed, the same random kernel.")
    right.button("Random", width="stretch", on_click=bind.next_seed, args=(setup.scattered,))
    left, right = st.columns(2)
    _action(left, "Zero", setup.emptied)
    _action(right, "Normalise", setup.normalised)
    st.toggle(
        "Flip: true convolution",
        help=GLOSSARY["flip"],
        **bind.field(state, "flip"),
    )
    left, right = st.columns(2)
    with left:
        number("Bias", bind.number(state, "bias"), step=0.1, help=GLOSSARY["bias"])
    activation(right, state)


def geometry(state: Setup) -> None:
    """Stride, padding and dilation, the same along both axes."""
    st.subheader("Geometry")
    shortcut = state.padding if isinstance(state.padding, str) else setup.NUMBER
    st.segmented_control(
        "Padding",
        [*SHORTCUTS, setup.NUMBER],
        required=True,
        help=GLOSSARY["padding"],
        **bind.value("shortcut", shortcut, setup.padded),
    )
    with st.container():
        if shortcut == setup.NUMBER:
            number("Padding, pixels on each side", bind.number(state, "padding"))
    left, right = st.columns(2)
    with left:
        number("Stride", bind.number(state, "stride"), help=GLOSSARY["stride"])
    with right:
        number("Dilation", bind.number(state, "dilation"), help=GLOSSARY["dilation"])
    st.selectbox(
        "Padding mode",
        PADDING_MODES,
        format_func=str.capitalize,
        help=GLOSSARY["padding mode"],
        **bind.field(state, "mode"),
    )


def padding_notes(spec: LayerSpec, in_shape: Shape, flip: bool = False) -> None:
    """Where padding "same" with this geometry is not what one may take it for."""
    with st.container():
        for sentence in padding.sentences(spec, in_shape, flip):
            st.caption(sentence)


def row() -> Any:  # noqa: ANN401  # a Streamlit container
    """Fields beside each other, as far as there is room."""
    return st.container(horizontal=True, vertical_alignment="bottom", gap="medium")


def _picked(state: Setup, image: object) -> Setup:
    """Another picture; an uploaded one is never on offer here, it comes in as a file."""
    return state if image == UPLOAD else setup.with_image(state, str(image))


def _action(column: Any, label: str, edit: Any) -> None:  # noqa: ANN401  # a Streamlit column
    column.button(label, width="stretch", on_click=bind.change, args=(edit,))


def _credit(state: Setup) -> str:
    if state.image == UPLOAD:
        own = upload.uploaded()
        name = f", {own.name[:SHOWN]}" if own.name else ""
        return words.markdown_escaped(
            f"Your own picture{name}. It stays in this session: no link, cache or log holds it. {own.note}"
        )
    if state.image == DRAWING:
        return "Draw on the input: press and move, or walk with the arrow keys and paint with the space bar."
    return next(f"{known.title}. {known.credit}." for known in SAMPLES if known.id == state.image)
