"""The pages, in the order of the navigation."""

from collections.abc import Callable
from dataclasses import dataclass

from components.pages import channels, compare, explore, lesson, network, quiz, sequence, train
from kernels.memory import spare_modules


@dataclass(frozen=True, slots=True)
class Page:
    """`path` is the page's place in the URL; the first page is the root."""

    render: Callable[[], None]
    title: str
    path: str
    icon: str


PAGES = (
    Page(explore.render, "Explore", "explore", ":material/grid_on:"),
    Page(lesson.render, "Lesson", "lesson", ":material/school:"),
    Page(compare.render, "Compare", "compare", ":material/compare:"),
    Page(channels.render, "Channels", "channels", ":material/layers:"),
    Page(train.render, "Train", "train", ":material/model_training:"),
    Page(network.render, "Network", "network", ":material/account_tree:"),
    Page(sequence.render, "Sequence", "sequence", ":material/timeline:"),
    Page(quiz.render, "Quiz", "quiz", ":material/quiz:"),
)
spare_modules()
