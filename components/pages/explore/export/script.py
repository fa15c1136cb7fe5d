"""The result as a script that runs by itself, in NumPy and in PyTorch, and prints the numbers it should. Pure.

A small picture lies in the script, level by level; a larger one is read from the file `PICTURE`, pixel by pixel.
"""

from components.display.layer import Convolved, Layer, OutputMap
from kernels.layer.activation import Activation
from kernels.layer.conv import NUMPY_MODE
from kernels.layer.spec import Bytes

PICTURE = "picture.png"
SMALL = 64  # pixels: no higher and no wider than this, and the picture is part of the script
IN_NUMPY: dict[Activation, str] = {
    "relu": "np.maximum(Y, 0)",
    "abs": "np.abs(Y)",
    "sigmoid": "expit(Y)",
    "tanh": "np.tanh(Y)",
}
IN_TORCH: dict[Activation, str] = {
    "relu": "torch.relu(Y)",
    "abs": "torch.abs(Y)",
    "sigmoid": "torch.sigmoid(Y)",
    "tanh": "torch.tanh(Y)",
}
TORCH_MODE = {"zeros": "constant", "reflect": "reflect", "replicate": "replicate", "circular": "circular"}
OWN = """
# Untied copies of a weight: (row, column) of the output, (row, column) of the tap, value
untied = [
{copies}
]
for (i, j), (k, l), value in untied:
    Y[{channels}, i, j] += (value - F[k, l]) * X[{channels}, i * stride + k * dilation, j * stride + l * dilation]
"""


def embeds(planes: Bytes) -> bool:
    """Does the script hold the picture itself?"""
    return all(side <= SMALL for side in planes.shape[1:])


def numpy(convolved: Convolved) -> str:
    """Pads, multiplies and adds tap by tap, as the formula says; Y has the shape (channels, rows, columns)."""
    state, layer, planes = convolved.state, convolved.layer, convolved.planes
    (top, bottom), (left, right) = layer.spec.pads
    mode = NUMPY_MODE[layer.spec.padding_mode]
    parts = [
        _headline(convolved, "NumPy"),
        "" if embeds(planes) else "from PIL import Image\n",
        "import numpy as np\n",
        "from scipy.special import expit\n" if state.activation == "sigmoid" else "",
        _picture_in_numpy(planes),
        f'X = np.pad(X, ((0, 0), ({top}, {bottom}), ({left}, {right})), mode="{mode}")\n',
        f"F = np.array({_rows(state.kernel)})\n",
        "F = F[::-1, ::-1]  # true convolution: the kernel rotated by 180°\n" if state.flip else "",
        _geometry(layer),
        f"Y = np.full((len(X), height, width), {state.bias!r})  # the bias\n",
        "for (k, l), weight in np.ndenumerate(F):\n",
        "    rows = slice(k * dilation, k * dilation + (height - 1) * stride + 1, stride)\n",
        "    columns = slice(l * dilation, l * dilation + (width - 1) * stride + 1, stride)\n",
        "    Y += weight * X[:, rows, columns]\n",
        _own(layer, ":"),
        f"Y = {IN_NUMPY[state.activation]}\n" if state.activation in IN_NUMPY else "",
        "\nprint(Y.min(), Y.max(), Y.sum())\n",
        _expected(convolved.result),
    ]
    return "".join(parts)


def torch(convolved: Convolved) -> str:
    """A script that computes Y, (C, 1, H', W'), by pad and conv2d: the channels are a batch, which has one kernel."""
    state, layer, planes = convolved.state, convolved.layer, convolved.planes
    (top, bottom), (left, right) = layer.spec.pads
    mode = TORCH_MODE[layer.spec.padding_mode]
    bias = f"torch.tensor([{state.bias!r}], dtype=torch.float64)" if layer.spec.bias else "None"
    padded = f'X = functional.pad(X, ({left}, {right}, {top}, {bottom}), mode="{mode}")\n'
    parts = [
        _headline(convolved, "PyTorch"),
        "" if embeds(planes) else "import numpy as np\nfrom PIL import Image\n",
        "import torch\nfrom torch.nn import functional\n",
        _picture_in_torch(planes),
        padded if any((top, bottom, left, right)) else "",
        f"F = torch.tensor({_rows(state.kernel)}, dtype=torch.float64)\n",
        "F = F.flip(0, 1)  # true convolution: the kernel rotated by 180°\n" if state.flip else "",
        _geometry(layer),
        f"bias = {bias}\n",
        "Y = functional.conv2d(X, F[None, None], bias, stride=stride, dilation=dilation)\n",
        _own(layer, ":, 0"),
        f"Y = {IN_TORCH[state.activation]}\n" if state.activation in IN_TORCH else "",
        "\nassert Y.shape[2:] == (height, width)\n",
        "print(Y.min().item(), Y.max().item(), Y.sum().item())\n",
        _expected(convolved.result),
    ]
    return "".join(parts)


