"""Every page's title states what it finds, computed, and follows what is set."""

import re

from tests.support.text import numbers
from tests.support.visitor import Visitor


class Page(Visitor):
    """A session that begins on any page."""

    def __init__(self, path: str, **query: str) -> None:
        self.path = path
        super().__init__(**query)
        self.is_sound()


def test_the_title_of_compare_is_about_its_columns_and_follows_the_kernel() -> None:
    page = Page("compare", image="grid", side="10", kernel="1,2;3,4")
    dense, *_, conv = (card["headline"] for card in page.data("four_layers")["cards"][1:])
    assert numbers(page.title) == [*numbers(conv)[:1], *numbers(dense)[:1], 10, 10] == [4, 9 * 9 * 10 * 10, 10, 10]
    page.put("stride", 3)
    assert numbers(page.title) == [4, 3 * 3 * 10 * 10, 10, 10]


def test_where_the_kernel_does_not_fit_compare_still_has_a_title() -> None:
    page = Page("compare", image="grid", side="10", kernel=";".join([",".join("1" * 15)] * 15))
    assert page.errors
    assert page.title == ":primary[Four layers], one picture"


def test_the_title_of_channels_follows_the_bank() -> None:
    page = Page("channels", image="grid", side="10", kernel="1", filters="")
    maps = len(page.data("maps")["cards"])
    assert numbers(page.title)[1:] == [3, maps]
    with page.within(0):
        page.put("outputs", maps + 1)
        assert numbers(page.title)[1:] == [3, maps + 1]
        page.put("bank_K", 1)
        page.put("bank_L", 1)
        assert numbers(page.title) == [(maps + 1) * (3 + 1), 3, maps + 1]


def test_the_title_of_train_is_the_race_s() -> None:
    page = Page("train", examples="20", epochs="1", racers="dense,conv", batch="20")
    before = numbers(page.title)
    assert before == sorted(numbers(card["headline"])[0] for card in page.data("networks")["cards"])
    page.press("train_step")
    shares = [fact["text"] for card in page.data("networks")["cards"] for fact in card["facts"][1:2]]
    assert set(re.findall(r"[\d.]+%", page.title)) == set(shares)
