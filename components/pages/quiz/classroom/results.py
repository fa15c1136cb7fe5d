"""What a class has answered: the distribution of each round beside the right answer, and the counts as CSV. Pure."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO

import plotly.graph_objects as go

from components.display import theme, words
from components.display.chart import Chart
from components.pages.quiz.classroom.rooms import Round
from components.pages.quiz.question import Question
from components.pages.quiz.worksheet import LETTERS

ROUND_NAMES = ("First answers", "After discussion")
LOOKS = dict(
    zip(ROUND_NAMES, ({"color": theme.NEURON, "pattern": {"shape": "/"}}, {"color": theme.ROLES["conv"]}), strict=True)
)
Counts = Mapping[Round, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Results:
    """The rounds of one question. rounds: how often each choice was made in each, by its name."""

    question: Question
    rounds: Mapping[str, tuple[int, ...]]

    @property
    def finding(self) -> str:
        """How many were right in each round, in a sentence."""
        parts = []
        for name, counts in self.rounds.items():
            right, many = counts[self.question.right], sum(counts)
            parts.append(f"{name}: {right} of {many} correct" + (f" ({right / many:.0%})" if many else ""))
        return f"{LETTERS[self.question.right]} is correct. {'; '.join(parts) or 'Nobody has answered'}."

    @property
    def mistakes(self) -> list[str]:
        """The wrong choices that were made, most frequent in the last round first, with the mistake behind each."""
        last = [*self.rounds.values()][-1] if self.rounds else ()
        made = [(count, n) for n, count in enumerate(last) if count and n != self.question.right]
        return [
            f"{LETTERS[n]} ({words.plural(count, 'student')}): {self.question.choices[n].mistake}"
            for count, n in sorted(made, key=lambda pair: (-pair[0], pair[1]))
        ]

    @property
    def alt(self) -> str:
        said = [
            f"{name}: " + ", ".join(f"{LETTERS[n]} {count}" for n, count in enumerate(counts))
            for name, counts in self.rounds.items()
        ]
        return f"Bars of how often each answer was given. {'; '.join(said)}. {LETTERS[self.question.right]} is correct."

    def figure(self) -> go.Figure:
        """A group of bars for each choice, one for each round; the right one's name has a tick."""
        chart = Chart()
        names = [
            f"{LETTERS[n]} ✓" if n == self.question.right else LETTERS[n] for n in range(len(self.question.choices))
        ]
        for name, counts in self.rounds.items():
            chart.add_bar(x=names, y=counts, name=name, marker=LOOKS[name], text=counts, textposition="outside")
        chart.update_layout(height=320, barmode="group", showlegend=len(self.rounds) > 1)
        most = max((max(counts) for counts in self.rounds.values()), default=0)
        chart.update_yaxes(range=[0, 1.15 * max(most, 1)], showticklabels=False)  # the bars have their numbers
        return chart.styled("answer", "students")


def results(question: Question, number: int, counts: Counts) -> Results:
    """The rounds of this question, counted from 0, in which anybody has answered."""
    rounds = {ROUND_NAMES[round_]: votes for (asked, round_), votes in sorted(counts.items()) if asked == number}
    return Results(question, rounds)


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
