"""Network in class, a guide for each tab. Pure."""

from math import prod

from components.display import words
from components.display.guide import Activity, Guide
from components.pages.network import separable
from components.pages.network.convolution import KNOWN, LARGER
from components.pages.network.layers import plan_of
from components.pages.network.published import figures
from components.pages.network.state import Net
from kernels.networks.convolutional import dense_weights, windows_of
from kernels.networks.costs import total
from kernels.networks.plan import Plan
from kernels.networks.receptive_fields import field_sizes
from kernels.networks.trained import TESTED
from kernels.networks.zoo import published

UNIT = Net(tab="activations", unit=(3, 0, 2, 2))  # of the second convolution
POOLED = Net(net="conv 8 3 padding=same, relu, globalmax, dense 10, softmax", tab="layers")


def guides() -> tuple[Guide, ...]:
    return _activations(), _layers(), _cost(), _published(), _convolution(), _code()


def _made() -> Plan:
    return plan_of(Net())


def _activations() -> Guide:
    row = UNIT.unit[0]
    rows, columns = field_sizes(_made())[row]
    return Guide(
        "Activations",
        "Students follow one input through a small CNN and explain a single unit.",
        "“A unit in a later layer sees the whole picture.” It sees its receptive field.",
        (
            Activity(3, "A digit the network has not been trained on. Find the layer in which you no longer recognise "
                     "it.", (Net(tab="activations"),)),
            Activity(4, f"A unit of the second convolution: its receptive field has {rows} × {columns} pixels. Why?",
                     (UNIT,)),
            Activity(3, "Draw a digit and try to fool the network.", (Net(tab="activations", shown="sheet"),)),
        ),
        (
            ("Why do receptive fields grow?", "Each layer reads a window of units that have windows of their own."),
            ("What does softmax do?", "It turns scores into positive numbers that sum to one."),
            ("How many test digits can one choose from?", f"{TESTED}, none of which it has trained on."),
        ),
        "With the first complete CNN and receptive fields.",
    )  # fmt: skip


def _layers() -> Guide:
    made, pooled = _made(), plan_of(POOLED)
    return Guide(
        "Layers",
        "Students compute the shape of each layer's output and repair a network that does not fit.",
        "“Any layers can follow each other.” Their shapes must agree.",
        (
            Activity(3, f"{len(made.rows)} layers, {words.amount(total(made).parameters)} parameters. Students compute "
                     "the shape after each before reading it.", (Net(tab="layers"),)),
            Activity(4, f"One convolution and global pooling: {words.amount(total(pooled).parameters)} parameters. "
                     "Where were most of the others?", (POOLED,)),
            Activity(3, "Remove a pooling layer. Predict which numbers change.", (Net(tab="layers"),)),
        ),
        (
            ("Which layers have no parameters?", "Activation, pooling, flattening and softmax."),
            ("Why does flattening make the next layer depend on the size of the picture?",
             "It has a weight for every position of the maps."),
            ("What is the shape after the last pooling layer?",
             f"{words.shape(next(row for row in made.rows if row.config.op == 'flatten').in_shape)}: channels, rows, "
             "columns."),
        ),
        "With padding, stride, pooling and LeNet.",
    )  # fmt: skip


def _cost() -> Guide:
    whole = total(_made())
    return Guide(
        "Cost",
        "Students find where a CNN spends its parameters and where its multiplications.",
        "“The layer with the most weights takes the most time.” Sharing separates the two.",
        (
            Activity(4, f"{words.amount(whole.parameters)} parameters and {words.amount(whole.multiply_adds)} "
                     "multiply-adds: predict which layer leads each list.", (Net(tab="cost"),)),
            Activity(3, f"Without sharing: {words.amount(whole.untied)} parameters. Which layers would not change?",
                     (Net(tab="cost"),)),
            Activity(3, "The network with global pooling: which layer leads now?", (Net(net=POOLED.net, tab="cost"),)),
        ),
        (
            ("Which layers cost the same without sharing?", "Fully connected ones: they use each weight once."),
            ("How often is a weight used on average?",
             f"{words.factor(whole.connections / whole.parameters)} times: connections over parameters."),
            ("Which cost does sharing not reduce?", "Multiply-adds, and the memory of activations."),
        ),
        "With the counting of parameters and operations.",
    )  # fmt: skip


