"""The import rules are the architecture: read from the source with `ast`, so that no import has to happen."""

import ast
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENGINE = sorted((ROOT / "kernels").rglob("*.py"))
FRONT = sorted((ROOT / "components").rglob("*.py"))
LOOM = ROOT / "components" / "pages" / "explore" / "loom"
PRODUCT = [ROOT / "app.py", *ENGINE, *FRONT]
FOLDERS = ("state", "display", "session", "widgets", "pages")  # each imports from those to its left, and itself
OFFERS = {"lesson"}  # the one page that may show parts of others
STREAMLIT = {"session", "widgets"}  # and a page's page.py, controls.py and menus
SHELL = {"page", "controls", "menu"}
SESSION_ONLY = {"session_state", "query_params", "cache_data", "cache_resource"}
PACKAGES = {"streamlit", "numpy", "scipy", "plotly", "pillow"}
MODULES = {"streamlit", "numpy", "scipy", "plotly", "PIL"}  # what these five are called in an import
TESTED_ELSEWHERE = {
    "axis": "its only formula is what test_kinds, test_conv, test_counts and test_weave check against loops",
}


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def breaches(files: Iterable[Path], of: Callable[[Path], Collection[str]]) -> dict[str, Collection[str]]:
    """What breaks a rule, by the files that do."""
    return {name_of(file): found for file in files if (found := of(file))}


@cache
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


def folder(module: str) -> str:
    """The folder of `components` a module lies in; empty for others."""
    parts = module.split(".")
    return parts[1] if parts[0] == "components" and len(parts) > 1 and parts[1] in FOLDERS else ""


def package(module: str) -> str:
    """The page's package a module lies in, empty for others."""
    parts = module.split(".")
    return parts[2] if folder(module) == "pages" and len(parts) > 2 else ""


def dotted(file: Path) -> str:
    return file.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")


def to_the_right(file: Path) -> set[str]:
    """The modules this file imports and must not: from a folder further right, or from another page."""
    own = dotted(file)
    if not folder(own):
        return set()
    found = {module for module in imported(file) if folder(module)}
    right = {module for module in found if FOLDERS.index(folder(module)) > FOLDERS.index(folder(own))}
    others = {module for module in found if package(own) and package(module) not in ("", package(own))}
    return right | (set() if package(own) in OFFERS else others)


def test_the_rules_below_have_files_to_judge() -> None:
    assert len(ENGINE) >= 12
    assert {folder(dotted(file)) for file in FRONT} == {"", *FOLDERS}
    assert all(file.is_file() for file in PRODUCT)


def test_imports_run_to_the_left_and_no_page_imports_another() -> None:
    assert breaches(FRONT, to_the_right) == {}


def test_streamlit_is_in_the_session_the_widgets_and_the_shell_of_a_page() -> None:
    shell = {file for file in FRONT if package(dotted(file)) and file.stem in SHELL}
    others = (file for file in FRONT if folder(dotted(file)) not in STREAMLIT and file not in shell)
    assert breaches(others, lambda file: tops(file) & {"streamlit"}) == {}


def test_the_engine_knows_nothing_of_the_front_end() -> None:
    assert breaches(ENGINE, lambda file: tops(file) & {"streamlit", "plotly", "components", "app"}) == {}


def test_pillow_is_named_where_pictures_are_decoded_or_encoded_and_nowhere_else() -> None:
    allowed = {f"kernels/images/{name}.py" for name in ("colour", "decode", "levels", "numbers", "tiff", "samples")}
    allowed |= {f"components/display/{name}.py" for name in ("image", "figure")}
    allowed |= {f"components/pages/explore/export/{name}.py" for name in ("gif", "dense_to_shared_gif")}
    assert breaches(PRODUCT, lambda file: tops(file) & {"PIL"}).keys() <= allowed


def test_only_the_session_touches_session_state_the_url_and_the_caches() -> None:
    def touched(file: Path) -> set[str]:
        attributes = {node.attr for node in ast.walk(tree(file)) if isinstance(node, ast.Attribute)}
        return (attributes | {module.split(".")[-1] for module in imported(file)}) & SESSION_ONLY

    found = breaches(PRODUCT, touched)
    assert [name for name in found if not name.startswith("components/session/")] == []


def test_nothing_is_unpickled_evaluated_or_imported_by_name() -> None:
    banned = {"pickle", "marshal", "shelve", "dill", "joblib", "subprocess", "import by name"}
    functions = {"eval", "exec", "compile", "system", "popen"}
    keywords = {"allow_pickle", "unsafe_allow_html"}

    def unsafe(file: Path) -> set[str]:
        calls = [node for node in ast.walk(tree(file)) if isinstance(node, ast.Call)]
        words = {word.arg or "" for node in calls for word in node.keywords}
        return tops(file) & banned | {called(node) for node in calls} & functions | words & keywords

    assert breaches(PRODUCT, unsafe) == {}


def test_imports_are_absolute_and_ask_for_the_five_packages_alone() -> None:
    known = MODULES | {"kernels", "components"} | set(sys.stdlib_module_names)
    assert breaches(PRODUCT, lambda file: [name for name in imported(file) if name.startswith(".")]) == {}
    assert breaches(PRODUCT, lambda file: tops(file) - known) == {}


def test_no_docstring_begins_with_the_same_whose_noun_is_elsewhere() -> None:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)

    def told(file: Path) -> list[str]:
        texts = [ast.get_docstring(node) or "" for node in ast.walk(tree(file)) if isinstance(node, documented)]
        return [text for text in texts if text.startswith("The same")]

    assert breaches(PRODUCT, told) == {}


def test_the_router_holds_no_logic_and_there_is_no_pages_folder_beside_it() -> None:
    assert not (ROOT / "pages").exists()
    assert len((ROOT / "app.py").read_text("utf-8").splitlines()) < 50
    assert not [node for node in ast.walk(tree(ROOT / "app.py")) if isinstance(node, ast.FunctionDef | ast.ClassDef)]


def test_the_requirements_are_exactly_the_five_packages() -> None:
    lines = [line.split("#")[0].strip() for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines()]
    names = [re.split(r"[^A-Za-z0-9._-]", line)[0].lower() for line in lines if line]
    assert sorted(names) == sorted(PACKAGES)


def test_the_loom_reads_every_script_in_its_folder_once() -> None:
    source = tree(LOOM / "__init__.py")
    scripts = [
        part.value
        for node in source.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "PARTS"
        for part in ast.walk(node.value)
        if isinstance(part, ast.Constant)
    ]
    assert sorted(map(str, [*scripts, "loom"])) == sorted(file.stem for file in (LOOM).glob("*.js"))


def test_every_part_of_the_engine_has_its_tests() -> None:
    parts = [file for file in ENGINE if file.name != "__init__.py"]
    tests = {file: ROOT / "tests" / file.relative_to(ROOT).with_name(f"test_{file.stem}.py") for file in parts}
    assert {file.stem for file, test in tests.items() if not test.is_file()} == TESTED_ELSEWHERE.keys()
