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


def test_the_benchmark_draws_ten_thousand_different_links_for_all_pages_and_the_same_ones_every_time() -> None:
    assert sum(MANY.values()) == 10_000
    assert MANY.keys() == KINDS.keys()
    for path in ("explore", "network"):
        links = [link(path, seed) for seed in range(60)]
        assert len({tuple(some.items()) for some in links}) > 55
        assert {len(some) > 6 for some in links} == {True, False}
        assert links == [link(path, seed) for seed in range(60)]


def test_a_page_that_fails_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_given: object) -> None:
        raise ZeroDivisionError("on purpose")

    monkeypatch.setattr("components.pages.sequence.page.notices", fail)
    assert opened("sequence", 1).trouble