def _headline(convolved: Convolved, language: str) -> str:
    """What the script does, and with what."""
    state, layer, planes = convolved.state, convolved.layer, convolved.planes
    K, L = state.kernel_size
    _, height, width = planes.shape
    colours = "grey" if len(planes) == 1 else "red, green, blue"
    lines = [
        f"# Weight Loom, in {language}: a picture of {height} × {width} pixels ({colours}) under a {K} × {L} kernel,",
        f"# stride {state.stride}, padding {state.padding} ({state.mode}), dilation {state.dilation}, "
        f"bias {state.bias!r}, activation {state.activation}: {layer.out_shape[1]} × {layer.out_shape[2]} outputs.",
    ]
    lines += [] if embeds(planes) else [f"# Save {PICTURE} in the same folder as this script."]
    return "\n".join(lines) + "\n"


def _levels(planes: Bytes) -> str:
    """The 8-bit levels, two hexadecimal digits each, a row of the picture a line."""
    return "\n".join(bytes(row).hex() for row in planes.reshape(-1, planes.shape[2]))


def _picture_in_numpy(planes: Bytes) -> str:
    if embeds(planes):
        levels = f'levels = bytes.fromhex("""\n{_levels(planes)}\n""")\n'
        return f"\n{levels}X = np.frombuffer(levels, np.uint8).reshape{planes.shape} / 255\n"
    return f"\n{_file(planes)}X = levels / 255\n"


def _picture_in_torch(planes: Bytes) -> str:
    C, height, width = planes.shape
    if embeds(planes):
        levels = f'levels = bytearray.fromhex("""\n{_levels(planes)}\n""")\n'
        tensor = "torch.frombuffer(levels, dtype=torch.uint8)"
    else:
        levels, tensor = _file(planes), "torch.from_numpy(levels.copy())"
    return f"\n{levels}X = {tensor}.reshape({C}, 1, {height}, {width}).double() / 255\n"


def _file(planes: Bytes) -> str:
    """The picture as (C, H, W), checked: another one of another size would give other numbers."""
    mode, axes = ("L", "[None]") if len(planes) == 1 else ("RGB", ".transpose(2, 0, 1)")
    return (
        f'levels = np.asarray(Image.open("{PICTURE}").convert("{mode}")){axes}\nassert levels.shape == {planes.shape}\n'
    )


def _rows(kernel: tuple[tuple[float, ...], ...]) -> str:
    return "[\n" + "".join(f"    {list(row)!r},\n" for row in kernel) + "]"


def _geometry(layer: Layer) -> str:
    """The lines that set stride, dilation and the output's size; a setup has one stride for both axes."""
    return (
        f"stride, dilation = {layer.spec.stride[0]}, {layer.spec.dilation[0]}\n"
        f"height, width = {layer.out_shape[1]}, {layer.out_shape[2]}\n"
    )


def _own(layer: Layer, channels: str) -> str:
    copies = "\n".join(f"    ({use.output}, {use.tap}, {use.value!r})," for use in layer.untied)
    return OWN.format(copies=copies, channels=channels) if copies else ""


def _expected(result: OutputMap) -> str:
    numbers = (float(number) for number in (result.output.min(), result.output.max(), result.output.sum()))
    low, high, total = (repr(number) for number in numbers)
    return f"# min {low}, max {high}, sum {total}: as found by Weight Loom, up to rounding\n"
