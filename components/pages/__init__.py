"""The pages, in the order of the navigation."""

from collections.abc import Callable
from dataclasses import dataclass

from components.pages.channels import page as channels
from components.pages.compare import page as compare
from components.pages.explore import page as explore
from components.pages.lesson import page as lesson
from components.pages.network import page as network
from components.pages.quiz import page as quiz
from components.pages.sequence import page as sequence
from components.pages.train import page as train
from components.session.memory import spare_modules


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
