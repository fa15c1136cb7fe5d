"""The guided path, as data. Each step sets the states of a page and speaks of what is then on the screen. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import prod
from typing import Literal

from components.display import words
from components.display.layer import Layer, layer_of
from components.pages.channels.state import Channels
from components.pages.compare.state import Compare
from components.pages.lesson.state import Lesson
from components.pages.network.layers import plan_of
from components.pages.network.state import Net
from components.pages.sequence import unrolled
from components.pages.sequence.state import Sequence
from components.pages.train import race
from components.pages.train.state import Train
from components.state.link import State, from_query
from components.state.setup import Setup
from kernels.images.samples import SAMPLES
from kernels.layer.counts import count
from kernels.layer.spec import LayerSpec
from kernels.networks.costs import total

View = Literal["loom", "four_layers", "costs", "search", "bank", "race", "flow", "ideas"]
SMALL = Setup(image="digit", side=8)
PHOTO = SAMPLES[0].id
WIRED = Setup(image=PHOTO, side=32, period=1)  # small enough to be wired up fully connected; tiled as a convolution
LEFT = replace(SMALL, kernel=((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, 0.0)), flip=True)  # one pixel, beside


@dataclass(frozen=True, slots=True)
class Step:
    """view: the live part of a page it shows; states: what that part is set to.

    says: two to five sentences, computed. tries: one thing to do. notice: one thing to see then, that can be checked.
    """

    title: str
    view: View
    states: tuple[State, ...]
    says: Callable[[], tuple[str, ...]]
    tries: str
    notice: Callable[[], str]


def square_layer(state: Setup) -> Layer:
    """Every picture of the lesson is square."""
    return layer_of(state, (state.side, state.side))


def _kernel() -> tuple[str, ...]:
    K, L = SMALL.kernel_size
    return (
        f"A kernel is a small array of numbers, its weights: here K × L = {K} × {L} = {K * L} of them.",
        "It lies over the picture, and each weight is multiplied by the pixel under it.",
        "Each weight has its own colour and keeps it everywhere.",
    )


def _sum() -> tuple[str, ...]:
    taps = prod(SMALL.kernel_size)
    return (
        f"Each output is a sum of {taps} products: multiply the window by the kernel, element by element, and add up.",
        "In the article: Y[i,j] = Σ X[i+k−1, j+l−1] · F_kl, over all k and l.",
        "A convolution does nothing else.",
    )


def _scan() -> tuple[str, ...]:
    layer = square_layer(SMALL)
    _, rows, cols = layer.out_shape
    return (
        f"The kernel slides over the picture and gives one number at each of the {rows} × {cols} = {rows * cols} "
        "positions.",
        "The weights do not change as it slides. That is all that weight sharing means.",
    )


def _colour() -> tuple[str, ...]:
    layer = square_layer(SMALL)
    uses = layer.counts["conv"].connections // layer.counts["conv"].parameters
    return (
        "Different colours mean different weights; the same colour means the same weight.",
        f"The layer has {layer.counts['conv'].connections:,} connections but only {layer.counts['conv'].parameters} "
        f"colours: every weight is used {uses} times.",
    )


def _matrix() -> tuple[str, ...]:
    layer = square_layer(SMALL)
    outputs, inputs = prod(layer.out_shape), prod(layer.in_shape)
    return (
        f"The layer is also a matrix: {outputs} rows, one per output, and {inputs} columns, one per input.",
        f"A fully connected layer fills all {layer.counts['dense'].parameters:,} cells, each with its own weight.",
        f"The convolution leaves most of them empty and repeats {layer.counts['conv'].parameters} weights along the "
        "diagonals.",
    )


def _ratio() -> tuple[str, ...]:
    state = Setup()
    layer = square_layer(state)
    taps, pixels = prod(state.kernel_size), prod(layer.in_shape)
    dense = layer.counts["dense"].parameters
    return (
        f"K·L = {taps} is much smaller than card(X) = {pixels:,}, the number of pixels: "
        f"{words.times(pixels / taps)} smaller.",
        f"Fully connected, this layer would need {dense:,} weights. It has {taps}.",
        "The larger the picture, the larger the saving: the kernel does not grow with it.",
    )


def _flip() -> tuple[str, ...]:
    return (
        "Sliding the kernel as it is printed is cross-correlation, which deep learning calls convolution.",
        "Mathematical convolution first rotates the kernel by 180°.",
        "It makes no difference to learning: a learned kernel can simply be learned flipped.",
    )


def _four_layers() -> tuple[str, ...]:
    layer = square_layer(WIRED)
    dense, local, conv = (layer.counts[kind].parameters for kind in ("dense", "local", "conv"))
    return (
        f"From {words.amount(dense)} weights to {conv} in two steps.",
        f"Locality: each output sees only its own window; that leaves {words.amount(local)} weights, "
        f"{words.times(dense / local)} fewer.",
        f"Sharing: every window has the same weights; that leaves {conv}, {words.times(local / conv)} fewer again.",
        "Only the second step is weight sharing; a locally connected layer takes only the first.",
    )


def _search() -> tuple[str, ...]:
    return (
        "Why should all positions share weights? Because a feature worth detecting can appear anywhere.",
        "Both layers below were trained on the same pictures. The one with separate weights at every position "
        "recognises the feature only where it has seen it.",
        "The shared kernel learned it once and finds it everywhere.",
    )


def _bank() -> tuple[str, ...]:
    own = Channels()
    reads, (K, L) = len(own.filters[0]), own.kernel_size
    parameters = own.outputs * reads * K * L
    return (
        f"Pictures have colours, so a kernel has one slice for each of {reads} input channels; their maps are summed.",
        f"A layer has several such kernels, one per output map: {own.outputs} × {reads} × {K} × {L} = {parameters} "
        "weights, not counting biases.",
        "Each of them is shared across all positions of the picture.",
    )


def _race() -> tuple[str, ...]:
    own = Train()
    sizes = {kind: race.first_layer(kind).parameters(race.IN_SHAPE) for kind in own.kinds}
    return (
        "Three networks that differ only in the wiring of their first layer learn to read handwritten digits.",
        f"That layer has {sizes['dense']:,} weights fully connected, {sizes['local']:,} locally connected, and "
        f"{sizes['conv']:,} shared.",
        f"All are trained on the same {own.examples} digits, each shifted at random by up to {own.reach} "
        f"pixels. They are "
        f"tested on {race.TESTED}.",
    )


def _costs() -> tuple[str, ...]:
    sides = (64, 128)
    dense = [count("dense", LayerSpec(3), (1, side, side)).parameters for side in sides]
    return (
        f"Double the side of the picture, from {sides[0]} to {sides[1]} pixels, and a fully connected layer needs "
        f"{words.times(dense[1] / dense[0])} as many weights.",
        "The convolution needs no more than before.",
        "That is why fully connected networks stay small and convolutional networks can process photographs.",
    )


def _flow() -> tuple[str, ...]:
    made = plan_of(Net())
    convs = [row for row in made.rows if row.config.op == "conv"]
    return (
        "A simple CNN is a sequence of layers, and every layer transforms one volume of activations to another through "
        "a differentiable function: convolutional, pooling, fully connected.",
        f"This one has {len(made.rows)} layers and {total(made).parameters:,} weights; {len(convs)} of the layers are "
        "convolutions.",
        f"Without weight sharing it would have {total(made).untied:,}.",
    )


def _ideas() -> tuple[str, ...]:
    told = [f"{one.title.split(':')[0].lower()}, {one.headline} on {one.connections}" for one in unrolled.ideas()]
    return (
        "Weight sharing is not limited to pictures.",
        "A recurrent network uses the same weights at every time step; an adaptive filter can use the same weights in "
        "several channels.",
        f"Three wirings, one idea: {'; '.join(told)}.",
    )


def _uses_of_a_weight() -> str:
    layer = square_layer(SMALL)
    return (
        f"It is used {prod(layer.out_shape)} times, as the line below the pictures says; in the matrix that many cells "
        "light up, all in one colour."
    )


def _more_than() -> str:
    """The number of weights at both ends of the slider."""
    layer = square_layer(WIRED)
    local, conv = layer.counts["local"], layer.counts["conv"]
    return (
        f"Tiled has {local.parameters:,} weights at the maximum, like the locally connected layer, and "
        f"{conv.parameters} at 1, like the convolution; in between, some are shared. All maps are identical."
    )


STEPS: tuple[Step, ...] = (
    Step("What a kernel is", "loom", (SMALL,), _kernel,
         "Drag one of the weights sideways.",
         lambda: "The output changes immediately, wherever the pixel under that weight is not black."),
    Step("One sum", "loom", (SMALL,), _sum,
         "Point at a cell of the output.",
         lambda: f"Below the pictures are the {prod(SMALL.kernel_size)} products; their sum is the value of the cell."),
    Step("The scan", "loom", (SMALL,), _scan,
         "Press Play below the pictures, or Step.",
         lambda: "The window moves; the colours of the kernel do not change."),
    Step("The same colour is the same weight", "loom", (SMALL,), _colour,
         "Point at a weight of the kernel.", _uses_of_a_weight),
    Step("The layer as a matrix", "loom", (SMALL,), _matrix,
         "Above the matrix, press Fully connected, then Convolution again.",
         lambda: "Random colours turn into diagonal stripes, yet both matrices give the same output."),
    Step("Far fewer weights than pixels", "loom", (Setup(image=PHOTO),), _ratio,
         "Compare the three numbers of weights; the squares beside them are drawn to scale.",
         lambda: f"The last stands for {prod(Setup().kernel_size)} weights; the check mark below confirms that "
             f"W·x equals Y."),
    Step("Cross-correlation or convolution", "loom", (LEFT,), _flip,
         "Point at a cell of the output and see which pixel it reads.",
         lambda: "The only nonzero weight is on the left, but it reads the pixel on the right: the kernel is flipped."),
    Step("Locality, then sharing", "four_layers", (WIRED,), _four_layers,
         "Move the slider “Tiled” to its maximum, then to 1.", _more_than),
    Step("One feature, anywhere", "search", (Setup(image=PHOTO), Compare()), _search,
         "Drag the frame to another part of the picture, or add training pictures.",
         lambda: "The shared kernel frames every copy of a square that is not uniformly grey; the other layer frames "
         "copies only where it has been trained."),
    Step("Many inputs, many outputs", "bank", (Setup(image=PHOTO), Channels()), _bank,
         "Change a weight in the bank.", lambda: "One output map changes; the others do not."),
    Step("Sharing and test accuracy", "race", (Train(),), _race,
         "Press Play.",
         lambda: "Dashed lines show training accuracy, solid lines test accuracy; the difference is the generalisation "
         "gap. The line above the curves says what sharing gained in your run."),
    Step("Fully connected vs convolutional", "costs", (Setup(image=PHOTO), Compare()), _costs,
         "Choose Bytes above the chart, then Parameters again.",
         lambda: "Two lines rise with the picture; where weights are shared (tiled, convolution) they stay flat."),
    Step("The layers of a CNN", "flow", (Net(),), _flow,
         "Choose Draw and draw a digit.",
         lambda: "Point at a unit in a later layer: its receptive field is larger than in an earlier layer."),
    Step("Sharing across time and channels", "ideas", (Sequence(),), _ideas,
         "Point at a connection of each of the three.",
         lambda: "All connections that share its weight light up, in the network and in the matrix."),
)  # fmt: skip


def step_of(number: int) -> Step:
    """Step number 1, 2, …"""
    return STEPS[number - 1]


def scene(query: dict[str, str]) -> tuple[State, ...]:
    """The states from which a link of the lesson departs, by the step that is shown."""
    own, _ = from_query(query, Lesson())
    return step_of(own.step).states
