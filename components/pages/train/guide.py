"""Train in class, a guide for each tab. Pure."""

from components.display import words
from components.display.guide import Activity, Guide
from components.pages.train import data_size, lecun1989, race, readouts, teacher
from components.pages.train.state import Train
from components.state.setup import Setup
from components.state.show import PREDICT
from kernels.learning.lecun1989 import NETS, links

RACE = Train(tab="race")


def guides() -> tuple[Guide, ...]:
    return _race(), _readouts(), _size(), _gradient(), _teacher(), _nets()


def _race() -> Guide:
    sizes = {kind: words.amount(race.first_layer(kind).parameters(race.IN_SHAPE)) for kind in RACE.kinds}
    small = Train(tab="race", examples=100)
    return Guide(
        "Learning curves",
        "Students read training and test accuracy of networks that differ only in the wiring of the first layer.",
        "“The network with the most parameters is the best.” Compare the solid lines, not the dashed ones.",
        (
            Activity(4, f"First layers of {sizes['dense']} weights fully connected, {sizes['local']} locally connected "
                     f"and {sizes['conv']} shared, biases included; {RACE.examples} digits. Vote on the order of the "
                     "test accuracies, then play.", (RACE, PREDICT)),
            Activity(3, f"Only {small.examples} digits: predict what happens to the gap between dashed and solid "
                     "lines.", (small,)),
            Activity(3, "All pixels scrambled as well: which networks notice?", (Train(tab="race", scrambled=True),)),
        ),
        (
            ("What is the generalisation gap?", "Training accuracy minus test accuracy, here dashed minus solid."),
            ("How far are the digits shifted?",
             f"In training by up to {RACE.reach} pixels, in testing by up to {race.FURTHEST}; the chart below tells "
             "accuracy shift by shift."),
            ("Which network should be indifferent to scrambling?",
             "The fully connected one: it makes no use of which pixels are neighbours."),
        ),
        "After the first complete CNN, with overfitting.",
    )  # fmt: skip


def _readouts() -> Guide:
    own = Train(tab="readouts")
    return Guide(
        "Shared × pooled",
        "Students see that what sharing gains depends on how the maps are read out.",
        "“A shared first layer makes the network insensitive to shifts.” A flattened read-out undoes that.",
        (
            Activity(3, f"Two wirings, {len(readouts.ROWS)} read-outs, {readouts.SEEDS} seeds. Students fill in a "
                     "table of predictions: in which row does sharing gain most?", (own, PREDICT)),
            Activity(4, "Run, or read the recorded run. Compare the rows, with the spread of the seeds.", (own,)),
            Activity(3, "Training digits that are not shifted at all: which cells suffer?",
                     (Train(tab="readouts", reach=0),)),
        ),
        (
            ("Why does flattening lose what sharing gives?",
             "Its read-out has separate weights for every position and must learn the digits at each."),
            ("What does global max pooling discard?", "Where a feature was found."),
            ("How many shifts are tested?", f"{(2 * race.FURTHEST + 1) ** 2}, all equally likely."),
        ),
        "With pooling, equivariance and invariance.",
    )  # fmt: skip


def _size() -> Guide:
    own, sizes = Train(tab="size"), data_size.SIZES
    return Guide(
        "Training set size",
        "Students relate the amount of data a network needs to what its wiring assumes.",
        "“Sharing always wins.” It is an assumption: it helps most where data are few and the assumption holds.",
        (
            Activity(3, f"Training sets from {sizes[0]} to {words.amount(sizes[-1])} digits: sketch a curve for each "
                     "wiring.", (own, PREDICT)),
            Activity(4, "Train at every size, or read the recorded run. Compare with the sketches.", (own,)),
            Activity(3, "Discuss: what would more data, or shifted copies of it, do for the fully connected network?"),
        ),
        (
            ("What is kept equal between the sizes?", "The number of gradient steps, to the nearest whole epoch."),
            ("Is one run enough to rank two curves that cross?",
             "No: repeat with other seeds, and look at the spread."),
            ("What is the alternative to sharing?", "Data augmentation: show the same digit at many positions."),
        ),
        "With regularisation, data augmentation and inductive bias.",
    )  # fmt: skip


