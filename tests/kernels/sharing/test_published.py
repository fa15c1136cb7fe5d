"""Counts of published networks that share between layers, against the papers' figures and PyTorch's own layers."""

from importlib import import_module
from typing import Any

import pytest

from kernels.sharing.published import SHARED, Shared, albert, language_model
from kernels.sharing.reused import layer_by_layer, parameters

PRINTED = {"all": 12, "attention": 64, "feed-forward": 38, "none": 89}  # millions: table 4 of the paper
COUNTED = {"all": 11_683_584, "attention": 63_647_232, "feed-forward": 37_686_528, "none": 89_650_176}


@pytest.mark.parametrize("shared", SHARED)
def test_albert_has_the_parameters_of_its_table_whichever_part_is_shared(shared: Shared) -> None:
    table = albert(shared)
    assert parameters(table) == COUNTED[shared]
    assert abs(parameters(table) / 1e6 - PRINTED[shared]) < 1  # 89,650,176 is printed as 89 M
    assert layer_by_layer(table) == COUNTED["none"]
    assert len({tensor.name for tensor in table}) == len(table)


def test_tying_the_embeddings_of_press_and_wolf_saves_one_of_them() -> None:
    tied, apart = (parameters(language_model(tied=tied)) for tied in (True, False))
    assert (round(apart / 1e6), round(tied / 1e6)) == (66, 51)
    assert apart - tied == 10_000 * 1_500
    assert layer_by_layer(language_model(tied=True)) == apart


@pytest.mark.long
def test_the_tables_are_those_of_pytorch_s_layers() -> None:
    torch: Any = import_module("torch")

    def count(*modules: Any) -> int:  # noqa: ANN401  # an nn.Module
        return sum(part.numel() for module in modules for part in module.parameters())

    nn = torch.nn
    with torch.device("meta"):
        before = count(nn.Embedding(30_000, 128), nn.Embedding(512, 128), nn.Embedding(2, 128), nn.LayerNorm(128))
        around = before + count(nn.Linear(128, 768), nn.Linear(768, 768))
        block = count(nn.TransformerEncoderLayer(768, 12, 3072))
        lstm = count(nn.Embedding(10_000, 1_500), nn.LSTM(1_500, 1_500, 2), nn.Linear(1_500, 10_000))
    assert COUNTED["all"] == around + block
    assert COUNTED["none"] == around + 12 * block
    assert parameters(language_model(tied=False)) == lstm
