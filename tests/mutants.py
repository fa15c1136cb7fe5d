"""Forty small faults in the program, one at a time: what the tests notice of them, before and after they are moved.

    python -m tests.mutants draw [--root DIR]
    python -m tests.mutants run [--root DIR] [--name new] [--command "python -m pytest -q -x ..."]

A fault is known by its function, statement and expression and not by its file alone, so it is found again after files
have moved. `run` tries each one in a copy of the tree, first on the test files nearest to it and, at the end, those
that survive on the whole command, to which names of files can be added and which has to pass where nothing is faulty.
Everything is kept in mutants.json under the name of the run: a run that is broken off goes on where it was.
"""

import argparse
import ast
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from subprocess import PIPE, STDOUT
from typing import Any

import numpy as np

STORE = Path(__file__).with_suffix(".json")
PACKAGES = ("kernels", "components")
EACH = 20  # mutants of a package
PER_FILE = 2
SEED = 1989
LONGEST = 80  # characters of an expression: what is longer is seldom found again
NEAREST = 6  # test files, in one process: the first mostly tells
SECONDS = 3600  # of one command, after which its mutant counts as killed: well above what the whole suite takes
COMMAND = f"{sys.executable} -m pytest -q -x -n 2 --dist worksteal --ignore=tests/e2e -p no:cacheprovider"
NOT_COPIED = shutil.ignore_patterns(".git", ".venv", ".*_cache", ".hypothesis", "__pycache__", "out")
NOT_FAULTY = {"annotation", "returns", "decorator_list"}
TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
}  # fmt: skip
SIGNS: dict[type[ast.operator], type[ast.operator]] = {ast.Add: ast.Sub, ast.Sub: ast.Add}
NO_NUMBERS = (ast.JoinedStr, ast.List, ast.ListComp, ast.Tuple)
HALFWAY = "survived the nearest"


@dataclass
class Mutant:
    """One fault: `original` becomes `mutated` where it stands for the `occurrence`-th time in `qualname`.

    since: by hand, what of it reads otherwise since its function was rewritten.
    """

    id: int
    kind: str
    file: str
    qualname: str
    statement: str
    original: str
    occurrence: int
    mutated: str
    since: dict[str, Any] = field(default_factory=dict)
    runs: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Site:
    """An expression and where it stands; `statement` is the first line of the statement around it."""

    file: str
    qualname: str
    statement: str
    original: str
    occurrence: int
    node: ast.expr


def sites(root: Path) -> list[Site]:
    """Every expression of the functions and classes of the program, in the order of the source."""
    return [
        site
        for package in PACKAGES
        for file in sorted((root / package).rglob("*.py"))
        for site in _sites(file.relative_to(root).as_posix(), file.read_text("utf-8"))
    ]


def _sites(file: str, source: str) -> Iterator[Site]:
    seen: Counter[tuple[str, str]] = Counter()
    for names, statement, node in _expressions(ast.parse(source), (), ""):
        qualname, original = ".".join(names), ast.unparse(node)
        if names and len(original) <= LONGEST:
            seen[qualname, original] += 1
            yield Site(file, qualname, statement, original, seen[qualname, original], node)


def _expressions(
    node: ast.AST, names: tuple[str, ...], statement: str
) -> Iterator[tuple[tuple[str, ...], str, ast.expr]]:
    """Each expression below a node; none of an f-string, whose parts have no places in the source before 3.12."""
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or isinstance(child, ast.JoinedStr) or name in NOT_FAULTY:
                continue
            inner, line = names, statement
            if isinstance(child, ast.stmt):
                line = ast.unparse(child).splitlines()[0]
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                inner = (*names, child.name)
            if isinstance(child, ast.Compare | ast.BinOp | ast.Subscript | ast.Call):
                yield inner, line, child
            yield from _expressions(child, inner, line)


