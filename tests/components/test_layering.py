"""The import rules are the architecture: read from the source with `ast`, so that no import has to happen."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENGINE = sorted((ROOT / "kernels").rglob("*.py"))
FRONT = sorted((ROOT / "components").rglob("*.py"))
PRODUCT = [ROOT / "app.py", *ENGINE, *FRONT]
PURE = sorted(
    file
    for file in (ROOT / "components").glob("*.py")
    if file.stem not in ("__init__", "session") and not file.stem.startswith("controls")
)
SESSION_ONLY = {"session_state", "query_params", "cache_data", "cache_resource"}
PACKAGES = {"streamlit", "numpy", "scipy", "plotly", "pillow"}
MODULES = {"streamlit", "numpy", "scipy", "plotly", "PIL"}  # what these five are called in an import
TESTED_ELSEWHERE = {
    "axis": "its only formula is what test_wiring, test_conv, test_counts and test_weave check against loops",
}


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def each(files: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("file", files, ids=name_of)


def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"), str(file))


def imported(file: Path) -> Iterator[str]:
    """Every module named by an import anywhere in the file, and by __import__ or import_module."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield f"{'.' * node.level}{node.module or ''}"
            yield from (f"{node.module}.{alias.name}" for alias in node.names if not node.level)
        elif isinstance(node, ast.Call) and called(node) in ("__import__", "import_module"):
            yield "import by name"


def called(node: ast.Call) -> str:
    function = node.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def tops(file: Path) -> set[str]:
    return {module.split(".")[0] for module in imported(file)}


def test_the_rules_below_have_files_to_judge() -> None:
    assert len(ENGINE) >= 12
    assert len(FRONT) >= 10
    assert all(file.is_file() for file in PRODUCT + PURE)
    assert "streamlit" in tops(ROOT / "components" / "session.py")


@each(ENGINE)
def test_the_engine_knows_nothing_of_the_front_end(file: Path) -> None:
    assert not tops(file) & {"streamlit", "plotly", "components", "app"}


@each(PURE)
def test_state_views_and_edits_work_without_streamlit(file: Path) -> None:
    assert "streamlit" not in tops(file)
    for module in imported(file):
        if module.startswith("components."):
            assert module.split(".")[1] in {pure.stem for pure in PURE}


@each(PRODUCT)
def test_pillow_is_named_where_pictures_are_decoded_or_encoded_and_nowhere_else(file: Path) -> None:
    allowed = {
        "kernels/images.py",
        "kernels/samples.py",
        "components/bitmaps.py",
        "components/drawing.py",
        "components/scanning.py",
    }
    assert "PIL" not in tops(file) or name_of(file) in allowed


@each(PRODUCT)
def test_only_the_session_touches_session_state_the_url_and_the_caches(file: Path) -> None:
    touched = {node.attr for node in ast.walk(tree(file)) if isinstance(node, ast.Attribute)} & SESSION_ONLY
    touched |= {module.split(".")[-1] for module in imported(file)} & SESSION_ONLY
    assert not touched or name_of(file) == "components/session.py"


@each(PRODUCT)
def test_nothing_is_unpickled_evaluated_or_imported_by_name(file: Path) -> None:
    banned = {"pickle", "marshal", "shelve", "dill", "joblib", "subprocess", "import by name"}
    assert not tops(file) & banned
    names = {called(node) for node in ast.walk(tree(file)) if isinstance(node, ast.Call)}
    assert not names & {"eval", "exec", "compile", "system", "popen"}
    keywords = {word.arg for node in ast.walk(tree(file)) if isinstance(node, ast.Call) for word in node.keywords}
    assert not keywords & {"allow_pickle", "unsafe_allow_html"}


@each(PRODUCT)
def test_imports_are_absolute_and_ask_for_the_five_packages_alone(file: Path) -> None:
    assert not [module for module in imported(file) if module.startswith(".")]
    assert tops(file) <= MODULES | {"kernels", "components"} | set(sys.stdlib_module_names)


@each(FRONT)
def test_a_component_is_not_imported_by_what_it_stands_on(file: Path) -> None:
    lower = {"components/loom/__init__.py", "components/picker/__init__.py", *map(name_of, PURE)}
    if name_of(file) in lower:
        assert not {
            module for module in imported(file) if module.startswith(("components.pages", "components.session"))
        }


def test_the_router_holds_no_logic() -> None:
    assert len((ROOT / "app.py").read_text("utf-8").splitlines()) < 45
    assert not [node for node in ast.walk(tree(ROOT / "app.py")) if isinstance(node, ast.FunctionDef | ast.ClassDef)]


def test_the_requirements_are_exactly_the_five_packages() -> None:
    lines = [line.split("#")[0].strip() for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines()]
    names = [re.split(r"[^A-Za-z0-9._-]", line)[0].lower() for line in lines if line]
    assert sorted(names) == sorted(PACKAGES)


def test_the_loom_reads_every_script_in_its_folder_once() -> None:
    source = tree(ROOT / "components" / "loom" / "__init__.py")
    scripts = [
        part.value
        for node in source.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "SCRIPTS"
        for part in ast.walk(node.value)
        if isinstance(part, ast.Constant)
    ]
    assert sorted(map(str, scripts)) == sorted(file.stem for file in (ROOT / "components" / "loom").glob("*.js"))


@each([file for file in ENGINE if file.name != "__init__.py"])
def test_every_part_of_the_engine_has_its_tests(file: Path) -> None:
    has_tests = (ROOT / "tests" / "kernels" / f"test_{file.stem}.py").is_file()
    assert has_tests != (file.stem in TESTED_ELSEWHERE)


def test_there_is_no_pages_folder_beside_the_router() -> None:
    assert not (ROOT / "pages").exists()
