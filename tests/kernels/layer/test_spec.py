"""A layer's shape is known, or refused with a reason, before anything is computed."""

from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from kernels import LayerSpec, SpecError
from tests.support.geometries import GEOMETRIES, RANDOM, spec_of
from tests.support.oracles import Pair, Shape

PAIRS, COUNTS = ("kernel_size", "stride", "dilation"), ("in_channels", "out_channels", "groups")


def test_a_spec_is_a_frozen_value_whose_pairs_are_rows_then_columns() -> None:
    spec = LayerSpec((3, 5), stride=(1, 2), padding=(0, 4), dilation=(2, 1))
    assert (spec.kernel_size, spec.stride, spec.padding, spec.dilation) == ((3, 5), (1, 2), (0, 4), (2, 1))
    assert spec.pads == ((0, 0), (4, 4))
    plain = LayerSpec(3)
    assert (plain.in_channels, plain.out_channels, plain.groups, plain.bias) == (1, 1, 1, False)
    assert (plain.stride, plain.padding, plain.dilation, plain.padding_mode) == ((1, 1), (0, 0), (1, 1), "zeros")
    one = LayerSpec(3, stride=2, padding=1, dilation=4)
    assert one == LayerSpec((3, 3), stride=(2, 2), padding=(1, 1), dilation=(4, 4)) != plain
    assert hash(one) == hash(LayerSpec((3, 3), stride=(2, 2), padding=(1, 1), dilation=(4, 4)))
    name = "stride"
    with pytest.raises(FrozenInstanceError, match="stride"):
        setattr(plain, name, (2, 2))


REFUSED: list[tuple[dict[str, Any], str]] = [
    *(({name: 0}, rf"^{name} must be >= 1, got 0$") for name in (*PAIRS, *COUNTS)),
    ({"stride": -2}, r"^stride must be >= 1, got -2$"),
    ({"stride": (1, 0)}, r"stride.*0"),
    ({"kernel_size": (3, -1)}, r"kernel_size.*-1"),
    ({"padding": -1}, r"^padding must be >= 0, got -1$"),
    ({"padding": (0, -3)}, r"padding.*-3"),
    ({"padding": "sane"}, r"padding.*sane"),
    ({"padding_mode": "mirror"}, r"padding_mode.*mirror"),
    *(({name: x}, rf"{name}.*{x}") for name in (*PAIRS, "padding", *COUNTS) for x in (True, 2.0, 1.5, None)),
    *(({name: x}, name) for name in (*PAIRS, "padding") for x in ((1, 2, 3), (1,), (), (1, 2.0), (True, 1))),
]


def test_an_argument_that_cannot_be_is_named_with_its_value() -> None:
    for arguments, message in REFUSED:
        with pytest.raises(SpecError, match=message):
            LayerSpec(**{"kernel_size": 3, **arguments})
    assert issubclass(SpecError, ValueError)


def test_out_shape_counts_the_window_positions_and_named_padding_keeps_its_name_and_follows_the_kernel_reach() -> None:
    for g in [*GEOMETRIES, *RANDOM]:
        spec = spec_of(g)
        assert (spec.padding, spec.pads) == (g.padding, g.pads)
        assert spec.out_shape(g.in_shape) == (g.out_channels, *g.out_size)


def test_what_does_not_fit_the_image_or_its_channels_is_refused() -> None:
    images: list[tuple[int | Pair, int, Shape]] = [
        (5, 1, (1, 4, 9)), (5, 1, (1, 9, 4)), (3, 4, (1, 8, 9)), ((1, 7), 1, (1, 6, 6)),
    ]  # fmt: skip
    for kernel, dilation, in_shape in images:
        with pytest.raises(SpecError, match=r"(?i)kernel|output"):
            LayerSpec(kernel, dilation=dilation).out_shape(in_shape)
    with pytest.raises(SpecError, match=r"3.*channels.*2"):
        LayerSpec(3, in_channels=2).out_shape((3, 8, 8))
    for inputs, outputs in ((3, 2), (2, 3), (3, 3)):
        with pytest.raises(SpecError, match=r"groups.*2"):
            LayerSpec(3, in_channels=inputs, out_channels=outputs, groups=2)


def test_reflection_reaches_the_far_edge_and_circular_padding_one_turn_but_no_further_and_the_rest_any() -> None:
    assert LayerSpec(1, padding=2, padding_mode="reflect").out_shape((1, 3, 3)) == (1, 7, 7)
    assert LayerSpec(1, padding=3, padding_mode="circular").out_shape((1, 3, 3)) == (1, 9, 9)
    refused: list[tuple[str, Pair, Shape]] = [
        ("reflect", (3, 0), (1, 3, 9)), ("reflect", (0, 3), (1, 9, 3)), ("reflect", (1, 0), (1, 1, 9)),
        ("circular", (4, 0), (1, 3, 9)), ("circular", (0, 4), (1, 9, 3)),
    ]  # fmt: skip
    for mode, padding, in_shape in refused:
        with pytest.raises(SpecError, match=mode):
            LayerSpec(1, padding=padding, padding_mode=mode).out_shape(in_shape)
    with pytest.raises(SpecError, match="reflect"):  # the wider side of an uneven padding decides
        LayerSpec((2, 1), padding="same", padding_mode="reflect").out_shape((1, 1, 4))
    for mode in ("replicate", "zeros"):
        assert LayerSpec(2, padding=10, padding_mode=mode).out_shape((1, 1, 2)) == (1, 20, 21)
