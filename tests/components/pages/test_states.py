"""A seeded part of `python -m tests.benchmarks states`: random links, sound and hostile, opened as pages."""

import pytest

from tests.benchmarks.states import KINDS, MANY, link, opened
from tests.support.text import assert_are_three_sentences

pytestmark = pytest.mark.long

LINKS = {"explore": 6, "compare": 4} | {path: 12 for path in MANY if path not in ("explore", "compare")}


@pytest.mark.parametrize(("path", "seed"), [(path, 10_000 + n) for path, many in LINKS.items() for n in range(many)])
def test_a_random_link_opens_its_page_which_says_so_in_three_sentences(path: str, seed: int) -> None:
    found = opened(path, seed)
    assert found.trouble == "", link(path, seed)
    assert_are_three_sentences(found.summary)


def test_the_benchmark_draws_ten_thousand_different_links_for_all_pages() -> None:
    assert sum(MANY.values()) == 10_000
    assert MANY.keys() == KINDS.keys()
    for path in ("explore", "network"):
        links = {tuple(link(path, seed).items()) for seed in range(60)}
        assert len(links) > 55
        assert {len(some) > 6 for some in links} == {True, False}


def test_a_link_is_the_same_whenever_it_is_drawn() -> None:
    assert all(link(path, seed) == link(path, seed) for path in MANY for seed in range(9))


def test_a_page_that_fails_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_given: object) -> None:
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr("components.pages.sequence.page.notices", fail)
    assert opened("sequence", 1).trouble
