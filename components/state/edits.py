"""What a control does to the state, beyond setting one field. Pure: state in, state out."""

import numpy as np

from components.display.layer import Layer
from components.display.matrix import TILES
from components.state.fields import BANK_TAPS, DRAWN_SIDES, LARGEST_WEIGHT, OUTPUTS, weight, whole
from components.state.link import DRAWING, UPLOAD, Channels, Compare, Explore, checked, edited
from kernels.images.samples import SAMPLES
from kernels.layer.presets import PRESETS, kernel, preset
from kernels.layer.spec import Floats

PHOTO_SIDE = SAMPLES[0].side
IN_LOOM = ("kernel", "view", "period", "zoom", "untied", "drawing")
NUMBER = "number"  # the padding that is none of the shortcuts


def with_image(state: Explore, image: str) -> Explore:
    """Another picture, at the size that suits it; a size the visitor chose is kept where the new picture has no say."""
    image = edited(state, image=image).image
    suits = {sample.id: sample.side for sample in SAMPLES} | {DRAWING: len(state.drawing.split("-"))}
    chosen = state.side != suits.get(state.image, PHOTO_SIDE)
    side = suits.get(image, PHOTO_SIDE)
    return edited(state, image=image, side=state.side if chosen and side >= PHOTO_SIDE else side)


def sketched(state: Explore, levels: object) -> Explore:
    """Another drawing; the picture of the other pages stays what it was."""
    return edited(state, drawing=levels)


