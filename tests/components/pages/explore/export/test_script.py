"""The scripts run by themselves and find the very map of the page."""

import ast
import runpy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from components.display.layer import Layer, OutputMap, layer_of, output_map
from components.pages.explore.export import figure, script
from components.state.link import Explore, edited
from tests.support.layers import picture

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """A state by its changes, on a random picture."""

    change: dict[str, object] = field(default_factory=dict)
    size: tuple[int, int] = (9, 11)
    channels: int = 1
    untied: str = ""

    def __str__(self) -> str:
        """The name pytest prints."""
        return f"{self.change} {self.size} {self.channels} {self.untied}"

    def made(self) -> tuple[Explore, Layer, Bytes, OutputMap]:
        state = edited(edited(Explore(), **self.change), untied=self.untied or ())
        planes = picture(self.channels, self.size)
        layer = layer_of(state, self.size)
        return state, layer, planes, output_map(state, layer, planes)


CASES = [
    Case(),
    Case(channels=3),
    Case({"flip": True}),
    Case({"kernel": "1,2,3;4,5,7", "stride": 2, "padding": 1, "bias": 0.5}),
    Case({"kernel": "1,-2;0.5,3;4,1", "padding": "same", "mode": "reflect"}, (12, 8), 3),
    Case({"kernel": "0.1,0.7,-1.5", "padding": "full", "dilation": 2, "flip": True}),
    Case({"kernel": "1,2;3,4", "padding": 3, "mode": "circular", "stride": 3, "bias": -1.25}),
    Case({"padding": 2, "mode": "replicate", "stride": 2, "dilation": 2}, (12, 8)),
    Case({"kernel": "3"}, (1, 1)),
    Case({"kernel": "1;2;-3", "stride": 4, "padding": 1}, (10, 7)),
    Case({"kernel": ";".join(["1,-1,2,0.5,1,3,-2,1"] * 8), "padding": "same", "bias": 0.125}),
    Case({"kernel": ";".join(["0.25,-1,2"] * 4), "padding": "same", "mode": "circular", "dilation": 3}, (13, 12)),
    Case({"padding": "full", "mode": "reflect", "stride": 3, "flip": True}, (11, 9), 3),
    Case({"activation": "relu", "bias": 0.1}),
    Case({"activation": "abs"}, channels=3),
    Case({"activation": "sigmoid", "bias": -2.5}),
    Case({"activation": "tanh", "padding": "same"}),
    Case({"kernel": "1e6,-999999.5;0.000001,0.1", "activation": "sigmoid"}),
    Case({"padding": 1}, untied="0,1,1,9;13,0,2,-4;13,2,0,0.25;20,1,0,0"),
    Case({"padding": 1, "flip": True, "bias": 0.5, "activation": "relu"}, (8, 9), 3, "0,1,1,9;13,0,2,-4"),
    Case({"padding": 2, "mode": "replicate", "stride": 2}, untied="0,0,0,5;0,0,1,-3;7,2,2,1.5"),
    Case({"padding": 2, "mode": "reflect", "dilation": 2, "stride": 2}, (12, 12), 1, "0,0,0,5;3,1,2,-7.5"),
    Case({"padding": "full", "mode": "circular"}, untied="0,0,0,0.3333333333333333;30,2,1,2"),
    Case({"padding": 1}, untied="0,0,0,9;500,1,1,9;5,3,0,1"),  # none of them is a connection
    Case({"stride": 16, "padding": 40, "kernel": "2"}, (20, 30)),
    Case({"padding": "same", "bias": 1}, (65, 40)),  # too large to lie in the script
    Case({"stride": 3, "mode": "reflect", "padding": 2, "flip": True}, (20, 70), 3, "4,0,1,-2"),
    Case({"dilation": 4, "kernel": ";".join(["0.1,-0.2,0.3,0.7,1"] * 5)}, (64, 64), 3),
]


def close(found: Any, wanted: Floats) -> None:  # noqa: ANN401  # an array of either library
    np.testing.assert_allclose(np.asarray(found), wanted, rtol=0, atol=1e-9 * max(1.0, float(np.abs(wanted).max())))


def run(code: str, planes: Bytes, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What is left in the names of the script, run in a folder with nothing but the picture, if it asks for one."""
    monkeypatch.chdir(folder)
    if not script.embeds(planes):
        (folder / script.PICTURE).write_bytes(figure.picture_png(planes))
    (folder / "recipe.py").write_text(code, "utf-8")
    return runpy.run_path("recipe.py")


def three(text: str) -> list[float]:
    return [float(number) for number in text.split()]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_numpy_script_finds_the_map_and_prints_what_it_says(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    state, layer, planes, result = case.made()
    code = script.numpy(state, layer, planes, result)
    close(run(code, planes, tmp_path, monkeypatch)["Y"], result.output)
    said = code.splitlines()[-1].removeprefix("# min ").split(":")[0].replace(", max ", " ").replace(", sum ", " ")
    scale = max(1.0, float(np.abs(result.output).max())) * result.output.size
    assert three(capsys.readouterr().out) == pytest.approx(three(said), rel=0, abs=1e-9 * scale)
    assert three(said) == [result.output.min(), result.output.max(), result.output.sum()]


@pytest.mark.long
@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_torch_script_finds_the_map_in_pytorch(
    case: Case,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    state, layer, planes, result = case.made()
    found = run(script.torch(state, layer, planes, result), planes, tmp_path, monkeypatch)["Y"]
    close(found[:, 0], result.output)
    scale = max(1.0, float(np.abs(result.output).max())) * result.output.size
    wanted = [result.output.min(), result.output.max(), result.output.sum()]
    assert three(capsys.readouterr().out) == pytest.approx(wanted, rel=0, abs=1e-9 * scale)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_both_scripts_import_no_more_than_they_use_and_fit_on_a_screen(case: Case) -> None:
    state, layer, planes, result = case.made()
    for code in (script.numpy(state, layer, planes, result), script.torch(state, layer, planes, result)):
        tree = ast.parse(code)
        names = [
            alias.asname or alias.name
            for node in tree.body
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        ]
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert set(names) <= used
        assert len(names) == len(set(names))
        assert ("PIL" in code) == (max(planes.shape[1:]) > script.SMALL)
        assert max(map(len, code.splitlines())) <= max(130, 2 * script.SMALL)
        assert code.isprintable() or set(code) - {"\n"} == {letter for letter in code if letter.isprintable()}


def test_another_picture_in_the_place_of_the_right_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, layer, planes, result = Case({"padding": "same"}, (65, 40)).made()
    code = script.numpy(state, layer, planes, result)
    (tmp_path / script.PICTURE).write_bytes(figure.input_png(planes))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "recipe.py").write_text(code, "utf-8")
    with pytest.raises(AssertionError, match=r"^$"):
        runpy.run_path("recipe.py")
