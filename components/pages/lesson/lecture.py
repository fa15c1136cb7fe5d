"""A whole lecture with the pages, minute by minute; every link opens as a class sees it. Pure."""

from components.display.guide import Activity, Guide
from components.pages.compare.state import Compare
from components.pages.lesson.state import Lesson
from components.pages.lesson.steps import PHOTO, SMALL, square_layer, step_of
from components.pages.quiz.state import QUESTIONS, Quiz
from components.pages.train.state import Train
from components.state.link import State
from components.state.setup import LANDING, SIDE, Setup
from components.state.show import Show

PREDICTING = Show(present=True, start="blank")  # as a class sees it: large, and without the answer


def lecture() -> Guide:
    """The guide to one lecture. Its numbers are those of the layers that its links open."""
    counts = square_layer(SMALL).counts
    dense, local, conv = (counts[kind].parameters for kind in ("dense", "local", "conv"))
    plan = (
        _of("./", 3, "How many weights does a layer have that reads this photograph and writes one map? Let the class "
            "guess, then read the three counts.", Setup(image=PHOTO, side=int(SIDE.high))),
        _step(5, "kernel", "drag a weight; next step: point at a cell of the output; next step: press Play."),
        _step(3, "colours", f"point at a weight: it is used {counts['conv'].connections // conv} times."),
        _step(5, "matrix", f"press From dense to shared; pause at every stage and ask what was removed and what was "
              f"tied: {dense:,} weights, then {local}, then {conv}."),
        _of("quiz", 6, "Open a class under As a class and ask the first question; show the votes, let neighbours "
            "discuss, ask again.", Quiz()),
        _step(3, "locality", "move the slider from its minimum to its maximum: locally connected, tiled, convolution."),
        _of("compare", 6, "Which of these layers shift with their picture? Then switch the stride, the border and the "
            "read-out: what breaks equivariance?", Compare(tab="shift")),
        _of("./", 4, "Untie all, then One step: the copies drift apart. A shared weight moves by the gradients of all "
            "its uses together.", LANDING),
        _of("train", 4, "What does sharing gain with pooling, and what with flattened maps? Let the class predict, "
            "then show the recorded run and read the table row by row.", Train(tab="readouts")),
        _step(3, "network", "choose Draw and have a student draw a digit."),
        _of("quiz", 3, "Back in the class, ask the last question.", Quiz(question=QUESTIONS)),
    )  # fmt: skip
    return Guide(
        f"A lecture of {sum(activity.minutes for activity in plan)} minutes",
        "Students can say what weight sharing is, count what it saves, and say what it assumes and what breaks it.",
        "“A convolution is an image filter.” It is a layer whose weights are tied, whatever it reads.",
        plan,
        (
            (f"From {dense:,} weights to {conv}: which part is locality's, which is sharing's?",
             f"Locality leaves {local} and sharing {conv}: {dense / local:.1f} times and {local // conv} times fewer."),
            ("Which part of a network is equivariant to shifts, and which is invariant?",
             "Convolutions with stride one are equivariant; global pooling makes their answer invariant."),
            ("When would you not share weights?",
             "Where the same pattern means something else elsewhere, as in pictures that are always aligned."),
        ),
        "Before the chapter, or in its first lecture.",
    )  # fmt: skip


def _of(page: str, minutes: int, text: str, state: State) -> Activity:
    """A part on another page, shown as it is projected."""
    return Activity(minutes, text, (state, PREDICTING), page)


def _step(minutes: int, step: str, text: str) -> Activity:
    return Activity(minutes, f"{step_of(step).title}: {text}", (Lesson(step=step), PREDICTING))
