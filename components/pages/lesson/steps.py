"""The guided path, as data. Each step sets the states of a page and speaks of what is then on the screen. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import prod
from typing import Literal

from components.display import words
from components.display.layer import Layer, layer_of
from components.pages.channels.state import Channels
from components.pages.compare.state import Compare
from components.pages.explore.parts import Part
from components.pages.lesson.doing import Changed, Did
from components.pages.lesson.state import NAMES, Lesson
from components.pages.network.layers import plan_of
from components.pages.network.state import Net
from components.pages.sequence.state import Sequence
from components.pages.sharing import reuse
from components.pages.sharing.state import Reuse
from components.pages.train import race
from components.pages.train.state import Train
from components.state.link import State, from_query
from components.state.setup import Setup
from kernels.images.samples import SAMPLES
from kernels.layer.counts import count
from kernels.layer.spec import LayerSpec
from kernels.networks.costs import total

View = Literal["loom", "four_layers", "costs", "search", "bank", "race", "flow", "ideas", "reuse"]
SMALL = Setup(image="digit", side=8)
PHOTO = SAMPLES[0].id
WIRED = Setup(image=PHOTO, side=32, period=1)  # small enough to be wired up fully connected; tiled as a convolution
LEFT = replace(SMALL, kernel=((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 0.0, 0.0)), flip=True)  # one pixel, beside


@dataclass(frozen=True, slots=True)
class Step:
    """name: in a link. view: the live part of a page it shows; states: what that part is set to.

    says: two to five sentences, computed. tries: one thing to do. notice: one thing to see then, that can be checked.
    done: whether the reader has done it, from what was set and done before and what is now. parts: of the loom.
    """

    name: str
    title: str
    view: View
    states: tuple[State, ...]
    says: Callable[[], tuple[str, ...]]
    tries: str
    notice: Callable[[], str]
    done: Did | Changed
    parts: tuple[Part, ...] = ()


def square_layer(state: Setup) -> Layer:
    """Every picture of the lesson is square."""
    return layer_of(state, (state.side, state.side))


def _ideas() -> tuple[str, ...]:
    return (
        "Weight sharing: many connections use the same number.",
        "Here one colour is one number, on every line that has it. Inputs stand below, outputs above.",
        "A convolution uses its numbers again at every position, a recurrent network at every time step, an adaptive "
        "filter in every channel.",
    )


def _kernel() -> tuple[str, ...]:
    K, L = SMALL.kernel_size
    return (
        f"A kernel is a small array of numbers, its weights: here K × L = {K} × {L} = {K * L} of them.",
        "It lies over the picture, and each weight is multiplied by the pixel under it.",
        "Each weight has its own colour and keeps it throughout the lesson.",
    )


def _sum() -> tuple[str, ...]:
    taps = prod(SMALL.kernel_size)
    return (
        f"Each output is a sum of {taps} products: multiply the window by the kernel, element by element, and add up.",
        "As a formula: Y[i,j] = Σ X[i+k−1, j+l−1] · F_kl, over all k and l.",
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
        "Drawn as a network, the layer has a line for each connection, in the colour of its weight.",
        f"There are {layer.counts['conv'].connections:,} connections but only {layer.counts['conv'].parameters} "
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
        f"This picture has card(X) = {pixels:,} pixels, the kernel K·L = {taps} weights: {words.factor(pixels / taps)} "
        "times fewer.",
        f"A fully connected layer of this size would need {dense:,} weights.",
        "The larger the picture, the larger the saving, because the kernel does not grow with it.",
    )


def _flip() -> tuple[str, ...]:
    return (
        "Sliding the kernel as it is printed is cross-correlation, which deep learning calls convolution.",
        "Mathematical convolution first rotates the kernel by 180°, as here.",
        "It makes no difference to learning: a learned kernel can simply be learned flipped.",
    )


def _four_layers() -> tuple[str, ...]:
    layer = square_layer(WIRED)
    dense, local, conv = (layer.counts[kind].parameters for kind in ("dense", "local", "conv"))
    return (
        f"From {words.amount(dense)} weights to {conv} in two steps.",
        f"Locality: each output sees only its own window. That leaves {words.amount(local)} weights, "
        f"{words.factor(dense / local)} times fewer.",
        f"Sharing: every window has the same weights. That leaves {conv}, {words.factor(local / conv)} times fewer "
        "again.",
    )


def _search() -> tuple[str, ...]:
    return (
        "Why should all positions share weights? Because a feature worth detecting can appear anywhere.",
        "Both layers here were trained on the same pictures. The one with separate weights at every position "
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
        "Three networks that differ only in the wiring of their first layer learn to read handwritten digits; all read "
        f"their maps out in the same way: {race.READOUTS[own.readout].lower()}.",
        f"That layer has {sizes['dense']:,} parameters fully connected, {sizes['local']:,} locally connected, and "
        f"{sizes['conv']:,} shared.",
        f"All are trained on the same {own.examples} digits, each shifted at random by up to {own.reach} pixels. They "
        f"are tested on {race.TESTED}.",
    )


def _costs() -> tuple[str, ...]:
    sides = (64, 128)
    dense = [count("dense", LayerSpec(3), (1, side, side)).parameters for side in sides]
    return (
        f"Double the side of the picture, from {sides[0]} to {sides[1]} pixels, and a fully connected layer needs "
        f"{words.factor(dense[1] / dense[0])} times as many weights.",
        "The convolution needs no more than before.",
        "That is why convolutional networks can process photographs.",
    )


def _flow() -> tuple[str, ...]:
    made = plan_of(Net())
    convs = [row for row in made.rows if row.config.op == "conv"]
    return (
        "A simple CNN is a sequence of layers: convolutional, pooling and fully connected. Each transforms one volume "
        "of activations into another by a function that is differentiable almost everywhere.",
        f"This one has {len(made.rows)} layers and {total(made).parameters:,} parameters; {len(convs)} of the layers "
        "are convolutions.",
        f"Without weight sharing it would have {total(made).untied:,} parameters.",
    )


def _beyond() -> tuple[str, ...]:
    own = Reuse()
    once, often = (drawn.headline for drawn in reuse.diagrams(own))
    return (
        "Sharing is not limited to images: connections in different layers and branches can share a weight.",
        f"Here a block is used {words.plural(own.uses, 'time')}, as in the language model ALBERT: {once}, used again "
        "and again.",
        f"A tool that adds up layer by layer would say {often.split()[0]}.",
    )


def _of_the_decoder() -> str:
    once, often = (drawn.wiring.n_params for drawn in reuse.diagrams(Reuse(example="autoencoder")))
    return (
        f"The decoder has the encoder's colours, transposed: {once} weights. Adding up layer by layer would give "
        f"{often}."
    )


def _uses_of_a_weight() -> str:
    layer = square_layer(SMALL)
    return (
        f"It is used {prod(layer.out_shape)} times, as the line below the pictures says. In the network the same "
        "number of connections light up, all in one colour."
    )


def _stages() -> str:
    counts = square_layer(SMALL).counts
    return (
        f"Locality deletes what lies outside the windows: {counts['dense'].parameters:,} weights become "
        f"{counts['local'].parameters:,}. Sharing merges the colours: {counts['conv'].parameters} are left."
    )


ZOOMS = 4  # presses of +, each by 2, after which all colours of a row are still in view


def _one_row() -> str:
    K, L = Setup().kernel_size
    taps, (_, _, width) = K * L, square_layer(Setup()).in_shape
    return (
        f"Every row has the same {taps} colours, shifted: {K} bands of {L}, {width} columns apart. The areas below are "
        f"to scale, except the dot: {taps} weights would be too small to see."
    )


def _more_than() -> str:
    """What the layer of the slider has at its ends."""
    layer = square_layer(WIRED)
    local, conv = layer.counts["local"], layer.counts["conv"]
    return (
        f"Tiled has {local.parameters:,} weights at the maximum, like the locally connected layer, and "
        f"{conv.parameters} at 1, like the convolution. All maps are identical."
    )


STEPS: tuple[Step, ...] = (
    Step("wirings", "Three wirings, one idea", "ideas", (Sequence(),), _ideas,
         "Point at a connection in each of the three.",
         lambda: "All connections with the same weight light up, in the network and in its matrix.",
         Did(("space", "time", "channels"))),
    Step("kernel", "What a kernel is", "loom", (SMALL,), _kernel,
         "Drag one of the weights sideways, or type a number.",
         lambda: "The output changes immediately, wherever the pixel under that weight is not black.",
         Changed(Setup, ("kernel",)), ("pictures", "sum")),
    Step("sum", "One sum", "loom", (SMALL,), _sum,
         "Point at a cell of the output.",
         lambda: f"Below the pictures are the {prod(SMALL.kernel_size)} products; their sum is the value of the cell.",
         Did(("output",)), ("pictures", "sum")),
    Step("scan", "The scan", "loom", (SMALL,), _scan,
         "Press Play below the pictures, or Step.",
         lambda: "The window moves; the colours of the kernel do not change.",
         Did(("scan",)), ("pictures", "sum", "scan")),
    Step("colours", "The same colour is the same weight", "loom", (SMALL,), _colour,
         "Point at a weight of the kernel.", _uses_of_a_weight,
         Did(("weight",)), ("pictures", "sum", "network")),
    Step("matrix", "The layer as a matrix", "loom", (SMALL,), _matrix,
         "Press “From dense to shared” above the matrix.", _stages,
         Did(("tying",)), ("pictures", "matrix")),
    Step("ratio", "Far fewer weights than pixels", "loom", (Setup(image=PHOTO),), _ratio,
         f"Zoom into the matrix with +: {ZOOMS} times for all colours of the marked row, further for its single cells.",
         _one_row,
         Changed(Setup, ("zoom",)), ("matrix", "costs")),
    Step("flip", "Cross-correlation or convolution", "loom", (LEFT,), _flip,
         "Point at a cell of the output and see which pixel it reads.",
         lambda: "The only nonzero weight is on the left, but it reads the pixel on the right: the kernel is flipped.",
         Did(("output",)), ("pictures", "sum")),
    Step("locality", "Locality, then sharing", "four_layers", (WIRED,), _four_layers,
         "Move the slider “Tiled” to its maximum, then back to 1.", _more_than,
         Changed(Setup, ("period",))),
    Step("feature", "One feature, anywhere", "search", (Setup(image=PHOTO), Compare()), _search,
         "Drag the frame to another part of the picture.",
         lambda: "The shared kernel frames every copy of a square that is not uniformly grey; the other layer frames "
         "copies only where it has been trained (dashed).",
         Changed(Compare, ("pattern", "pictures"))),
    Step("channels", "Many inputs, many outputs", "bank", (Setup(image=PHOTO), Channels()), _bank,
         "Change a weight in the bank.", lambda: "One output map changes; the others do not.",
         Changed(Channels, ("filters",))),
    Step("digits", "Sharing and test accuracy", "race", (Train(),), _race,
         "Press Play to run it live.",
         lambda: "Dashed lines show training accuracy, solid lines test accuracy; the difference is the generalisation "
         "gap. Above the chart: what another read-out does to the lead.",
         Did(("trained",))),
    Step("growth", "Fully connected vs convolutional", "costs", (Setup(image=PHOTO), Compare()), _costs,
         "Choose Bytes above the chart, then Parameters again.",
         lambda: "Two lines rise with the size of the picture; the two with shared weights (tiled, convolution) stay "
         "flat.",
         Changed(Compare, ("quantity",))),
    Step("network", "The layers of a CNN", "flow", (Net(),), _flow,
         "Choose Draw and draw a digit; point at an early unit, then at a late one.",
         lambda: "The late one sees more of the picture: its receptive field is larger.",
         Changed(Setup, ("drawing",))),
    Step("beyond", "Beyond images", "reuse", (Reuse(),), _beyond,
         "Choose Tied autoencoder.", _of_the_decoder,
         Changed(Reuse, ("example",))),
)  # fmt: skip


def number_of(name: str) -> int:
    """The place of a step in the lesson, from 1."""
    return NAMES.index(name) + 1


def step_of(name: str) -> Step:
    return STEPS[number_of(name) - 1]


def scene(query: dict[str, str]) -> tuple[State, ...]:
    """The states from which a link of the lesson departs, by the step that is shown."""
    own, _ = from_query(query, Lesson())
    return step_of(own.step).states