def _published() -> Guide:
    found = figures()
    agree = sum(one.agrees for one in found)
    full, split = (total(published(name).plan).parameters for name in ("mobilenet_full", "mobilenet"))
    block = [separable.weights(spec) for spec in (separable.FULL, separable.DEPTHWISE, separable.POINTWISE)]
    return Guide(
        "Published networks",
        "Students check the printed figures of a network against its description.",
        "“Depthwise separable convolutions share more.” They have fewer weights, but no more of them are shared.",
        (
            Activity(3, f"{agree} of {len(found)} printed figures agree with the count from the description. Students "
                     "recount one on paper.", (Net(tab="published"),)),
            Activity(4, f"One block: {block[0]} weights, or {block[1]} + {block[2]} = {block[1] + block[2]}. Where do "
                     "they stand in W?", (Net(tab="published"),)),
            Activity(3, "Which network has most of its parameters in fully connected layers?", (Net(tab="published"),)),
        ),
        (
            ("How much does MobileNet v1 save in parameters?",
             f"{words.times(full / split)} fewer: {words.amount(split)} instead of {words.amount(full)}."),
            ("What does the depthwise part not do?", "Mix channels; the pointwise part does only that."),
            ("Why do counts in papers differ from tools?",
             "Padding, biases and normalisation are counted differently."),
        ),
        "With modern architectures, which some of the books treat in a chapter of their own.",
    )  # fmt: skip


def _convolution() -> Guide:
    made = _made()
    windows = windows_of(made, *LARGER[1:])
    vgg, side = published(KNOWN[0][0]), KNOWN[0][1]
    many = windows_of(vgg.plan, side, side)
    return Guide(
        "Fully connected as convolution",
        "Students read a fully connected layer as a convolution whose kernel is as large as its input.",
        "“A CNN with fully connected layers only accepts one picture size.” Read as a convolution, it accepts larger "
        "ones.",
        (
            Activity(4, f"A picture of {LARGER[1]} × {LARGER[2]} pixels: predict how many answers come out. "
                     f"{windows[0]} × {windows[1]} = {prod(windows)}.", (Net(tab="convolution"),)),
            Activity(3, f"{vgg.title}: its first fully connected layer has {words.amount(dense_weights(vgg.plan))} "
                     f"weights; on {side} × {side} pixels it answers {many[0]} × {many[1]} = {prod(many)} windows.",
                     (Net(tab="convolution"),)),
            Activity(3, "Other digits: which windows are wrong, and why?", (Net(tab="convolution", digit=7),)),
        ),
        (
            ("Does the number of weights change?", "No: the same numbers, arranged as kernels."),
            ("Why is one pass cheaper than a window at a time?",
             "Neighbouring windows share their first layers' work."),
            ("Why can an answer differ from that of the window alone?",
             "Padding at the window's border takes the place of the pixels around it."),
        ),
        "With fully convolutional networks and detection.",
    )  # fmt: skip


def _code() -> Guide:
    return Guide(
        "Code",
        "Students find where sharing is written in PyTorch, Keras and NumPy.",
        "“Sharing has to be programmed.” It is in the choice of the layer: one array is used at every position.",
        (
            Activity(3, f"The network in three notations. Find the line of the first convolution, and its "
                     f"{_made().rows[0].parameters} parameters.", (Net(tab="code"),)),
            Activity(4, "In NumPy: where is the kernel used again?", (Net(tab="code"),)),
            Activity(3, "The network with global pooling: which lines differ?", (Net(net=POOLED.net, tab="code"),)),
        ),
        (
            ("Which layer's code depends on the size of the picture, in PyTorch?",
             "That of the fully connected layer after flattening: it states its number of inputs."),
            ("Where would a locally connected layer need other code?",
             "It needs an array of kernels, one per position."),
            ("How do you check a translation between frameworks?", "Same weights, same input, compare the outputs."),
        ),
        "With the implementation of CNNs.",
    )  # fmt: skip
