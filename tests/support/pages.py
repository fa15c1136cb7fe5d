"""Where the pages are: the paths of the router, the first page first."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def _paths() -> list[str]:
    """The `url_path` of every page the router names, in its order."""
    calls = (node for node in ast.walk(ast.parse((ROOT / "app.py").read_text("utf-8"))) if isinstance(node, ast.Call))
    words = (word for call in calls for word in call.keywords if word.arg == "url_path")
    return [str(word.value.value) for word in words if isinstance(word.value, ast.Constant)]


PATHS = _paths()
