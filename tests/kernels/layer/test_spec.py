"""A layer's shape is known, or refused with a reason, before anything is computed."""

from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from kernels import LayerSpec, SpecError
from tests.support.geometries import ALL, spec_of
from tests.support.oracles import Geometry, Pads, Pair, Shape


def test_ints_become_pairs() -> None:
    spec = LayerSpec(3, stride=2, padding=1, dilation=4)
    assert (spec.kernel_size, spec.stride, spec.padding, spec.dilation) == ((3, 3), (2, 2), (1, 1), (4, 4))


def test_pairs_are_rows_then_columns() -> None:
    spec = LayerSpec((3, 5), stride=(1, 2), padding=(0, 4), dilation=(2, 1))
    assert (spec.kernel_size, spec.stride, spec.padding, spec.dilation) == ((3, 5), (1, 2), (0, 4), (2, 1))
    assert spec.pads == ((0, 0), (4, 4))


def test_defaults_are_one_plain_channel() -> None:
    spec = LayerSpec(3)
    assert (spec.in_channels, spec.out_channels, spec.groups, spec.bias) == (1, 1, 1, False)
    assert (spec.stride, spec.padding, spec.dilation, spec.padding_mode) == ((1, 1), (0, 0), (1, 1), "zeros")


def test_an_int_and_its_pair_are_the_same_layer() -> None:
    assert LayerSpec(3, stride=2, padding=1) == LayerSpec((3, 3), stride=(2, 2), padding=(1, 1))
    assert len({LayerSpec(3, stride=2), LayerSpec((3, 3), stride=(2, 2)), LayerSpec(3)}) == 2


def test_a_spec_cannot_be_changed() -> None:
    name = "stride"
    with pytest.raises(FrozenInstanceError, match="stride"):
        setattr(LayerSpec(3), name, (2, 2))


def test_a_spec_error_is_a_value_error() -> None:
    assert issubclass(SpecError, ValueError)


@pytest.mark.parametrize("padding", ["valid", "same", "full"])
def test_named_padding_keeps_its_name(padding: str) -> None:
    assert LayerSpec(3, padding=padding).padding == padding


