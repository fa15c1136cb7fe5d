"""The axes all charts share."""

import pytest

from components.display.chart import log_ticks


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([0.0154, 2.83], ["0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1", "2", "5"]),
        ([3, 40], ["2", "5", "10", "20", "50"]),
        ([1], ["0.5", "1", "2"]),
        ([0.0, 1e-3, float("nan"), 5], [*(f"10<sup>−{n}</sup>" for n in (3, 2, 1)), "1", "10<sup>1</sup>"]),
        ([1e-20, 1.0], [f"10<sup>{n}</sup>" for n in ("−20", "−17", "−14", "−11", "−8", "−5", "−2")]),
    ],
    ids=str,
)
def test_the_ticks_of_a_log_axis_are_round_numbers_that_are_where_they_say(
    values: list[float], shown: list[str]
) -> None:
    ticks = log_ticks(values)
    assert ticks["ticktext"] == shown
    read = [10.0 ** float(text[7:-6].replace("−", "-")) if "sup" in text else float(text) for text in shown]
    assert ticks["tickvals"] == pytest.approx(read, rel=1e-12)


def test_an_axis_of_nothing_has_no_ticks_of_its_own() -> None:
    assert log_ticks([0.0, float("inf")]) == {}