def _gradient() -> Guide:
    own, other = Train(tab="gradient"), Train(tab="gradient", watched=(3, 0, 4))
    rows, columns = race.MAPS[1:]
    return Guide(
        "Inside a gradient",
        "Students derive that the gradient of a shared weight is the sum of the gradients of its uses.",
        "“Each position updates its own copy of the kernel.” There is one weight and one update.",
        (
            Activity(4, f"One weight of kernel {own.watched[0] + 1} at {rows} × {columns} = {rows * columns} "
                     "positions: what does each contribute?", (own,)),
            Activity(3, f"The weight in row {other.watched[1] + 1}, column {other.watched[2] + 1} of kernel "
                     f"{other.watched[0] + 1}: compare the two sums on the page.", (other,)),
            Activity(3, "Derive it on paper: two uses, the chain rule, a sum."),
        ),
        (
            ("Can contributions cancel?", "Yes: positions can pull a weight in opposite directions."),
            ("What if the layer were locally connected, with equal numbers everywhere?",
             "Each position would keep its own contribution, and the copies would drift apart."),
            ("Does the order of the positions matter?", "No: it is a sum."),
        ),
        "With back-propagation through the convolution.",
    )  # fmt: skip


def _teacher() -> Guide:
    own, quiet = Train(tab="teacher"), Train(tab="teacher", disturbance=0.01)
    made = teacher.teacher(own, Setup())
    known = {kind: one.parameters for kind, one in teacher.theory(made).items()}
    return Guide(
        "Teacher–student",
        "Students connect the number of free parameters to the error that noise leaves after fitting.",
        "“More parameters fit better.” They fit the noise better.",
        (
            Activity(4, f"A known kernel makes noisy examples. Fully connected: {words.amount(known['dense'])} "
                     f"parameters, convolution: {known['conv']}. Predict the ratio of their errors; run.",
                     (own, Setup(), PREDICT)),
            Activity(3, f"Noise of variance {quiet.disturbance:g} instead of {own.disturbance:g}: predict how far the "
                     "lines move.", (quiet, Setup())),
            Activity(3, "Read the slope: how many times more examples halve the error?", (own, Setup())),
        ),
        (
            ("What does theory give for the excess error?", "σ²·p/n: noise times parameters over examples."),
            ("By which factor do the two dashed lines differ?",
             f"{words.factor(known['dense'] / known['conv'])}, the ratio of the parameters."),
            ("Where does the formula not hold?", "When there are no more examples than an output has inputs."),
        ),
        "With statistical efficiency, bias and variance.",
    )  # fmt: skip


def _nets() -> Guide:
    own = Train(tab="nets")
    first, last = NETS[0], NETS[-1]
    parameters = [net.network.parts[-1].stop for net in (first, last)]
    output = last.network.parts[-2]  # before its activation
    return Guide(
        "Five networks of 1989",
        "Students read a classic experiment in which connections grow while free parameters shrink.",
        "“More connections mean more parameters.” Not with shared weights.",
        (
            Activity(4, f"{first.name}: {words.amount(links(first.network))} connections, "
                     f"{words.amount(parameters[0])} parameters. {last.name}: {words.amount(links(last.network))} and "
                     f"{words.amount(parameters[1])}. Students explain each number.", (own,)),
            Activity(3, f"Train all {len(NETS)}, or read the recorded run: is the order the published one?", (own,)),
            Activity(3, f"One test digit in {lecun1989.TEST}: which differences are larger than chance?", (own,)),
        ),
        (
            ("Which parameters are not shared even in the last network?",
             f"The biases, one per unit, and the weights of the fully connected output layer, which has "
             f"{words.amount(output.stop - output.start)} of the {words.amount(parameters[1])} parameters."),
            ("Why do the figures here differ from the published ones?",
             "They are for different digits: those of the paper are not available."),
            ("What did the last network add to the one before?", "A second layer with shared weights, and more maps."),
        ),
        "As a historical case, with LeNet.",
    )  # fmt: skip
