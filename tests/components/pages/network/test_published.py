"""What was printed stands beside what is counted here, and neither is made from the other."""

import re
from dataclasses import replace

import pytest

from components.pages.network import costs, published
from components.pages.network.edits import start_from
from components.pages.network.layers import plan_of
from components.pages.network.state import Net
from kernels.networks.zoo import ZOO, Published

PRINTED = {
    (known.title, of): printed
    for known in ZOO
    for of, printed in (
        ("parameters", known.parameters),
        ("multiply-adds", known.multiply_adds),
        ("connections", known.connections),
        ("units", known.units),
        *((f"{part.name}: parameters", part.parameters) for part in known.printed),
        *((f"{part.name}: connections", part.connections) for part in known.printed),
        *((f"{part.name}: parameters without sharing", part.untied) for part in known.printed),
    )
    if printed
}
APART = ("MobileNet v1 with full convolutions", "multiply-adds")  # printed without the last layer
each = pytest.mark.parametrize("known", ZOO, ids=[known.id for known in ZOO])


def test_the_printed_figures_are_those_of_the_papers_each_once_and_agree_but_for_one() -> None:
    table = published.table()
    assert {len(column) for column in table.values()} == {len(table["network"])}
    assert list(dict.fromkeys(table["network"])) == [known.title for known in ZOO]
    keys = list(zip(table["network"], table["of"], strict=True))
    shown = dict(zip(keys, table["published"], strict=True))
    assert len(shown) == len(keys)
    assert shown == PRINTED
    computed = dict(zip(keys, table["computed here"], strict=True))
    computed["LeNet-5, 1998", "connections"] += 84 * 10  # its output layer is fixed
    exact = [key for key in keys if "MobileNet" not in key[0]]
    assert {key: computed[key] for key in exact} == {key: PRINTED[key] for key in exact}
    told = dict(zip(keys, table["agree"], strict=True))
    assert told.pop(APART) == "✗"
    assert told.pop(("LeNet-5, 1998", "connections")) == "✓ including 840 fixed"
    assert told == {key: "✓ rounded" if "MobileNet" in key[0] else "✓" for key in told}
    assert published.sentence().startswith(f"{len(keys) - 1} of {len(keys)} published figures")
    assert published.sentence().endswith(": MobileNet v1 with full convolutions, multiply-adds.")


def test_what_would_be_if_nothing_were_shared_stands_beside_parameters_alone() -> None:
    table = published.table()
    told = dict(zip(zip(table["network"], table["of"], strict=True), table["without sharing"], strict=True))
    assert {of.rpartition(": ")[2] for (_, of), untied in told.items() if untied is not None} == {"parameters"}
    assert all(untied is not None for (_, of), untied in told.items() if of.endswith("parameters"))
    assert told["Zip-code network, 1989", "parameters"] == 64_660
    assert told["LeNet-5, 1998", "parameters"] == 340_068


@each
def test_the_page_counts_the_same_when_one_starts_from_it_and_names_its_source(known: Published) -> None:
    made = plan_of(start_from(Net(), known.id))
    counted = costs.table(made)
    (figure,) = (one for one in published.figures() if (one.network, one.of) == (known, "parameters"))
    assert figure.computed == counted["free parameters"][-1]
    assert figure.untied == counted["without sharing"][-1]
    assert published.about(made) == f"{known.title}: {known.source}. {known.note}"
    text = next(text for text in published.sources() if known.title in text)
    assert known.source in text
    assert known.note in text
    assert any(year in known.source for year in ("1989", "1998", "2012", "2015", "2016", "2017"))


@each
def test_another_description_is_seen_and_no_computed_figure_is_the_printed_one(
    known: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = published.table()
    layers, ended = re.subn(r"dense (?:84|1000|10)(?=, (?:tanh|softmax)$)", "dense 11", known.layers)
    assert ended == 1
    bent = replace(known, layers=layers)
    monkeypatch.setattr(published, "ZOO", tuple(bent if one == known else one for one in ZOO))
    table = published.table()
    told = zip(table["network"], table["of"], table["agree"], strict=True)
    bad = [(network, of) for network, of, agree in told if agree == "✗"]
    wrong = [one for one in bad if one != APART]
    assert (known.title, "parameters") in wrong
    assert {network for network, _ in wrong} == {known.title}
    assert table["published"] == before["published"]
    many = len(table["agree"])
    assert published.sentence().startswith(f"{many - len(bad)} of {many} ")


def test_a_printed_figure_that_is_changed_is_seen_and_nothing_computed_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    before = published.table()
    monkeypatch.setattr(published, "ZOO", (replace(ZOO[0], parameters=9_761), *ZOO[1:]))
    table = published.table()
    assert table["computed here"] == before["computed here"]
    assert (table["agree"][0], table["agree"].count("✗")) == ("✗", 1 + before["agree"].count("✗"))
