"""Compare in class, a guide for each tab. Pure."""

from dataclasses import replace
from math import prod

from components.display import words
from components.display.guide import Activity, Guide
from components.display.layer import Layer, layer_of
from components.pages.compare import saving
from components.pages.compare.search import MOST
from components.pages.compare.small import small_state
from components.pages.compare.state import Compare
from components.state.setup import Setup
from kernels.layer.storage import storage

LARGE = replace(Setup(), side=128)
TILED = Setup(period=1)
WIDE = Setup(kernel=((1 / 25,) * 5,) * 5)


def _square(state: Setup) -> Layer:
    return layer_of(state, (state.side, state.side))


def guides() -> tuple[Guide, ...]:
    return _layers(), _saving(), _growth(), _shift(), _scramble(), _find(), _transposed()


def _layers() -> Guide:
    layer = _square(small_state(Setup(), (Setup().side,) * 2))
    dense, local, conv = (layer.counts[kind].parameters for kind in ("dense", "local", "conv"))
    connections = layer.counts["conv"].connections
    return Guide(
        "Four layers",
        "Students separate the two ideas of a convolution, locality and sharing, by comparing layers with one or both.",
        "“A locally connected layer is a convolution.” It has the windows, but separate weights in each.",
        (
            Activity(3, f"All four layers compute one map. Their weights: {words.amount(dense)} fully connected, "
                     f"{words.amount(local)} locally connected, {conv} shared.", (Compare(tab="layers"),)),
            Activity(4, "Free weights at random instead: predict which maps change, then open. Which of them treats "
                     "every position alike?", (Compare(tab="layers", draw=1),)),
            Activity(3, f"Set the tiled layer's period to {TILED.period}: a convolution again, with {conv} weights.",
                     (Compare(tab="layers"), TILED)),
        ),
        (
            ("Locally connected and convolutional layers do the same work per picture. Why?",
             f"Both have {words.amount(connections)} connections; sharing changes how many of them may differ."),
            ("What lies between local and convolutional?",
             "Tiled: weights repeat after a period of several outputs instead of at every one."),
            ("When would you want a locally connected layer?",
             "Where positions differ in kind, such as aligned faces, and there is enough data to learn each."),
        ),
        "With the motivation of the convolution: sparse connections and parameter sharing.",
    )  # fmt: skip


def _saving() -> Guide:
    layer, large = _square(Setup()), _square(LARGE)
    found, grown = saving.saving(layer), saving.saving(large)
    pixels = prod(layer.in_shape)
    return Guide(
        "Where the saving comes from",
        "Students compute both factors of the saving from the sizes of picture, window and map.",
        "“Sharing saves everything.” Locality and sharing each save their own factor.",
        (
            Activity(3, f"{words.amount(pixels)} pixels and a window of {prod(layer.spec.kernel_size)}. Students work "
                     "out both factors on paper."),
            Activity(3, f"Check: locality {words.times(found.locality)} fewer, sharing {words.times(found.sharing)}, "
                     f"in all {words.times(found.whole)}.", (Compare(tab="saving"), Setup())),
            Activity(4, f"A picture of {LARGE.side} pixels a side: sharing now saves {words.times(grown.sharing)}, "
                     f"with {grown.conv} weights as before.", (Compare(tab="saving"), LARGE)),
        ),
        (
            ("Which factor is the number of positions?", f"Sharing: {words.amount(prod(layer.out_shape))} here."),
            ("Which factor is set by the size of the kernel?",
             "Locality: the number of pixels divided by the number of weights in a window (windows at the border may "
             "be cut off). The number of positions also falls slightly as the kernel grows, unless the picture is "
             "padded."),
            ("Does sharing save multiplications?",
             f"No: {words.amount(layer.counts['local'].multiply_adds)} multiply-adds locally connected, "
             f"{words.amount(layer.counts['conv'].multiply_adds)} shared. Locality does."),
        ),
        "With the counting of parameters.",
    )  # fmt: skip


def _growth() -> Guide:
    dense, conv = ({c.kind: c for c in saving.curves(Setup())}[kind] for kind in ("dense", "conv"))
    first, last = dense.sides[0], dense.sides[-1]
    ratio = dense.counts[-1].parameters / dense.counts[0].parameters
    doubled = dense.counts[-1].parameters / dense.counts[-2].parameters
    return Guide(
        "Growth",
        "Students read from a log–log chart how parameters, memory and work grow with the picture.",
        "“A convolution costs nothing more on larger pictures.” Its parameters do not grow; its work does.",
        (
            Activity(3, f"Parameters from {first} to {words.amount(last)} pixels a side: {words.times(ratio)} as many "
                     f"fully connected, always {conv.counts[-1].parameters} shared.", (Compare(tab="growth"),)),
            Activity(3, "Bytes: find the side at which the fully connected layer no longer fits a laptop.",
                     (Compare(tab="growth", quantity="bytes"),)),
            Activity(4, "Multiply-adds: the line of the convolution rises, too.",
                     (Compare(tab="growth", quantity="multiply_adds"),)),
        ),
        (
            ("Double the side. What happens to each layer's parameters?",
             f"About {words.factor(doubled)} times as many fully connected; no change for the convolution."),
            ("How much memory does the fully connected layer need at the right end?",
             f"{words.size(dense.counts[-1].bytes)} in float32; the convolution {words.size(conv.counts[-1].bytes)}."),
            ("Which lines of multiply-adds coincide, and why?",
             "Locally connected, tiled and convolutional: they have the same connections."),
        ),
        "With the motivation: why fully connected layers do not scale to images.",
    )  # fmt: skip


