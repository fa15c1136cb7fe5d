"""A step of the lesson in three sentences. Pure."""

from components.display.summary import Summary, finding, sentences
from components.pages.lesson.steps import STEPS, Step, number_of


def summary(step: Step, *, done: bool) -> Summary:
    """What the step says, and what to try; once that is done, what to notice, and the way on."""
    number, many = number_of(step.name), len(STEPS)
    shown = f"Step {number} of {many} of the lesson, “{step.title}”: words, and beside them a live object to try."
    if not done:
        return Summary(shown, _said(step), finding(step.tries))
    onward = f"Go on to step {number + 1}, “{STEPS[number].title}”." if number < many else "That was the last step."
    return Summary(shown, finding(step.notice()), onward)


def _said(step: Step) -> str:
    """The first sentence that is no question."""
    told = sentences(" ".join(step.says()))
    return next(sentence for sentence in told if sentence.endswith("."))