def faults(node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """The kinds of fault an expression can have, each with what the expression is then."""
    match node:
        case ast.Compare(left, [turned, *ops], [right, *rest]):
            if type(turned) in TURNED:
                yield "comparison", ast.Compare(left, [TURNED[type(turned)](), *ops], [right, *rest])
            if moved := _moved(right):
                yield "constant", ast.Compare(left, node.ops, [moved, *rest])
        case ast.BinOp():
            yield from _faults_of_arithmetic(node)
        case ast.Subscript(value, at) if moved := _moved(at):
            yield "index", ast.Subscript(value, moved)


def _faults_of_arithmetic(node: ast.BinOp) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node.op, ast.Add):
        yield "term", node.left
    if type(node.op) in SIGNS and not (_is_no_number(node.left) or _is_no_number(node.right)):
        yield "sign", ast.BinOp(node.left, SIGNS[type(node.op)](), node.right)
    if moved := _moved(node.right):
        yield "constant", ast.BinOp(node.left, node.op, moved)


def _is_no_number(node: ast.expr) -> bool:
    return any(
        isinstance(part, NO_NUMBERS) or (isinstance(part, ast.Constant) and isinstance(part.value, str))
        for part in ast.walk(node)
    )


def _moved(node: ast.expr | None) -> ast.expr | None:
    """The expression with its first whole number moved away from 0 by one; None without such a number."""
    match node:
        case ast.Constant(value) if type(value) is int:
            return ast.Constant(value + 1)
        case ast.UnaryOp(ast.USub(), inner) if moved := _moved(inner):
            return ast.UnaryOp(ast.USub(), moved)
        case ast.Slice(lower, upper, step) if moved := _moved(lower):
            return ast.Slice(moved, upper, step)
        case ast.Slice(lower, upper, step) if moved := _moved(upper):
            return ast.Slice(lower, moved, step)
        case ast.Tuple(parts):
            for i, part in enumerate(parts):
                if moved := _moved(part):
                    return ast.Tuple([*parts[:i], moved, *parts[i + 1 :]])
    return None


def draw(root: Path) -> list[Mutant]:
    """The mutants of a tree: as many of each package and kind, of different functions, none of what draws pages."""
    pages = {site.file for site in sites(root) if "streamlit" in (root / site.file).read_text("utf-8")}
    chosen: list[Mutant] = []
    for package in PACKAGES:
        possible = [
            (site, kind, new)
            for site in sites(root)
            if site.file.startswith(f"{package}/") and site.file not in pages
            for kind, new in faults(site.node)
        ]
        quota = -(-EACH // len({kind for _, kind, _ in possible}))
        files: Counter[str] = Counter()
        kinds: Counter[str] = Counter()
        functions: set[tuple[str, str]] = set()
        for i in np.random.default_rng(SEED).permutation(len(possible)):
            site, kind, new = possible[i]
            place = (site.file, site.qualname)
            if files[site.file] == PER_FILE or kinds[kind] == quota or place in functions:
                continue
            files[site.file] += 1
            kinds[kind] += 1
            functions.add(place)
            known = (site.file, site.qualname, site.statement, site.original, site.occurrence)
            chosen.append(Mutant(len(chosen) + 1, kind, *known, ast.unparse(new)))
            if sum(kinds.values()) == EACH:
                break
    return chosen


def find(mutant: Mutant, places: Iterable[Site]) -> Site | None:
    """Where a mutant's expression stands now; None if it is gone, or if two places are as likely."""
    likely = [(_likeness(mutant, site), site) for site in places if site.original == mutant.original]
    best = max((likeness for likeness, _ in likely), default=0)
    found = [site for likeness, site in likely if likeness == best]
    return found[0] if best >= 2 and len(found) == 1 else None


def _likeness(mutant: Mutant, site: Site) -> int:
    """The statement says most, then the function's own name; the rest decides between equals."""
    same = (
        (4, mutant.statement, site.statement),
        (2, mutant.qualname.split(".")[-1], site.qualname.split(".")[-1]),
        (1, mutant.qualname, site.qualname),
        (1, mutant.file, site.file),
        (1, Path(mutant.file).stem, Path(site.file).stem),
        (1, mutant.occurrence, site.occurrence),
    )
    return sum(weight for weight, before, now in same if before == now) if any(a == b for _, a, b in same[:2]) else 0


def mutated(source: str, node: ast.expr, new: str) -> str:
    """The source with one expression exchanged, in brackets; all else as it was."""
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    lines = source.encode().splitlines(keepends=True)
    start = sum(map(len, lines[: node.lineno - 1])) + node.col_offset
    end = sum(map(len, lines[: node.end_lineno - 1])) + node.end_col_offset
    code = source.encode()
    changed = (code[:start] + f"({new})".encode() + code[end:]).decode()
    ast.parse(changed)
    return changed


def nearest(root: Path, file: str) -> list[str]:
    """The test files most likely to notice a fault in `file`: called like it, then those that import it, pages last."""
    module = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    stem = module.split(".")[-1]
    ranked = sorted(
        (test.stem != f"test_{stem}", not named, "pages" in test.parts, test.relative_to(root).as_posix())
        for test in (root / "tests").rglob("test_*.py")
        if "e2e" not in test.parts
        and ((named := test.stem.startswith(f"test_{stem.split('_')[0]}")) or module in _imported(test))
    )
    return [name for *_, name in ranked[:NEAREST]]


def _imported(file: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(file.read_text("utf-8"))))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def tried(mutant: Mutant, site: Site, root: Path, command: list[str], seconds: float, near: bool) -> dict[str, str]:
    """What a command says of a mutant, in a copy of the tree: its verdict, the place, and the test that killed it."""
    at = {"at": f"{site.file}:{site.node.lineno} {site.qualname}"}
    files = nearest(root, site.file) if near else []
    if near and not files:
        return {"verdict": HALFWAY, **at}
    with tempfile.TemporaryDirectory(prefix="mutant") as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(root, copy, ignore=NOT_COPIED)
        faulty = copy / site.file
        faulty.write_text(mutated(faulty.read_text("utf-8"), site.node, mutant.mutated), "utf-8")
        killer = killed([*command, *(("-n", "0", *files) if near else ())], command, copy, seconds)
    if killer:
        return {"verdict": "killed", "by": killer, **at}
    return {"verdict": HALFWAY if near else "survived", **at}