def _shift() -> Guide:
    own = Compare(tab="shift")
    moved = f"{own.down} pixels down and {own.right} to the right"
    return Guide(
        "Shift (equivariance)",
        "Students tell equivariance (the map shifts along) from invariance (the output does not change).",
        "“Convolutions are translation invariant.” They are equivariant; pooling over positions adds invariance.",
        (
            Activity(3, f"Drag the picture by {moved}, around the edges. Predict which of the four layers shift "
                     "their maps along: the convolution alone is guaranteed to.", (replace(own, down=0, right=0),)),
            Activity(3, "Zeros beyond the border: where does the guarantee end?",
                     (replace(own, border="zeros"),)),
            Activity(2, f"Stride {Compare(hop=2).hop}: an odd shift falls between two outputs.",
                     (replace(own, hop=2),)),
            Activity(2, "Global maximum, then flattened: one read-out is invariant, the other is not.",
                     (replace(own, readout="max"),)),
        ),
        (
            ("Why is the fully connected layer not equivariant, though it could compute the same map?",
             "Its weights may, but need not, repeat: the wiring guarantees nothing."),
            ("What breaks equivariance in practice?",
             "Padding at the border, and a stride that does not divide the shift."),
            ("Is a classifier that ends in a flattened map invariant?",
             "No: the read-out has separate weights for every position."),
        ),
        "With invariance and equivariance.",
    )  # fmt: skip


def _scramble() -> Guide:
    layer = _square(small_state(Setup(), (Setup().side,) * 2))
    return Guide(
        "Scramble",
        "Students see that a convolution assumes which pixels are neighbours and a fully connected layer does not.",
        "“A fully connected layer sees the picture as we do.” It cannot tell a picture from its scrambled pixels.",
        (
            Activity(4, f"All {words.amount(prod(layer.in_shape))} pixels in a random order. Vote: which layer can be "
                     "rewired to give the same outputs?", (Compare(tab="scramble"),)),
            Activity(3, "Another order: the answer stays.", (Compare(tab="scramble", shuffle=2),)),
            Activity(3, "Discuss: what a good order of the inputs is for sound, text, tables."),
        ),
        (
            ("Why can the fully connected layer be repaired?",
             f"Its columns, {words.amount(prod(layer.in_shape))} of them, can be permuted like the pixels."),
            ("Why not the convolution?",
             f"Its {layer.counts['conv'].parameters} weights are tied along the diagonals: no column is free."),
            ("What follows for data without neighbours, such as a table?",
             "There, sharing over positions has no basis."),
        ),
        "With inductive bias.",
    )  # fmt: skip


def _find() -> Guide:
    own = Compare(tab="find")
    return Guide(
        "Find the feature",
        "Students explain why sharing helps to generalise: what is learned at one position is used at every position.",
        "“Sharing only saves memory.” It also decides what is learned from few examples.",
        (
            Activity(3, f"{own.pasted} copies of a square are hidden in a picture of at most {MOST} pixels a side. "
                     "Predict which layer finds which.", (own,)),
            Activity(4, f"Both layers trained with {Compare(pictures=20).pictures} pictures: does the untied one find "
                     "more?", (replace(own, pictures=20),)),
            Activity(3, f"With {Compare(pictures=60).pictures} pictures: has it caught up?",
                     (replace(own, pictures=60),)),
        ),
        (
            ("How does the untied layer learn to detect the feature at a position?",
             "Only from training pictures that have the feature there."),
            ("Why does one picture suffice for the shared kernel?",
             "Whatever the kernel learns at one position applies at all positions."),
            ("What would a shared kernel learn from a uniformly grey square?", "Nothing: it has no feature."),
        ),
        "With parameter sharing and generalisation.",
    )  # fmt: skip


def _transposed() -> Guide:
    layer, wide = (_square(small_state(state, (state.side,) * 2)) for state in (Setup(), WIDE))
    here, more = storage(layer.spec, layer.in_shape), storage(wide.spec, wide.in_shape)
    return Guide(
        "Transposed & im2col",
        "Students know four ways to write one layer down and what each takes.",
        "“Transposed convolution undoes convolution.” It is Wᵀ, not the inverse of W.",
        (
            Activity(3, "One output alone is not zero: Wᵀ scatters it over its window.",
                     (Compare(tab="transposed"), Setup())),
            Activity(4, "y = W x: WᵀW x is not the picture.", (Compare(tab="transposed", signal="map"), Setup())),
            Activity(3, f"im2col repeats pixels: a kernel of {words.shape(wide.spec.kernel_size)} makes "
                     f"{words.amount(more.im2col.numbers)} numbers of {words.amount(prod(wide.in_shape))} pixels.",
                     (Compare(tab="transposed"), WIDE)),
        ),
        (
            ("How many numbers does X_col hold for the first link?",
             f"{words.amount(here.im2col.numbers)}: {here.im2col.shape[0]} for each of "
             f"{words.amount(here.im2col.shape[1])} windows."),
            ("How much would W take in full?",
             f"{words.size(here.dense.bytes)}; without its zeros {words.size(here.sparse.bytes)}; the kernel "
             f"{words.size(here.kernel.bytes)}."),
            ("Where does Wᵀ occur in training?", "It carries the gradient back to the layer's input."),
        ),
        "With implementation, upsampling and back-propagation through the convolution.",
    )  # fmt: skip
