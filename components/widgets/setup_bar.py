"""The bar of controls above a stage: buttons that say what is set and open what sets it. Nothing is computed here."""

from collections.abc import Callable, Hashable
from dataclasses import replace
from functools import partial
from typing import get_args

import streamlit as st

from components.display import padding, preset_thumbnails, setup_text, words
from components.display.glossary import GLOSSARY
from components.display.layer import spec_of
from components.session import bind, cache, session, upload
from components.session.turns import fragment
from components.state import setup
from components.state.fields import SHOWN, OneOf, Whole, checked
from components.state.link import State, limits
from components.state.setup import DRAWING, TAPS, UPLOAD, Setup, preset_of
from components.state.typed import LONGEST_MATRIX
from components.widgets import menus
from components.widgets.menus import GALLERY
from components.widgets.number import number
from components.widgets.picker import picker
from components.widgets.row import FIELD, row
from kernels.images.decode import ENDINGS, MAX_BYTES
from kernels.images.samples import SAMPLES
from kernels.layer.activation import Activation
from kernels.layer.spec import PADDING_MODES, SHORTCUTS, LayerSpec, Shape

COLOURS = {"grey": "Grey", "rgb": "RGB"}
THUMBNAIL = 64
LOOK = 0.5  # seconds between two looks for a picture that is being read


def bar(state: Setup) -> None:
    """Picture, kernel, geometry and activation: buttons that say the present value and open what changes it."""
    place(lambda: _all(state), state)


def bar_of_channels(state: Setup) -> None:
    """As `bar`, where the kernels are the page's own and the picture's colours are its channels."""
    place(lambda: _without_kernel(state), state)


def bar_of_kernel(state: Setup) -> None:
    """As `bar`, where the picture and the kernel are all that counts."""
    place(lambda: _picture_and_kernel(state), state)


def place(draw: Callable[[], None], *states: State) -> None:
    """Place a bar, at hand however far the page is scrolled; by itself it is drawn when a menu opens.

    states: what it sets; where that has changed, the page is drawn anew.
    """
    reading, told = upload.is_reading(), [*session.current().notices]
    drawn = reading, states, _picture_id()

    def bar() -> None:
        now = upload.settle(), tuple(session.state_of(type(state)) for state in states), _picture_id()
        if now != drawn or session.current().notices not in ([], told):
            st.rerun()
        menus.listen()
        with st.container(key="bar", horizontal=True, gap="small", vertical_alignment="center"):
            draw()
            if reading:
                st.caption("Reading your picture…")

    fragment(bar, run_every=LOOK if reading else None)()


def _picture_id() -> Hashable:
    """Another picture of the visitor's own may have the same setup."""
    return upload.planes_id(session.state_of(Setup))


def _all(state: Setup) -> None:
    shape = upload.planes_of(state).shape[1:]
    menus.menu("picture", setup_text.picture(state, shape), "image", lambda: picture(state), GALLERY)
    menus.menu("kernel", setup_text.kernel(state), "grid_on", lambda: kernel_bank(state), GALLERY)
    menus.menu("geometry", setup_text.geometry(state), "straighten", lambda: _geometry_and_notes(state))
    menus.menu("activation", setup_text.activation(state), "show_chart", lambda: _bias_and_activation(state))


def _picture_and_kernel(state: Setup) -> None:
    shape = upload.planes_of(state).shape[1:]
    menus.menu("picture", setup_text.picture(state, shape), "image", lambda: picture(state), GALLERY)
    menus.menu("kernel", setup_text.kernel(state), "grid_on", lambda: kernel_bank(state), GALLERY)


def _without_kernel(state: Setup) -> None:
    shape = upload.planes_of(state).shape[1:]
    menus.menu("picture", setup_text.picture(state, shape), "image", lambda: picture(state), GALLERY)
    menus.menu("geometry", setup_text.geometry(state), "straighten", lambda: geometry(state))
    unit = setup_text.unit(state).replace("no ", "No ")
    menus.menu("activation", unit, "show_chart", lambda: activation(state))


def picture(state: Setup) -> None:
    """Which picture, how large and in which colours."""
    samples(state)
    with row(gap="small"):
        low, high = limits(Setup, "drawing" if state.image == DRAWING else "side")
        tied = bind.Number("side", state.side, Whole(int(low), int(high)), setup.with_side)
        number("Longer side", tied, help="In pixels; the aspect ratio is kept.", width=FIELD)
        st.segmented_control(
            "Colour", COLOURS, format_func=COLOURS.__getitem__, required=True, **bind.field(state, "colour")
        )
    own_picture()


def picture_alone(state: Setup) -> None:
    """Which picture, where its size and its colours are the page's own."""
    samples(state)
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
    with row(gap="small"):
        number("K, rows", rows, width=FIELD)
        number("L, columns", columns, width=FIELD)
    _presets(state)
    with row(gap="small"):
        number(
            "Random seed", bind.seed(setup.scattered), help="The same seed gives the same random kernel.", width=FIELD
        )
        st.button("Random", width=FIELD, on_click=bind.next_seed, args=(setup.scattered,))
        st.button("Zero", width=FIELD, on_click=bind.change, args=(setup.emptied,))
        st.button("Normalise", width=FIELD, on_click=bind.change, args=(setup.normalised,))
    with row(gap="small"):
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
    with row(gap="small"):
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


def _geometry_and_notes(state: Setup) -> None:
    geometry(state)
    height, width = upload.planes_of(state).shape[1:]
    padding_notes(spec_of(state), (1, height, width), state.flip)


def _bias_and_activation(state: Setup) -> None:
    with row(gap="small"):
        number("Bias", bind.number(state, "bias"), step=0.1, help=GLOSSARY["bias"], width=FIELD)
        activation(state)


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