@pytest.mark.parametrize(
    ("kernel", "dilation", "padding", "pads"),
    [
        ((3, 3), (1, 1), "valid", ((0, 0), (0, 0))),
        ((3, 5), (1, 1), "same", ((1, 1), (2, 2))),
        ((2, 4), (1, 1), "same", ((0, 1), (1, 2))),
        ((2, 4), (3, 2), "same", ((1, 2), (3, 3))),
        ((1, 1), (9, 9), "same", ((0, 0), (0, 0))),
        ((3, 2), (1, 1), "full", ((2, 2), (1, 1))),
        ((3, 2), (2, 5), "full", ((4, 4), (5, 5))),
    ],
)
def test_named_padding_follows_the_kernel_reach(kernel: Pair, dilation: Pair, padding: str, pads: Pads) -> None:
    assert LayerSpec(kernel, dilation=dilation, padding=padding).pads == pads
    assert LayerSpec(kernel, dilation=dilation, padding=padding, stride=3).pads == pads


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"stride": 0}, r"^stride must be >= 1, got 0$"),
        ({"stride": -2}, r"^stride must be >= 1, got -2$"),
        ({"stride": (1, 0)}, r"stride.*0"),
        ({"dilation": 0}, r"^dilation must be >= 1, got 0$"),
        ({"kernel_size": 0}, r"^kernel_size must be >= 1, got 0$"),
        ({"kernel_size": (3, -1)}, r"kernel_size.*-1"),
        ({"padding": -1}, r"^padding must be >= 0, got -1$"),
        ({"padding": (0, -3)}, r"padding.*-3"),
        ({"in_channels": 0}, r"^in_channels must be >= 1, got 0$"),
        ({"out_channels": 0}, r"^out_channels must be >= 1, got 0$"),
        ({"groups": 0}, r"^groups must be >= 1, got 0$"),
    ],
)
def test_a_size_out_of_range_is_named_with_its_value(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        LayerSpec(**{"kernel_size": 3, **arguments})


@pytest.mark.parametrize(
    "name", ["kernel_size", "stride", "padding", "dilation", "in_channels", "out_channels", "groups"]
)
@pytest.mark.parametrize("value", [True, 2.0, 1.5, None])
def test_only_integers_are_sizes(name: str, value: object) -> None:
    arguments: dict[str, Any] = {"kernel_size": 3, name: value}
    with pytest.raises(SpecError, match=rf"{name}.*{value}"):
        LayerSpec(**arguments)


@pytest.mark.parametrize("name", ["kernel_size", "stride", "padding", "dilation"])
@pytest.mark.parametrize("value", [(1, 2, 3), (1,), (), (1, 2.0), (True, 1)])
def test_only_two_integers_are_a_pair(name: str, value: tuple[object, ...]) -> None:
    arguments: dict[str, Any] = {"kernel_size": 3, name: value}
    with pytest.raises(SpecError, match=name):
        LayerSpec(**arguments)


def test_an_unknown_padding_word_is_refused() -> None:
    with pytest.raises(SpecError, match=r"padding.*sane"):
        LayerSpec(3, padding="sane")


def test_an_unknown_padding_mode_is_refused() -> None:
    with pytest.raises(SpecError, match=r"padding_mode.*mirror"):
        LayerSpec(3, padding_mode="mirror")


@pytest.mark.parametrize(("inputs", "outputs"), [(3, 2), (2, 3), (3, 3)])
def test_groups_must_divide_both_channel_counts(inputs: int, outputs: int) -> None:
    with pytest.raises(SpecError, match=r"groups.*2"):
        LayerSpec(3, in_channels=inputs, out_channels=outputs, groups=2)


@pytest.mark.parametrize("g", ALL, ids=str)
def test_out_shape_counts_the_window_positions(g: Geometry) -> None:
    spec = spec_of(g)
    assert spec.pads == g.pads
    assert tuple(spec.out_shape(g.in_shape)) == (g.out_channels, *g.out_size)


def test_same_keeps_the_size_even_for_even_kernels() -> None:
    for kernel in range(1, 7):
        assert LayerSpec(kernel, padding="same", dilation=3).out_shape((1, 9, 11)) == (1, 9, 11)


def test_full_sees_every_overlap() -> None:
    assert LayerSpec((3, 2), padding="full").out_shape((1, 5, 7)) == (1, 7, 8)


def test_the_wrong_number_of_channels_is_refused() -> None:
    with pytest.raises(SpecError, match=r"3.*channels.*2"):
        LayerSpec(3, in_channels=2).out_shape((3, 8, 8))


@pytest.mark.parametrize(
    ("kernel", "dilation", "in_shape"),
    [(5, 1, (1, 4, 9)), (5, 1, (1, 9, 4)), (3, 4, (1, 8, 9)), ((1, 7), 1, (1, 6, 6))],
)
def test_a_kernel_larger_than_the_padded_image_is_refused(kernel: int | Pair, dilation: int, in_shape: Shape) -> None:
    with pytest.raises(SpecError, match=r"(?i)kernel|output"):
        LayerSpec(kernel, dilation=dilation).out_shape(in_shape)


@pytest.mark.parametrize(("padding", "in_shape"), [((3, 0), (1, 3, 9)), ((0, 3), (1, 9, 3)), ((1, 0), (1, 1, 9))])
def test_reflection_cannot_reach_past_the_far_edge(padding: Pair, in_shape: Shape) -> None:
    with pytest.raises(SpecError, match="reflect"):
        LayerSpec(1, padding=padding, padding_mode="reflect").out_shape(in_shape)


def test_reflection_checks_the_wider_side_of_an_uneven_padding() -> None:
    with pytest.raises(SpecError, match="reflect"):
        LayerSpec((2, 1), padding="same", padding_mode="reflect").out_shape((1, 1, 4))


def test_reflection_may_reach_the_far_edge() -> None:
    assert LayerSpec(1, padding=2, padding_mode="reflect").out_shape((1, 3, 3)) == (1, 7, 7)


@pytest.mark.parametrize(("padding", "in_shape"), [((4, 0), (1, 3, 9)), ((0, 4), (1, 9, 3))])
def test_circular_padding_turns_at_most_once(padding: Pair, in_shape: Shape) -> None:
    with pytest.raises(SpecError, match="circular"):
        LayerSpec(1, padding=padding, padding_mode="circular").out_shape(in_shape)


def test_circular_padding_may_turn_once() -> None:
    assert LayerSpec(1, padding=3, padding_mode="circular").out_shape((1, 3, 3)) == (1, 9, 9)


def test_replication_and_zeros_reach_any_distance() -> None:
    for mode in ("replicate", "zeros"):
        assert LayerSpec(2, padding=10, padding_mode=mode).out_shape((1, 1, 2)) == (1, 20, 21)
