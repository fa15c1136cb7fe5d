"""Sequence in three sentences, a function for each tab. Pure."""

from collections.abc import Sequence as Many

from components.display import words
from components.display.race import Round
from components.display.summary import Summary, finding, of_run
from components.pages.sequence import digits, gradient, running_sum, unrolled
from components.pages.sequence.state import DigitClassifier, RunningSum, Sequence


def drawn(own: Sequence) -> Summary:
    return Summary(
        f"A recurrent layer unrolled over {words.plural(own.length, 'step')}, tied and untied, and a convolution over "
        "time, each as a network and as a matrix.",
        finding(unrolled.title(own)),
        "Change “Steps T” and see which layer gets more weights.",
    )


def longer(own: RunningSum, scores: Many[running_sum.Score], *, running: bool) -> Summary:
    return Summary(
        f"Errors of a tied and an untied recurrent network that add up numbers, trained on {own.steps} steps and run "
        f"on up to {running_sum.lengths(own)[-1]}, as a table and as lines.",
        of_run(running_sum.sentence(own, scores), running=running),
        "Set “Steps T in training” and train both networks.",
    )


def followed(own: Sequence, found: gradient.Contributions) -> Summary:
    return Summary(
        f"The gradient of one entry of V as a sum over the {words.plural(own.far - 1, 'step')} that use it, and its "
        "norm on the way back through time.",
        finding(gradient.sentence(own, found)),
        "Move “Spectral radius of V” above and below one.",
    )


def read(own: DigitClassifier, rounds: list[Round], *, running: bool) -> Summary:
    return Summary(
        "Two recurrent networks, tied and untied, reading handwritten digits row by row: accuracy by epoch, and on "
        "longer sequences.",
        of_run(digits.sentence(own, rounds), running=running),
        "Train both and compare their test accuracies with their numbers of weights.",
    )


def cost(own: Sequence) -> Summary:
    return Summary(
        "Weights against the length of the sequence, tied and untied, as a chart.",
        finding(unrolled.cost_sentence(own)),
        "Compare the two curves at the greatest length.",
    )


def ideas() -> Summary:
    return Summary(
        f"{words.plural(len(unrolled.ideas()), 'layer')}, a convolution, a recurrent layer and an adaptive filter, "
        "each as a network and as a matrix.",
        finding(unrolled.IDEA),
        "Walk along the connections with the arrow keys, or point at one: all with its weight light up.",
    )
