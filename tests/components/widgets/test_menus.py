"""The browser says which menus are wanted: few, and no more than names."""

import pytest

from components.session import bind
from components.widgets import menus


def test_only_short_names_and_few_of_them_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: set[str] = set()
    monkeypatch.setattr(menus, "wanted", lambda: kept)
    for name in ("kernel", "x" * 10**6, 3, None, *map(str, range(50))):
        monkeypatch.setattr(bind, "entered", lambda _key, _event, name=name: name)
        menus._want()
    assert "kernel" in kept
    assert len(kept) == menus.MOST
    assert max(map(len, kept)) <= menus.LONGEST
