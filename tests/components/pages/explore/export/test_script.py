"""The scripts run by themselves and find the very map of the page."""

import ast
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from components.pages.explore.export import figure, script
from tests.support.explored import CASES, Case, close

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]


def run(code: str, planes: Bytes, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What is left in the names of the script, run in a folder with nothing but the picture, if it asks for one."""
    monkeypatch.chdir(folder)
    if not script.embeds(planes):
        (folder / script.PICTURE).write_bytes(figure.picture_png(planes))
    (folder / "recipe.py").write_text(code, "utf-8")
    return runpy.run_path("recipe.py")


def three(text: str) -> list[float]:
    return [float(number) for number in text.split()]


def test_the_numpy_script_finds_the_map_and_prints_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for case in CASES:
        state, layer, planes, result = case.made()
        code = script.numpy(state, layer, planes, result)
        close(run(code, planes, tmp_path, monkeypatch)["Y"], result.output)
        said = code.splitlines()[-1].removeprefix("# min ").split(":")[0].replace(", max ", " ").replace(", sum ", " ")
        scale = max(1.0, float(np.abs(result.output).max())) * result.output.size
        assert three(capsys.readouterr().out) == pytest.approx(three(said), rel=0, abs=1e-9 * scale)
        assert three(said) == [result.output.min(), result.output.max(), result.output.sum()]


@pytest.mark.long
def test_the_torch_script_finds_the_map_in_pytorch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for case in CASES:
        state, layer, planes, result = case.made()
        found = run(script.torch(state, layer, planes, result), planes, tmp_path, monkeypatch)["Y"]
        close(found[:, 0], result.output)
        scale = max(1.0, float(np.abs(result.output).max())) * result.output.size
        wanted = [result.output.min(), result.output.max(), result.output.sum()]
        assert three(capsys.readouterr().out) == pytest.approx(wanted, rel=0, abs=1e-9 * scale)


def test_both_scripts_import_no_more_than_they_use_and_fit_on_a_screen() -> None:
    for case in CASES:
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
