"""Notes on where padding "same" does not do what its name suggests, or other libraries pad differently. Pure."""

from components.display import words
from kernels.layer.spec import LayerSpec, Shape


def sentences(spec: LayerSpec, in_shape: Shape, flip: bool = False) -> list[str]:
    """Caveats about padding "same" for this stride, kernel and input; usually none.

    flip: whether the layer is a true convolution.
    """
    if spec.padding != "same":
        return []
    return [text for text in (_size(spec, in_shape), _tensorflow(spec, in_shape), _scipy(spec, flip)) if text]


def tensorflow_pads(spec: LayerSpec, in_shape: Shape) -> tuple[int, int]:
    """Pixels that TensorFlow's "same" adds above and at the left of a (C, H, W) input.

    Together with those below and at the right they are max((⌈H/s⌉ − 1)·s + d(K − 1) + 1 − H, 0), the odd one last.
    """
    per_axis = zip(in_shape[1:], spec.kernel_size, spec.stride, spec.dilation, strict=True)
    top, left = (max((-(-n // s) - 1) * s + d * (k - 1) + 1 - n, 0) // 2 for n, k, s, d in per_axis)
    return top, left


def _size(spec: LayerSpec, in_shape: Shape) -> str:
    """The output is as large as the input at stride 1 only."""
    if spec.stride == (1, 1):
        return ""
    size = tuple(-(-n // s) for n, s in zip(in_shape[1:], spec.stride, strict=True))
    return (
        f"“same” keeps the size only at stride 1. Here the output is {words.shape(size)}: the input's "
        f"{words.shape(in_shape[1:])} divided by the stride and rounded up."
    )


def _tensorflow(spec: LayerSpec, in_shape: Shape) -> str:
    here, there = (spec.pads[0][0], spec.pads[1][0]), tensorflow_pads(spec, in_shape)
    if here == there:
        return ""
    moved = _places("{} down", "{} to the right", [one - other for one, other in zip(here, there, strict=True)])
    return (
        f"TensorFlow and Keras pad differently: here their “same” adds {there[0]} above and {there[1]} on the left, "
        f"this layer {here[0]} and {here[1]}. Their windows are shifted {moved}."
    )


def _scipy(spec: LayerSpec, flip: bool) -> str:
    """Where the convolution is a true one, SciPy gives an even kernel's output the centre of the full one."""
    even = [d * (k - 1) % 2 for k, d in zip(spec.kernel_size, spec.dilation, strict=True)]
    if not (flip and any(even)) or spec.stride != (1, 1):
        return ""
    return (
        'An even kernel has no centre. The output is that of SciPy\'s convolve2d with mode="same", shifted '
        f"{_places('{} up', '{} to the left', even)}."
    )


def _places(row: str, column: str, moved: list[int]) -> str:
    """1 pixel up and 1 to the left."""
    told = [text.format(n) for text, n in zip((row, column), moved, strict=True) if n]
    return " and ".join(told).replace(" ", " pixel " if told[0].startswith("1 ") else " pixels ", 1)
