"""Train in three sentences, a function for each tab. Pure."""

from collections.abc import Sequence

from components.display import words
from components.display.race import Round
from components.display.summary import Summary, of_run
from components.pages.train import data_size, gradient, lecun1989, race, readouts, results, teacher
from components.pages.train.state import Train
from kernels.learning.lecun1989 import NETS
from kernels.learning.teacher import Teacher


def learning(own: Train, rounds: Sequence[Round], *, running: bool) -> Summary:
    networks = words.plural(len(race.variants(own)), "network")
    return Summary(
        f"{networks} reading handwritten digits, different only in the wiring of the first layer: accuracy by epoch as "
        "curves, and a card for each network.",
        of_run(results.sentence(own, rounds), running=running),
        "Choose the wirings under “First layer” and train them.",
    )


def pooled(scores: Sequence[readouts.Score], own: Train, *, running: bool) -> Summary:
    return Summary(
        "A table of test accuracies, shared or not by pooled or flattened, over several random seeds, and the seeds as "
        f"dots, for shifts of up to {words.plural(own.reach, 'pixel')} in training.",
        of_run(readouts.sentence(scores), running=running),
        "Set “Maximum shift in training” and run all networks.",
    )


def sizes(points: Sequence[data_size.Point], own: Train, *, running: bool) -> Summary:
    return Summary(
        f"Test accuracy of {words.plural(len(own.kinds), 'network')} against the number of training digits, from "
        f"{words.amount(data_size.SIZES[0])} to {words.amount(data_size.SIZES[-1])}, as a table and as curves.",
        of_run(data_size.sentence(points), running=running),
        "Train at every size and see which network needs the fewest digits.",
    )


def watched(own: Train, found: gradient.Contributions) -> Summary:
    o, k, l = own.watched
    weight, total = words.indexed("F", k + 1, l + 1), words.figure(float(found.kernels[o, k, l]))
    return Summary(
        f"The gradient of weight {weight} of kernel {o + 1}, position by position, and the gradient of the whole "
        "kernel.",
        f"∂L/∂{weight} = {total}, the sum of the contributions of all {found.positions.size} positions.",
        "Choose another weight with “Kernel”, “Row” and “Column”.",
    )


def student(fits: Sequence[teacher.Fit], made: Teacher, *, running: bool) -> Summary:
    weights = words.plural(len(teacher.theory(made)), "layer")
    return Summary(
        f"{weights} fitted to the noisy outputs of a known kernel: excess error as a table and as curves, measurement "
        "beside theory.",
        of_run(teacher.sentence(fits), running=running),
        "Set “Noise variance σ²” and fit all layers.",
    )


def lecun(found: Sequence[lecun1989.Result], *, running: bool) -> Summary:
    return Summary(
        f"LeCun's {words.plural(len(NETS), 'network')} of 1989 in weight colours, each with its parameters and its "
        "accuracy.",
        of_run(lecun1989.sentence(found), running=running),
        "Train all of them and compare the accuracies with the numbers of parameters.",
    )
