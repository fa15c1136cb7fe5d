"""The engine's public names are importable from `kernels`, and every example in a docstring is true."""

import doctest
import importlib
import pkgutil
from types import FunctionType, ModuleType

import pytest

import kernels

PUBLIC = ["LayerSpec", "SpecError", "correlate", "wiring", "Wiring", "count", "Count", "weave", "threads", "flat",
          "connections", "Kind", "KINDS", "PADDING_MODES", "transposed", "im2col", "ConvWiring", "symmetric",
          "clustered", "hashed", "reused", "composed", "fully_connected"]  # fmt: skip
MODULES = [name for _, name, package in pkgutil.walk_packages(kernels.__path__, "kernels.") if not package]


def found_in(module: ModuleType) -> list[doctest.DocTest]:
    return doctest.DocTestFinder(exclude_empty=True).find(module)


@pytest.mark.parametrize("name", MODULES)
def test_every_example_in_a_docstring_is_true(name: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0


def test_the_public_names_are_those_of_the_design_and_each_function_has_an_example() -> None:
    assert set(kernels.__all__) == set(PUBLIC)
    for name in kernels.__all__:
        shown = getattr(kernels, name)
        if isinstance(shown, FunctionType):
            assert ">>>" in (shown.__doc__ or ""), name


def test_most_modules_show_what_they_do() -> None:
    silent = {name for name in MODULES if not any(test.examples for test in found_in(importlib.import_module(name)))}
    assert silent <= {"kernels.images.numbers", "kernels.layer.axis"}
