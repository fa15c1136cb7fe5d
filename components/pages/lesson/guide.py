"""The lesson in class: a guide to the whole path, and one to a lecture with all pages. Pure."""

from components.display import words
from components.display.guide import Activity, Guide
from components.pages.lesson.lecture import lecture
from components.pages.lesson.state import NAMES, Lesson
from components.pages.lesson.steps import SMALL, WIRED, square_layer, step_of
from components.pages.train.race import IN_SHAPE, first_layer
from components.state.setup import Setup
from components.state.show import PREDICT


def guides() -> tuple[Guide, ...]:
    counts, wired = square_layer(SMALL).counts, square_layer(WIRED).counts
    uses = counts["conv"].connections // counts["conv"].parameters
    dense, local, conv = (wired[kind].parameters for kind in ("dense", "local", "conv"))
    sizes = {kind: words.amount(first_layer(kind).parameters(IN_SHAPE)) for kind in ("dense", "local", "conv")}
    return (
        Guide(
            f"The whole path, {len(NAMES)} steps",
            "Students meet weight sharing in one kernel, in one matrix, in its costs and in what it does for learning.",
            "“Weight sharing is a trick of image processing.” It is one idea in space, time, channels and depth.",
            (
                Activity(2, f"{_titled('colours')}: {counts['conv'].connections} connections in "
                         f"{counts['conv'].parameters} colours, each weight used {uses} times.",
                         (Lesson(step="colours"),)),
                Activity(2, f"{_titled('matrix')}: press From dense to shared.", (Lesson(step="matrix"),)),
                Activity(2, f"{_titled('locality')}: from {words.amount(dense)} weights to {words.amount(local)}, "
                         f"then to {conv}.", (Lesson(step="locality"),)),
                Activity(2, f"{_titled('digits')}: first layers of {sizes['dense']}, {sizes['local']} and "
                         f"{sizes['conv']} weights. Predict the order; press Play.",
                         (Lesson(step="digits"), PREDICT)),
                Activity(2, f"{_titled('beyond')}: weights shared between layers.", (Lesson(step="beyond"),)),
            ),
            (
                ("Which step convinced you that the layers compute the same?",
                 "Many name the matrix: the diagonals are the sliding window."),
                ("What is the ratio of weights for the photograph?",
                 f"{words.amount(square_layer(Setup()).counts['dense'].parameters)} fully connected to "
                 f"{square_layer(Setup()).counts['conv'].parameters} shared."),
                ("Where would you not share?", "Where positions, steps or channels differ in what they mean."),
            ),
            "Before or beside the whole chapter; each step stands alone.",
        ),
        lecture(),
    )  # fmt: skip


def _titled(step: str) -> str:
    return step_of(step).title
