"""The audit of a pasted list: read strictly, refused in words, counted as PyTorch counts."""

import contextlib
import io
import re
from importlib import import_module
from typing import Any

import pytest

from components.pages.sharing import audit
from components.pages.sharing.audit import Audit
from kernels.sharing.published import albert
from kernels.sharing.reused import Tensor
from tests.support.text import numbers

HOSTILE = {
    "": "the list is empty",
    "a 2x3": "line 1 has 2 parts, “a 2x3”: write name, shape and storage",
    "a 2x3 p\nb (2, 3) p": "line 2 has 4 parts",
    "a 2x3 p\n\na 3 q": "line 3 has the name of line 1, “a”: list each tensor once",
    "naïve 2 p": "line 1 has the name “naïve”: use 1 to 200 letters",
    "\u202egnp.exe 2 p": "line 1 has the name",
    "a" * 201 + " 2 p": "line 1 has the name “" + "a" * 40 + "…”",
    "a 2.5 p": "line 1 has the shape “2.5”: write 1 to 8 whole numbers",
    "a 0 p": "has the shape “0”",
    "a ٣x٤ p": "has the shape “٣x٤”",
    "a 1e9 p": "has the shape “1e9”",
    "a " + "9" * 5000 + " p": "has the shape “" + "9" * 40 + "…”",
    "a " + "x".join("1" * 9) + " p": "write 1 to 8 whole numbers",
    "a 1000000000x1000000000 p": "at most 1,000,000,000,000,000 numbers",
    "a 2 <img/src=x>": "line 1 has the storage “<img/src=x>”: write an address or a word",
    "a 2 0": "line 1 has the storage 0, which is nowhere",
    "x" * 200_001: "200,001 characters: paste at most 200,000",
    "\n".join(f"a{n} 1 p" for n in range(2001)): "2,001 lines: paste at most 2,000",
}


@pytest.mark.parametrize(("text", "said"), HOSTILE.items(), ids=range(len(HOSTILE)))
def test_what_is_no_list_is_refused_with_its_line_its_value_and_what_to_do(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)) as refused:
        audit.parsed(text)
    assert len(str(refused.value)) < 250
    assert str(refused.value).isprintable(), "nothing that is not seen or turns letters round"


@pytest.mark.parametrize("value", [None, 3, b"a 2 p", ["a 2 p"]])
def test_what_is_no_text_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="must be text"):
        audit.parsed(value)


def test_a_list_is_read_as_it_was_written_with_any_line_endings() -> None:
    tensors = [Tensor("encoder.weight", (10, 4), "140243"), Tensor("<b>&[0]", (3,), "0x7f:8")]
    assert audit.parsed(audit.listing(tensors)) == tuple(tensors)
    assert audit.parsed("\r\n  encoder.weight\t10×4 140243 \r\n\r\n<b>&[0] 3 0x7f:8\r\n") == tuple(tensors)


def test_of_tensors_on_one_storage_the_largest_counts_and_the_others_say_so() -> None:
    found = Audit(audit.parsed("own 5 t\npart 2x4 s\nwhole 3x4 s\nturned 4x3 s"))
    assert "(3 × 4)" in audit.sentence(found)
    assert found.counted() == [5, 0, 12, 0]
    assert (found.true, found.added_up) == (17, 8 + 12 + 12 + 5)
    table = audit.table(found)
    assert table["name"] == ["part", "whole", "turned", "own"]  # tied ones first
    assert table["tied to"] == ["whole", "", "whole", ""]
    assert table["counted"] == [0, 12, 0, 5]
    assert [[one.name for one in group] for group in found.groups] == [["part", "whole", "turned"]]


def test_the_sentence_has_both_counts_and_no_name_is_markdown() -> None:
    told = audit.sentence(Audit(audit.parsed("[x](//evil.example) 10 p\n<img> 10 p\nb 7 q\nc 7 q")))
    assert numbers(told)[:2] == [17, 34]
    assert r"\[x\]\(" in told
    assert "<img>" not in told.replace(r"\<", "")
    assert "1 other storage is shared too" in told
    none = audit.sentence(Audit(audit.parsed("a 10 p\nb 7 q")))
    assert numbers(none) == [17, 2]
    assert "none is tied" in none


def test_the_example_ties_the_embeddings_of_press_and_wolf() -> None:
    found = Audit(audit.parsed(audit.EXAMPLE))
    assert [round(n / 1e6) for n in (found.true, found.added_up)] == [51, 66]


def test_a_long_list_of_a_real_size_is_read() -> None:
    found = Audit(audit.parsed(audit.listing(albert("all"))))
    assert (found.true, found.added_up) == (11_683_584, 89_650_176)
    assert "and 9 more" in audit.sentence(found)


@pytest.mark.long
def test_the_snippet_prints_in_pytorch_what_the_audit_reads_and_both_count_alike() -> None:
    torch: Any = import_module("torch")
    nn = torch.nn

    class Model(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.embedding, block = nn.Embedding(50, 8), nn.TransformerEncoderLayer(8, 2, 16)
            self.blocks = nn.ModuleList([block] * 3)
            self.read_out = nn.Linear(8, 50)
            self.read_out.weight = self.embedding.weight
            self.scale = nn.Parameter(torch.ones(()))
            self.turned = nn.Parameter(self.embedding.weight.t())  # another tensor on the same storage

    model, printed = Model(), io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(audit.SNIPPET, {"model": model})  # noqa: S102  # what the page shows is to be run
    found = Audit(audit.parsed(printed.getvalue()))
    block = sum(part.numel() for part in model.blocks[0].parameters())
    assert found.true == 50 * 8 + block + 50 + 1
    assert found.added_up == 3 * 50 * 8 + 3 * block + 50 + 1
    assert {one.name for one in found.groups[0]} == {"embedding.weight", "read_out.weight", "turned"}
