"""The link that is shared is the address that answers: nobody is sent on from it."""

from types import SimpleNamespace

import pytest
import streamlit as st

from components.session import url


@pytest.mark.parametrize(
    ("base", "address", "link"),
    [
        ("", "https://x.org", "https://x.org/"),
        ("", "https://x.org/compare", "https://x.org/compare"),
        ("base", "https://x.org/base", "https://x.org/base/"),
        ("/base/", "https://x.org/base/", "https://x.org/base/"),
        ("base", "https://x.org/base/compare", "https://x.org/base/compare"),
        ("a/base", "https://x.org/a/base", "https://x.org/a/base/"),
    ],
)
def test_the_first_pages_address_ends_with_a_slash_under_any_base_path(
    base: str, address: str, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(st, "context", SimpleNamespace(url=address))
    monkeypatch.setattr(st, "get_option", {"server.baseUrlPath": base}.__getitem__)
    monkeypatch.setattr(st, "query_params", {"stride": "2"})
    assert url.link() == f"{link}?stride=2"
