"""Every term is told in one short sentence, and no sentence is told to nobody."""

import ast
import re
from pathlib import Path

from components.display.glossary import GLOSSARY

ROOT = Path(__file__).resolve().parents[3]
USERS = [file for file in (ROOT / "components").rglob("*.py") if file.stem != "glossary"]


def asked(file: Path) -> set[str]:
    """The terms this file looks up."""
    found = ast.walk(ast.parse(file.read_text("utf-8")))
    terms = (node.slice for node in found if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "GLOSSARY")
    return {str(term.value) for term in terms if isinstance(term, ast.Constant)}


def test_every_term_is_used_by_a_page_and_every_term_used_is_known() -> None:
    assert set().union(*map(asked, USERS)) == set(GLOSSARY)


def test_a_term_is_told_shortly_and_ends_with_a_full_stop() -> None:
    for term in GLOSSARY:
        told = GLOSSARY[term]
        assert re.fullmatch(r"\S.*[^.]\.", told)
        assert len(told) < 160


def test_no_sentence_is_told_twice_nor_written_again_elsewhere() -> None:
    assert len(set(GLOSSARY.values())) == len(GLOSSARY)
    for file in USERS:
        assert not [told for told in GLOSSARY.values() if told in file.read_text("utf-8")]
