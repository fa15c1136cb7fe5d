"""The quiz in class. Pure."""

from components.display.guide import Activity, Guide
from components.pages.quiz.questions import KINDS, questions
from components.pages.quiz.state import Quiz

EASY, HARD = Quiz(seed=1), Quiz(seed=1, level="hard")


def guides() -> tuple[Guide, ...]:
    asked = questions(EASY.seed, EASY.level)
    return (
        Guide(
            "Predict first, then see",
            "Students commit to a prediction, then discuss it with a neighbour and answer again.",
            "“I could follow, so I have understood.” A prediction puts it to the test, and every wrong answer points "
            "to one particular mistake.",
            (
                Activity(3, f"The quiz of this seed has {len(asked)} questions. Open a class at any of them, show the "
                         "code and let everybody answer alone.", (EASY,)),
                Activity(4, "Show the distribution: how often each answer was given, not which one is right. "
                         "Neighbours discuss. Ask again, then show the right answer, both distributions side by "
                         "side, and the mistake behind each wrong one.", (EASY,)),
                Activity(3, "The hard level, with stride, padding and dilation, for those who are done.", (HARD,)),
            ),
            (
                ("When is the discussion most useful?",
                 "When opinions are divided. If nearly all are right, go on; if few are, explain first."),
                ("How do I get other questions?",
                 f"Another seed draws them anew, from {len(KINDS)} kinds; the link keeps seed and level."),
                ("How do I use it without phones?",
                 "Print the worksheet, and the answer key, with the working for each answer."),
            ),
            "As a check after the chapter, or question by question along it.",
        ),
    )  # fmt: skip
