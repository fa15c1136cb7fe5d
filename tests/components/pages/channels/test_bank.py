"""What the table of kernels and the dial are sent: every weight in its place, with its own colour."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from components.display import theme
from components.pages.channels import bank as bank_component
from components.pages.channels import layer, slider
from components.pages.channels.bank import props
from components.pages.channels.state import Channels
from components.state.link import edited
from tests.support.pictures import hexed

Case = tuple[int, int, int, tuple[int, int]]  # channels, outputs, groups, kernel size
CASES: list[Case] = [
    (1, 1, 1, (3, 3)),
    (3, 4, 1, (3, 3)),
    (3, 3, 1, (1, 1)),
    (3, 3, 3, (3, 3)),
    (2, 4, 2, (2, 5)),
    (4, 6, 2, (7, 7)),
    (4, 4, 4, (1, 7)),
]
every_case = pytest.mark.parametrize("case", CASES, ids=str)


def bank_of(case: Case) -> Channels:
    many, outputs, groups, size = case
    weight = np.random.default_rng(3).normal(size=(outputs, many // groups, *size)).round(2)
    biases = np.arange(outputs) - 1.5
    own = edited(Channels(), filters=weight.tolist(), biases=biases.tolist(), groups=groups)
    return layer.fitted(own, many)


def names(case: Case) -> tuple[str, ...]:
    return tuple(f"c{n}" for n in range(case[0]))


@every_case
def test_each_kernel_stands_in_the_row_of_its_output_and_the_column_of_its_channel(case: Case) -> None:
    many, outputs, groups, (_, L) = case
    own = bank_of(case)
    sent = props(own, names(case))
    assert (sent["channels"], sent["L"], sent["biases"]) == (names(case), L, own.biases)
    assert len(sent["outputs"]) == outputs
    weight, reads = np.array(own.filters), many // groups
    for o, row in enumerate(sent["outputs"]):
        assert len(row) == many
        for c, cell in enumerate(row):
            if c // reads != o // (outputs // groups):
                assert cell is None
                continue
            assert cell["channel"] == c % reads
            assert cell["weights"] == weight[o, c % reads].ravel().tolist()


@every_case
def test_each_weight_has_the_colour_it_has_in_the_matrix_and_letters_that_can_be_read(case: Case) -> None:
    many, outputs, groups, (K, L) = case
    reads = many // groups
    colours = theme.bank(outputs, reads, K, L).reshape(outputs, reads, K * L, 3)
    for o, row in enumerate(props(bank_of(case), names(case))["outputs"]):
        for cell in filter(None, row):
            mine = colours[o, cell["channel"]]
            assert cell["colours"] == [hexed(colour) for colour in mine]
            assert cell["inks"] == [better(colour.tolist()) for colour in mine]


def better(colour: list[int]) -> str:
    """Black or white, by the contrast of WCAG 2."""
    parts = [part / 255 for part in colour]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if (light + 0.05) / 0.05 > 1.05 / (light + 0.05) else "#ffffff"


@every_case
def test_a_kernel_has_a_hue_of_its_own_and_goes_from_dark_to_light(case: Case) -> None:
    cells = [cell for row in props(bank_of(case), names(case))["outputs"] for cell in row if cell]
    if len(cells) == 1:
        assert len(set(cells[0]["colours"])) == len(cells[0]["colours"])
        return
    seen: set[str] = set()
    for cell in cells:
        assert not seen & set(cell["colours"])
        seen |= set(cell["colours"])
        light = [sum(bytes.fromhex(colour[1:])) for colour in cell["colours"]]
        assert light == sorted(light)
        assert light[0] < light[-1] or len(light) == 1


def test_no_two_weights_of_the_first_bank_have_the_same_colour() -> None:
    sent = props(Channels(), ("Red", "Green", "Blue"))
    colours = [colour for row in sent["outputs"] for cell in row if cell for colour in cell["colours"]]
    assert len(set(colours)) == len(colours) == 4 * 3 * 9


@every_case
def test_what_is_sent_is_plain_json_that_says_the_same(case: Case) -> None:
    sent = props(bank_of(case), names(case))
    back = json.loads(json.dumps(sent, allow_nan=False))
    assert back["outputs"] == sent["outputs"]
    assert (tuple(back["channels"]), tuple(back["biases"]), back["L"]) == (sent["channels"], sent["biases"], sent["L"])


def test_a_changed_weight_changes_one_number_and_no_colour() -> None:
    own = bank_of(CASES[1])
    changed = [[[list(row) for row in kernel] for kernel in one] for one in own.filters]
    changed[2][1][0][2] = 9.5
    before, after = (props(each, ("a", "b", "c")) for each in (own, edited(own, filters=changed)))
    assert after["outputs"][2][1]["weights"][2] == 9.5
    after["outputs"][2][1]["weights"][2] = before["outputs"][2][1]["weights"][2]
    assert before == after


def test_the_table_does_not_depend_on_where_the_visitor_looks() -> None:
    own = bank_of(CASES[3])
    other = replace(own, cell=(2, 9, 9), part=(0, 5, 0, 5), seed=7)
    assert props(own, ("a", "b", "c")) == props(other, ("a", "b", "c"))


class Mount:
    """Stands in the place of a component, and remembers what it is sent."""

    def __init__(self) -> None:
        self.sent: dict[str, Any] = {}

    def __call__(self, **sent: object) -> None:
        self.sent = sent


def test_the_dial_is_sent_its_number_its_limits_and_its_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    mount, placed = Mount(), [0]
    monkeypatch.setattr(slider, "_mount", mount)
    slider.dial("mu", "Step size μ", 0.05, (1e-4, 2.0), {"bound": 0.25, "other": 0.5}, lambda: placed.append(1))
    assert mount.sent["data"] == {
        "label": "Step size μ",
        "value": 0.05,
        "low": 1e-4,
        "high": 2.0,
        "marks": {"bound": 0.25, "other": 0.5},
    }
    assert mount.sent["key"] == "mu"
    mount.sent["on_place_change"]()
    assert placed == [0, 1]
    assert json.loads(json.dumps(mount.sent["data"], allow_nan=False)) == mount.sent["data"]


def test_the_table_is_mounted_with_its_props_and_its_callback(monkeypatch: pytest.MonkeyPatch) -> None:
    mount, typed = Mount(), [0]
    monkeypatch.setattr(bank_component, "_mount", mount)
    own = bank_of(CASES[1])
    bank_component.bank("bank", own, ("a", "b", "c"), lambda: typed.append(1))
    assert (mount.sent["key"], mount.sent["data"]) == ("bank", props(own, ("a", "b", "c")))
    mount.sent["on_edit_change"]()
    assert typed == [0, 1]