def killed(tests: list[str], command: list[str], folder: Path, seconds: float) -> str | None:
    """The test that fails, and does so again by itself: one that does not has failed for want of time, and is left."""
    left: list[str] = []
    while True:
        code, told = _told([*tests, *left], folder, seconds)
        if code == 0:
            return None
        if code is None:
            return "the time-out"
        killer = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", told, re.MULTILINE)
        if killer is None:
            raise SystemExit(f"no test failed, and yet the command did ({code}):\n{told}")
        if _told([*command, killer[1].split("[")[0]], folder, seconds)[0] != 0:
            return killer[1]
        left += ["--deselect", killer[1]]


def _told(command: list[str], folder: Path, seconds: float) -> tuple[int | None, str]:
    """A command's return code, None if it takes too long, and what it prints; nothing it started is left behind."""
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        command, cwd=folder, env=env, stdout=PIPE, stderr=STDOUT, text=True, start_new_session=True
    ) as process:  # fmt: skip
        try:
            told, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return None, ""
    return process.returncode, told


def run(mutants: list[Mutant], root: Path, name: str, command: list[str], seconds: float) -> None:
    """Every mutant gets a verdict under `name`; the slow whole command is for those that survive all else."""
    places = sites(root)
    for near, before in ((True, ""), (False, HALFWAY)):
        for mutant in mutants:
            if mutant.runs.get(name, {"verdict": ""})["verdict"] != before:
                continue
            told = {"verdict": "not found"}
            for fault in (replace(mutant, **mutant.since), mutant):
                if site := find(fault, places):
                    told = tried(fault, site, root, command, seconds, near)
                    break
            mutant.runs[name] = told
            save(mutants)
            print(mutant.id, *told.values(), sep="\t", flush=True)  # noqa: T201  # what a run tells


def save(mutants: list[Mutant]) -> None:
    STORE.write_text(json.dumps([asdict(mutant) for mutant in mutants], indent=1, ensure_ascii=False) + "\n", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("what", choices=("draw", "run"))
    parser.add_argument("--root", type=Path, default=Path(__file__).parents[1], help="the tree that is made faulty")
    parser.add_argument("--name", default="new", help="what the run is called")
    parser.add_argument("--command", default=COMMAND, help="what tests the tree")
    parser.add_argument("--seconds", default=SECONDS, type=float, help="after which a mutant counts as killed")
    given = parser.parse_args()
    if given.what == "draw":
        save(draw(given.root.resolve()))
    else:
        mutants = [Mutant(**row) for row in json.loads(STORE.read_text("utf-8"))]
        run(mutants, given.root.resolve(), given.name, shlex.split(given.command), given.seconds)


if __name__ == "__main__":
    main()
