"""Sequence in class, a guide for each tab. Pure."""

from dataclasses import replace

from components.display import words
from components.display.guide import Activity, Guide
from components.pages.sequence import digits, gradient, running_sum, unrolled
from components.pages.sequence.state import DigitClassifier, RunningSum, Sequence
from components.state.show import PREDICT
from kernels.images.digits import SIDE

FITS = "A bridge from these chapters to recurrent networks."
LONG = Sequence(tab="unrolled", length=8)
EXPLODES, VANISHES = Sequence(tab="gradient", radius=1.2), Sequence(tab="gradient")


def guides() -> tuple[Guide, ...]:
    return _unrolled(), _longer(), _gradient(), _digits(), _cost(), _ideas()


def _weights(own: Sequence) -> tuple[int, int]:
    """Tied and untied."""
    shape = unrolled.in_shape(own)
    return unrolled.tied_layer(own).parameters(shape), unrolled.untied_layer(own).parameters(shape)


def _unrolled() -> Guide:
    own = Sequence(tab="unrolled")
    (tied, untied), (_, more) = _weights(own), _weights(LONG)
    return Guide(
        "Unrolled",
        "Students see a recurrent layer as a deep network whose steps share one set of weights.",
        "“A recurrent network has a loop, so it is no feed-forward network.” Unrolled over a sequence, it is one.",
        (
            Activity(4, f"{own.length} steps: {tied} weights tied, {untied} with separate weights per step. Point at a "
                     "weight and find its colour in every step.", (own,)),
            Activity(3, f"{LONG.length} steps: predict both numbers. {tied} and {words.amount(more)}.", (LONG,)),
            Activity(3, "Compare with the convolution over time: which windows share, and what is missing? "
                     "The state.", (own,)),
        ),
        (
            ("Which blocks of W repeat?", "U along the diagonal, V below it."),
            ("Why can a tied layer read longer sequences?", "The next step needs no new weight."),
            ("What do RNN and CNN have in common?", "One set of weights used again at every step or position."),
        ),
        FITS,
    )  # fmt: skip


def _longer() -> Guide:
    own = RunningSum()
    lengths = running_sum.lengths(own)
    tied, untied = (running_sum.network(kind, own.steps).parts[0].stop for kind in (True, False))
    return Guide(
        "Longer than trained",
        "Students see a task in which every step is alike, so that sharing over time generalises to longer sequences.",
        "“A network can only handle sequence lengths it was trained on.” With tied steps it can run on any length.",
        (
            Activity(3, f"Trained to add {lengths[0]} numbers, tested on {lengths[1]} and {lengths[2]}. Predict the "
                     "error of each way.", (Sequence(tab="longer"), own, PREDICT)),
            Activity(4, "Run, or read the recorded run, with the spread of the seeds.", (Sequence(tab="longer"), own)),
            Activity(3, f"Trained on {RunningSum(steps=4).steps} steps only: is it enough?",
                     (Sequence(tab="longer"), RunningSum(steps=4))),
        ),
        (
            ("Why is there no obvious way to extend the untied network?", "It has no weights beyond the last step."),
            ("How many weights do the recurrent layers have?", f"{tied} tied, {words.amount(untied)} untied."),
            ("Name a task for which steps are not alike.",
             "One in which each position has a fixed meaning, as in a form."),
        ),
        FITS,
    )  # fmt: skip


def _gradient() -> Guide:
    near, far = (gradient.contributions(own) for own in (VANISHES, EXPLODES))
    return Guide(
        "Gradient through time",
        "Students explain vanishing and exploding gradients by repeated multiplication with one matrix.",
        "“The gradient of a shared weight is that of its last use.” It is the sum over all steps.",
        (
            Activity(4, f"Spectral radius {VANISHES.radius:g}: over {VANISHES.far} steps back the norm falls from "
                     f"{words.figure(near.norms[-1])} to {words.figure(near.norms[0])}.", (VANISHES,)),
            Activity(3, f"Spectral radius {EXPLODES.radius:g}: predict; from {words.figure(far.norms[-1])} to "
                     f"{words.figure(far.norms[0])}.", (EXPLODES,)),
            Activity(3, "Which steps contribute most to the sum in each case?", (VANISHES,)),
        ),
        (
            ("Why does a shared V make it worse?", "The same factor is applied at every step, so effects compound."),
            ("What would untied steps change?", "Their factors differ, and need not all shrink or all grow."),
            ("Which remedies do you know?", "Gating, clipping, and initial weights with a radius near one."),
        ),
        FITS,
    )  # fmt: skip