def with_side(state: Explore, side: object) -> Explore:
    """Another working size. A drawing is scaled to it, pixel by pixel, as far as drawings go."""
    if state.image != DRAWING:
        return edited(state, side=side)
    rows = state.drawing.split("-")
    n = min(max(edited(Explore(), side=side).side, DRAWN_SIDES[0]), DRAWN_SIDES[1])
    nearest = [i * len(rows) // n for i in range(n)]
    return edited(state, side=n, drawing="-".join("".join(rows[i][j] for j in nearest) for i in nearest))


def without_upload(state: Explore) -> Explore:
    """The uploaded picture was taken away: back to the first sample."""
    return with_image(state, SAMPLES[0].id) if state.image == UPLOAD else state


def resized(state: Explore, K: int, L: int) -> Explore:
    """Another kernel size: the weights keep their places around the centre, new ones are zero."""
    return edited(state, kernel=recentred(np.array(state.kernel), K, L).tolist())


def recentred(old: Floats, K: int, L: int) -> Floats:
    """A kernel at another size: the weights keep their places around the centre, new ones are zero."""
    new = np.zeros((K, L))
    for (k, l), value in np.ndenumerate(old):
        i, j = k + K // 2 - len(old) // 2, l + L // 2 - len(old[0]) // 2
        if 0 <= i < K and 0 <= j < L:
            new[i, j] = value
    return new


def start_from(state: Explore, name: str | None) -> Explore:
    """A named kernel, in the present size where it comes in it."""
    if name is None:
        return state
    size = state.kernel_size if preset(name).fits(*state.kernel_size) else None
    return edited(state, kernel=kernel(name, size).tolist())


def emptied(state: Explore) -> Explore:
    """The present size, all zeros."""
    return edited(state, kernel=kernel("zero", state.kernel_size).tolist())


def scattered(state: Explore, seed: int) -> Explore:
    """The present size, at random."""
    return edited(state, kernel=kernel("random", state.kernel_size, seed).tolist())


def normalised(state: Explore) -> Explore:
    """Divided by the sum of the weights, or by the sum of their absolute values where that sum is zero."""
    weights = np.array(state.kernel)
    total, size = weights.sum(), np.abs(weights).sum()
    if size == 0:
        raise ValueError("all weights are 0, so there is nothing to divide by")
    scaled = weights / (total if abs(total) > 1e-9 * size else size)
    if np.abs(scaled).max() > LARGEST_WEIGHT:
        raise ValueError(f"the weights add up to only {total:.2g}: divided by that they exceed {LARGEST_WEIGHT:,.0f}")
    return edited(state, kernel=scaled.tolist())


def padded(state: Explore, choice: str) -> Explore:
    """A shortcut by its name, or one pixel to begin with."""
    return edited(state, padding=1 if choice == NUMBER else choice)


def in_loom(state: Explore, message: dict[str, object]) -> Explore:
    """What the loom may change: the weights of a kernel of the same size, the drawing, and how the matrix is shown."""
    resized_too = with_side(state, message["side"]) if "side" in message else state
    changed = edited(resized_too, **{name: message[name] for name in IN_LOOM if name in message})
    if changed.kernel_size != state.kernel_size:
        raise ValueError(f"kernel must stay {state.kernel_size[0]} × {state.kernel_size[1]} here")
    return changed


def preset_of(state: Explore) -> str | None:
    """The named kernel these weights are, if they are one."""
    for known in PRESETS:
        comes = known.id != "random" and known.fits(*state.kernel_size)
        if comes and np.array_equal(kernel(known.id, state.kernel_size), state.kernel):
            return known.id
    return None


def shifted(own: Compare, place: object) -> Compare:
    """The picture was dragged: how far down and right it lies now."""
    down, right = _pair("the shift", place)
    return edited(own, down=down, right=right)


def framed(own: Compare, side: int, place: object) -> Compare:
    """The frame of this side was dragged: the row and column of its corner."""
    return edited(own, pattern=(*_pair("the frame", place), side))


def _pair(name: str, place: object) -> tuple[object, object]:
    if not isinstance(place, list | tuple) or len(place) != 2:
        raise ValueError(f"{name} must be two whole numbers")
    return place[0], place[1]


def reweighted(own: Channels, message: object) -> Channels:
    """A weight or a bias of the bank was typed: {"what", "at", "value"}."""
    if not isinstance(message, dict) or not isinstance(message.get("at"), list):
        raise ValueError("the bank's message must name a place and a value")
    at, value = message["at"], message.get("value")
    if message.get("what") == "bias" and len(at) == 1:
        value = checked("a bias", weight, value)
        which = checked("the bias", whole(0, len(own.biases) - 1), at[0])
        return edited(own, biases=(*own.biases[:which], value, *own.biases[which + 1 :]))
    if message.get("what") == "weight" and len(at) == 4:
        filters = np.array(own.filters, dtype=object)
        place = (checked("the weight", whole(0, n - 1), i) for i, n in zip(at, filters.shape, strict=True))
        filters[tuple(place)] = checked("a weight", weight, value)
        return edited(own, filters=filters.tolist())
    raise ValueError("the bank's message must name a weight or a bias")


def rebanked(own: Channels, outputs: int, K: int, L: int) -> Channels:
    """Another number of outputs, or another kernel size: weights keep their places around the centre."""
    outputs = checked("outputs", whole(*OUTPUTS), outputs)
    K, L = (checked(name, whole(*BANK_TAPS), n) for name, n in (("K", K), ("L", L)))
    old = np.array(own.filters)
    new = np.zeros((outputs, old.shape[1], K, L))
    for o in range(min(outputs, len(old))):
        for c in range(old.shape[1]):
            new[o, c] = recentred(old[o, c], K, L)
    biases = (own.biases + (0.0,) * outputs)[:outputs]
    groups = own.groups if outputs % own.groups == 0 else 1
    return edited(own, filters=new.tolist(), biases=biases, groups=groups)


def pinned(own: Channels, place: object) -> Channels:
    """Another output is written out."""
    return edited(own, cell=(own.cell[0], *_pair("the output", place)))


def moved(own: Channels, layer: Layer, place: object) -> Channels:
    """The close-up's frame was dragged: the tile its corner lies on."""
    from components.pages.channels import window  # `moved` belongs there: goes with it

    row, column = (checked("the frame", whole(0, TILES), n) for n in _pair("the frame", place))
    return edited(own, part=window.placed(layer, own.part, (row, column)))
