"""The scripts run by themselves and find the very map of the page."""

import ast
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from components.display.layer import Convolved
from components.pages.explore.export import figure, script
from tests.support.explored import CASES, Case, close


def run(code: str, picture: bytes, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What is left in the names of the script, run in a folder with nothing but this picture, where there is one."""
    monkeypatch.chdir(folder)
    Path(script.PICTURE).write_bytes(picture)
    Path("recipe.py").write_text(code, "utf-8")
    return runpy.run_path("recipe.py")


def three(text: str) -> list[float]:
    return [float(number) for number in text.split()]


@pytest.mark.parametrize("write", [script.numpy, pytest.param(script.torch, marks=pytest.mark.long)])
def test_a_script_finds_the_map_and_prints_what_it_says_it_will(
    write: Callable[[Convolved], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for made in (case.made() for case in CASES):
        code, output = write(made), made.result.output
        found = run(code, figure.picture_png(made.planes), tmp_path, monkeypatch)["Y"]
        close(found[:, 0] if write is script.torch else found, output)
        wanted = [output.min(), output.max(), output.sum()]
        scale = max(1.0, float(np.abs(output).max())) * output.size
        assert three(capsys.readouterr().out) == pytest.approx(wanted, rel=0, abs=1e-9 * scale)
        said = code.splitlines()[-1].removeprefix("# min ").split(":")[0].replace(", max ", " ").replace(", sum ", " ")
        assert three(said) == wanted


def test_both_scripts_import_no_more_than_they_use_and_fit_on_a_screen() -> None:
    for made in (case.made() for case in CASES):
        for code in (script.numpy(made), script.torch(made)):
            tree = ast.parse(code)
            imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
            names = [alias.asname or alias.name for node in imports for alias in node.names]
            assert set(names) <= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
            assert len(names) == len(set(names))
            assert ("PIL" in code) == ("Save picture.png" in code) == (max(made.planes.shape[1:]) > script.SMALL)
            assert max(map(len, code.splitlines())) <= max(130, 2 * script.SMALL)
            assert code.replace("\n", "").isprintable()


def test_another_picture_in_the_place_of_the_right_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Case({"padding": "same"}, (65, 40)).made()
    with pytest.raises(AssertionError, match=r"^$"):
        run(script.numpy(made), figure.input_png(made.planes), tmp_path, monkeypatch)
