"""The Sharing page as a visitor's session."""

from tests.support.text import numbers
from tests.support.visitor import SharingPage


def test_the_dial_changes_the_title_and_the_colours_of_the_diagram() -> None:
    page = SharingPage(points="4", symmetry="none")
    for group, orbits in (("shifts", 16), ("permutations", 2)):
        page.put("symmetry", group)
        web = page.data("orbits")["webs"][0]
        assert len({web["colours"][id] for *_, id in web["edges"]}) == numbers(page.title)[0] == orbits


def test_another_domain_brings_its_own_symmetries_and_moves() -> None:
    page = SharingPage(symmetry="turns", move="turn")
    page.put("domain", "pairs")
    assert page.value("symmetry") == "permutations"
    assert numbers(page.title)[0] == 15
    page.put("domain", "graph")
    assert [card["title"] for card in page.data("check")["cards"]][1] == "x permuted by a symmetry of the graph"


def test_a_weight_changed_alone_is_measured() -> None:
    page = SharingPage()
    assert page.data("check")["cards"][-1]["facts"][0]["good"] is True
    page.put("alone", True)
    assert page.data("check")["cards"][-1]["facts"][0]["good"] is False


def test_the_tab_between_layers_counts_once_and_layer_by_layer_whatever_is_chosen() -> None:
    page = SharingPage(sharing_tab="layers")
    page.put("reused", "autoencoder")
    page.put("reused_inputs", 4)
    assert [numbers(page.title)[i] for i in (0, -1)] == [12, 24]
    assert [numbers(web["headline"])[0] for web in page.data("reuse")["webs"]] == [12, 24]
    page.put("reused", "repeated")
    page.put("shared_part", "none")
    assert "none is shared" in page.title


def test_a_pasted_list_is_audited_kept_while_the_tab_is_left_and_in_no_link() -> None:
    page = SharingPage(sharing_tab="layers")
    text = "in 10x4 p\nout 10x4 p\n<b>bias</b> 10 q"
    page.put("model_list", text)
    assert any(numbers(told.value)[:2] == [50, 90] for told in page.at.markdown)
    page.open_tab("Not sharing")
    page.open_tab("Between layers and branches")
    assert page.value("model_list") == text
    assert not [value for value in page.query.values() if "bias" in value]
    page.put("model_list", "in 10x4 p\nout 10x-4 p")
    assert "Line 2 has the shape" in page.errors[0]
    assert page.value("model_list") == "in 10x4 p\nout 10x-4 p"  # nothing is lost


def test_factorised_layers_are_counted_and_a_rank_stays_below_both_sides() -> None:
    page = SharingPage(sharing_tab="factorised", factorised="low_rank", factor_inputs="2", rank="4")
    assert numbers(page.title) == [2 * (2 + 4), 2 * 4]
    page.put("factorised", "depthwise")
    assert numbers(page.title) == [26, 72]
    assert numbers(page.data("factorised")["cards"][-2]["headline"]) == [26]


def test_every_tab_is_a_link_and_shows_its_recorded_runs_at_once() -> None:
    page = SharingPage()
    assert any("**p4 convolution**" in node.value and "% ± " in node.value for node in page.at.markdown)
    page = SharingPage(sharing_tab="learned")
    assert any("| Convolution | 586 |" in node.value for node in page.at.markdown)
    assert len(page.data("ties")["webs"]) == 3
    assert "Deep Compression" in " ".join(node.value for node in page.at.markdown)


def test_the_sixteen_weights_are_edited_and_a_wrong_matrix_is_refused_and_stays_to_be_mended() -> None:
    page = SharingPage(sharing_tab="learned")
    page.at.text_area(key="sixteen").set_value("1 1 1 1; 2 2 2 2; 1 1 1 1; 2 2 2 2").run()
    page.press("use_sixteen")
    assert numbers(page.title)[:2] == [2, 16]
    page.at.text_area(key="sixteen").set_value("1 2; 3 4").run()
    page.press("use_sixteen")
    assert numbers(page.title)[:2] == [2, 16]
    assert page.warnings
    assert page.at.text_area(key="sixteen").value == "1 2; 3 4"
