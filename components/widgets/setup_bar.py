"""The bar of controls above a stage: buttons that say what is set and open what sets it. Nothing is computed here."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any, get_args

import streamlit as st

from components.display import padding, preset_thumbnails, setup_text, words
from components.display.glossary import GLOSSARY
from components.display.layer import spec_of
from components.session import bind, cache, upload
from components.state import setup
from components.state.fields import SHOWN, OneOf, Whole, checked
from components.state.link import limits
from components.state.setup import DRAWING, TAPS, UPLOAD, Setup, preset_of
from components.state.typed import LONGEST_MATRIX
from components.widgets.menus import keyboard
from components.widgets.number import number
from components.widgets.picker import picker
from components.widgets.row import FIELD
from kernels.images.decode import ENDINGS, MAX_BYTES
from kernels.images.samples import SAMPLES
from kernels.layer.activation import Activation
from kernels.layer.spec import PADDING_MODES, SHORTCUTS, LayerSpec, Shape

COLOURS = {"grey": "Grey", "rgb": "RGB"}
THUMBNAIL = 64
TOLD = ("colour", "flip", "activation", "shortcut", "mode")
MENU, GALLERY = 320, 560  # pixels


def bar(state: Setup, shape: tuple[int, ...]) -> None:
    """Picture, kernel, geometry and activation: buttons that say the present value and open what changes it.

    shape: rows and columns of the picture at its working size.
    """
    with place():
        menus(state, shape)


def menus(state: Setup, shape: tuple[int, ...]) -> None:
    """What stands in the bar."""
    picture(state, shape)
    with menu("kernel", setup_text.kernel(state), "grid_on", GALLERY):
        kernel_bank(state)
    with menu("geometry", setup_text.geometry(state), "straighten"):
        geometry(state)
        padding_notes(spec_of(state), (1, shape[0], shape[1]), state.flip)
    with menu("activation", setup_text.activation(state), "show_chart"), _pair():
        number("Bias", bind.number(state, "bias"), step=0.1, help=GLOSSARY["bias"], width=FIELD)
        activation(state)


def bar_of_channels(state: Setup, shape: tuple[int, ...]) -> None:
    """As `bar`, where the kernels are the page's own and the picture's colours are its channels."""
    with place():
        picture(state, shape)
        with menu("geometry", setup_text.geometry(state), "straighten"):
            geometry(state)
        with menu("activation", setup_text.unit(state).replace("no ", "No "), "show_chart"):
            activation(state)


def place() -> Any:  # noqa: ANN401  # a Streamlit container
    """Where the buttons of the bar stand: at hand however far the page is scrolled."""
    bind.tell_again(*TOLD)
    keyboard()
    return st.container(key="bar", horizontal=True, gap="small", vertical_alignment="center")


def _pair() -> Any:  # noqa: ANN401  # a Streamlit container
    """As `row`, where two fields have to fit beside each other in a menu, on a phone too."""
    return st.container(horizontal=True, vertical_alignment="bottom", gap="small")


@contextmanager
def menu(name: str, says: str, icon: str, width: int = MENU) -> Iterator[None]:
    """A button that says a present value; what is placed in the block opens below it, no wider than the screen."""
    with st.popover(says, icon=f":material/{icon}:", key=f"bar_{name}"), st.container(width=width):
        yield


def picture(state: Setup, shape: tuple[int, ...]) -> None:
    """Which picture, how large and in which colours."""
    with menu("picture", setup_text.picture(state, shape), "image", GALLERY):
        samples(state)
        with _pair():
            low, high = limits(Setup, "drawing" if state.image == DRAWING else "side")
            tied = bind.Number("side", state.side, Whole(int(low), int(high)), setup.with_side)
            number("Longer side", tied, help="In pixels; the aspect ratio is kept.", width=FIELD)
            st.segmented_control(
                "Colour", COLOURS, format_func=COLOURS.__getitem__, required=True, **bind.field(state, "colour")
            )
        own_picture()


def samples(state: Setup) -> None:
    """The sample pictures and the drawing, by name, and whom to thank."""
    titles = setup_text.TITLES | {DRAWING: "Draw your own"}
    options = [{"id": id, "title": titles[id], "src": src} for id, src in upload.thumbnails(THUMBNAIL).items()]
    picker("picker", options, state.image, lambda: bind.message("picker", "choice", _picked))
    st.caption(_credit(state))
    with st.container():
        if state.image == UPLOAD:
            st.button("Remove", key="upload_remove", icon=":material/close:", on_click=upload.forget_upload)


def own_picture() -> None:
    """A picture from a file or from the camera."""
    st.file_uploader(
        "Upload a picture",
        type=ENDINGS,
        max_upload_size=MAX_BYTES // 2**20,
        key=(key := upload.uploader()),
        on_change=upload.take_upload,
        args=(key,),
    )
    ours = "Take a picture with this device's camera. It stays in your session."
    with st.container():
        if st.toggle("Camera", key="camera_on", help=ours):
            st.camera_input("Camera", key="camera", on_change=upload.take_photo, args=("camera",))


def activation(state: Setup) -> None:
    st.selectbox(
        "Activation",
        get_args(Activation),
        format_func=setup_text.ACTIVATIONS.__getitem__,
        width=FIELD,
        help=GLOSSARY["activation"],
        **bind.field(state, "activation"),
    )


def kernel_bank(state: Setup) -> None:
    """Size, presets and what is done to the kernel as a whole; single weights are edited in the loom."""
    said, source = setup_text.known(state)
    st.caption(said or "Your own weights.", help=source or GLOSSARY["kernel"])
    (K, L), taps = state.kernel_size, Whole(TAPS.low, TAPS.high)
    rows = bind.Number("K", K, taps, lambda s, n: setup.resized(s, n, s.kernel_size[1]))
    columns = bind.Number("L", L, taps, lambda s, n: setup.resized(s, s.kernel_size[0], n))
    with _pair():
        number("K, rows", rows, width=FIELD)
        number("L, columns", columns, width=FIELD)
    _presets(state)
    with _pair():
        number(
            "Random seed", bind.seed(setup.scattered), help="The same seed gives the same random kernel.", width=FIELD
        )
        st.button("Random", width=FIELD, on_click=bind.next_seed, args=(setup.scattered,))
        st.button("Zero", width=FIELD, on_click=bind.change, args=(setup.emptied,))
        st.button("Normalise", width=FIELD, on_click=bind.change, args=(setup.normalised,))
    with _pair():
        st.button("Transpose", width=FIELD, on_click=bind.change, args=(setup.transposed,))
        st.button("Rotate by 90°", width=FIELD, on_click=bind.change, args=(setup.rotated,))
        st.button("× 1/16", width=FIELD, on_click=bind.change, args=(partial(setup.scaled, factor=1 / 16),))
    _pasted_matrix()
    st.toggle("Flip (true convolution)", help=GLOSSARY["flip"], **bind.field(state, "flip"))


def _presets(state: Setup) -> None:
    """The named kernels, each by what it makes of the present picture."""
    small = replace(state, side=min(state.side, preset_thumbnails.SIDE), colour="grey")
    made = cache.remember(
        "presets",
        upload.planes_id(small),
        lambda: preset_thumbnails.thumbnails(upload.planes_of(small)[0]),
    )
    picker("presets", made, preset_of(state) or "", lambda: bind.message("presets", "choice", _started))


def _started(state: Setup, name: object) -> Setup:
    """A named kernel; the name comes from a browser."""
    ids = tuple(known.id for known in preset_thumbnails.OFFERED)
    return setup.start_from(state, checked("the kernel", OneOf(ids), name))


def _pasted_matrix() -> None:
    """Where a matrix is pasted, as it stands in a table, in code or in a book; it sets K and L."""
    st.text_area(
        "Paste a matrix",
        key="paste",
        height=68,
        max_chars=LONGEST_MATRIX,
        placeholder="1/16 [1 2 1; 2 4 2; 1 2 1]",
        help="From a spreadsheet, MATLAB, Python or a link: tabs, commas, semicolons, spaces or brackets.",
    )
    st.button("Use this matrix", on_click=bind.menu, args=("paste", setup.pasted))


def geometry(state: Setup) -> None:
    """Stride, padding and dilation, the same along both axes."""
    with _pair():
        number("Stride", bind.number(state, "stride"), help=GLOSSARY["stride"], width=FIELD)
        number("Dilation", bind.number(state, "dilation"), help=GLOSSARY["dilation"], width=FIELD)
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
            number("Padding (pixels per side)", bind.number(state, "padding"))
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


def _picked(state: Setup, image: object) -> Setup:
    """Another picture; an uploaded one is never on offer here, it comes in as a file."""
    return state if image == UPLOAD else setup.with_image(state, str(image))


def _credit(state: Setup) -> str:
    if state.image == UPLOAD:
        own = upload.uploaded()
        name = f", {own.name[:SHOWN]}" if own.name else ""
        return words.markdown_escaped(
            f"Your own picture{name}. It stays in this session and is not stored in any link, cache or log. {own.note}"
        )
    if state.image == DRAWING:
        return "Draw on the input: press and drag, or move with the arrow keys and paint with the space bar."
    return next(f"{known.title}. {known.credit}." for known in SAMPLES if known.id == state.image)
