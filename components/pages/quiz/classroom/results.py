"""What a class has answered: each round's distribution, then the right answer beside it; the counts as CSV. Pure."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

import plotly.graph_objects as go

from components.display import theme, words
from components.display.chart import Chart
from components.pages.quiz.classroom.rooms import Round
from components.pages.quiz.question import LETTERS, Question

ROUND_NAMES = ("First answers", "After discussion")
LOOKS = dict(
    zip(ROUND_NAMES, ({"color": theme.NEURON, "pattern": {"shape": "/"}}, {"color": theme.ROLES["conv"]}), strict=True)
)
HEIGHT = 210  # pixels of the bars: question, answers and bars are on one screen
Counts = Mapping[Round, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Distribution:
    """How often each choice was made in each round, by its name. Nothing here knows which one is right."""

    rounds: Mapping[str, tuple[int, ...]]

    @property
    def any(self) -> bool:
        """Whether there is anything to draw."""
        return bool(self.rounds)

    @property
    def finding(self) -> str:
        """How many have answered in each round, and what to do with it."""
        parts = [f"{name}: {words.plural(sum(counts), 'student')}" for name, counts in self.rounds.items()]
        if not parts:
            return "Nobody has answered."
        return f"{'; '.join(parts)}. Which answer is right, and why? Convince your neighbour."

    @property
    def alt(self) -> str:
        said = [
            f"{name}: " + ", ".join(f"{LETTERS[n]} {count}" for n, count in enumerate(counts))
            for name, counts in self.rounds.items()
        ]
        return f"Bars of how often each answer was given. {'; '.join(said)}."

    def figure(self, names: Sequence[str] = LETTERS) -> go.Figure:
        """A group of bars for each choice, one for each round. names: of the choices."""
        chart = Chart()
        for name, counts in self.rounds.items():
            chart.add_bar(x=[*names], y=counts, name=name, marker=LOOKS[name], text=counts, textposition="outside")
        chart.update_layout(height=HEIGHT, barmode="group", showlegend=len(self.rounds) > 1)
        most = max((max(counts) for counts in self.rounds.values()), default=0)
        chart.update_yaxes(range=[0, 1.4 * max(most, 1)], showticklabels=False, showgrid=False)  # bars have numbers
        return chart.styled("", "students")


@dataclass(frozen=True, slots=True)
class Solution:
    """The right answer beside what was answered, and the mistake behind each wrong one."""

    question: Question
    answered: Distribution

    @property
    def any(self) -> bool:
        return self.answered.any

    @property
    def finding(self) -> str:
        """How many were right in each round, in a sentence."""
        parts = []
        for name, counts in self.answered.rounds.items():
            right, many = counts[self.question.right], sum(counts)
            parts.append(f"{name}: {right} of {many} correct" + (f" ({right / many:.0%})" if many else ""))
        return f"{self._right} {'; '.join(parts) or 'Nobody has answered'}."

    @property
    def mistakes(self) -> list[str]:
        """The wrong choices that were made, most frequent in the last round first, with the mistake behind each."""
        rounds = [*self.answered.rounds.values()]
        last = rounds[-1] if rounds else ()
        made = [(count, n) for n, count in enumerate(last) if count and n != self.question.right]
        return [
            f"{LETTERS[n]} ({words.plural(count, 'student')}): {self.question.choices[n].mistake}"
            for count, n in sorted(made, key=lambda pair: (-pair[0], pair[1]))
        ]

    @property
    def alt(self) -> str:
        return f"{self.answered.alt} {self._right}"

    def figure(self) -> go.Figure:
        """The bars of what was answered; the right one's name has a tick."""
        return self.answered.figure(
            [f"{letter} ✓" if n == self.question.right else letter for n, letter in enumerate(LETTERS)]
        )

    @property
    def _right(self) -> str:
        return f"{LETTERS[self.question.right]} is correct."


def distribution(number: int, counts: Counts) -> Distribution:
    """The rounds of this question, counted from 0, in which anybody has answered."""
    return Distribution(
        {ROUND_NAMES[round_]: votes for (asked, round_), votes in sorted(counts.items()) if asked == number}
    )


def table(asked: tuple[Question, ...], counts: Counts) -> str:
    """All counts as CSV, a line for each question, round and choice: nothing that could be anybody's."""
    text = StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["question", "kind", "round", "answer", "text", "correct", "mistake", "students"])
    for (number, round_), votes in sorted(counts.items()):
        question = asked[number]
        for n, (choice, students) in enumerate(zip(question.choices, votes, strict=True)):
            right = int(n == question.right)
            rows.writerow(
                [number + 1, question.kind, round_ + 1, LETTERS[n], choice.text, right, choice.mistake, students]
            )
    return text.getvalue()