def _digits() -> Guide:
    own = DigitClassifier()
    tied, untied = (digits.network(kind, own).parts[0].stop for kind in (digits.TIED, digits.UNTIED))
    more = DigitClassifier(examples=1000)
    return Guide(
        "Digits row by row",
        "Students meet a task on which tying over time does not help, and say why.",
        "“Sharing always helps generalisation.” Only where the steps mean the same.",
        (
            Activity(4, f"Digits of {SIDE} rows, one row per step; recurrent layers of {words.amount(tied)} "
                     f"weights tied and {words.amount(untied)} untied. Vote, then play.",
                     (Sequence(tab="digits"), own, PREDICT)),
            Activity(3, f"{words.amount(more.examples)} digits instead of {own.examples}: does the order change?",
                     (Sequence(tab="digits"), more)),
            Activity(3, "Read the second chart: what happens beyond the trained length?",
                     (Sequence(tab="digits"), own)),
        ),
        (
            ("Why do separate weights do no harm here?", "Each row of a digit has a fixed position."),
            ("What does tying still give?", "Fewer weights, and a network that runs on longer inputs."),
            ("How does this differ from the running sum?",
             "There every step does the same; here rows differ in meaning."),
        ),
        FITS,
    )  # fmt: skip


def _cost() -> Guide:
    own = Sequence(tab="cost")
    twice = replace(own, length=2 * own.length)
    (tied, untied), (_, double) = _weights(own), _weights(twice)
    longest = {one.name: one.parameters[-1] for one in unrolled.growth(own)}
    return Guide(
        "Cost",
        "Students read how parameters grow with the length of the sequence for four wirings.",
        "“A longer sequence needs a larger network.” Not if steps share their weights.",
        (
            Activity(4, f"{own.length} steps: {tied} weights tied, {untied} untied. Predict both for {twice.length}: "
                     f"{tied} and {words.amount(double)}.", (own,)),
            Activity(3, f"At {unrolled.LENGTHS[-1]} steps, fully connected: "
                     f"{words.amount(longest['fully connected'])}. Why with the square of the length?", (own,)),
            Activity(3, f"{Sequence(units=4).units} units: which lines move?", (replace(own, units=4),)),
        ),
        (
            ("Which lines are flat?", "The tied recurrent layer and the convolution over time."),
            ("Does the work stay the same, too?", "No: it grows with the number of steps."),
            ("Why is the fully connected line steeper than the untied one?",
             "Every state reads the whole sequence, not one step."),
        ),
        FITS,
    )  # fmt: skip


def _ideas() -> Guide:
    drawn = [one.wiring.n_params for one in unrolled.ideas()]
    return Guide(
        "Space, time, channels",
        "Students state weight sharing as one idea and recognise it in three kinds of layer.",
        "“CNN, RNN and adaptive filter are unrelated.” Each is a list of connections that share weights.",
        (
            Activity(4, f"Three layers of {drawn[0]}, {drawn[1]} and {drawn[2]} weights. Point at one weight in each: "
                     "over what is it shared?", (Sequence(tab="ideas"),)),
            Activity(3, "Students name a fourth axis along which weights could be shared."),
            Activity(3, "Write one sentence that holds for all three.", (Sequence(tab="ideas"),)),
        ),
        (
            ("What do the three have in common?", "W repeats its weights; the gradient of each sums over its uses."),
            ("What differs?", "Over what they are shared: positions, time steps, channels."),
            ("Which assumption stands behind each?", "That positions, steps or channels behave alike."),
        ),
        FITS,
    )  # fmt: skip
