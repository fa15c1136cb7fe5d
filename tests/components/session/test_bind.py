"""What was under way when the page changed a widget's value does not bring the old one back; choosing it again does."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1.element_tree import Block

from tests.support.pages import PATHS
from tests.support.visitor import Visitor

TICKET = "0123456789abcdef" * 2


def test_the_browsers_old_value_is_no_choice_of_the_visitor_until_it_has_heard_of_the_new_one() -> None:
    page = Visitor("channels", side="16")
    page.put("outputs", 3)
    page.put("groups", 3)
    page.named("field:stack").set_value(["cat", "dot", "bars"])
    under_way = page.at._tree.get_widget_states()
    page.put("outputs", 4)
    assert page.value("groups") == 1  # four outputs cannot be three groups
    page.at._run(under_way)
    page.is_sound()
    assert (page.value("groups"), page.query.get("groups"), page.query["stack"]) == (1, None, "cat,dot,bars")
    page.put("outputs", 3)
    page.put("groups", 3)
    assert (page.value("groups"), page.query["groups"]) == (3, "3")


def test_what_a_field_held_that_has_left_the_page_is_no_choice_of_the_visitor() -> None:
    page = Visitor("quiz")
    field = next(state for state in page.at._tree.get_widget_states().widgets if state.id.endswith("field:class"))
    assert field.string_value == ""
    page.press("class_open")
    page.send("ticket", "ticket", TICKET)
    opened = page.query["class"]
    assert not page.has("field:class")
    states = page.at._tree.get_widget_states()
    states.widgets.append(field)
    page.at._run(states)
    page.is_sound()
    assert page.query["class"] == opened


@pytest.mark.parametrize(
    ("key", "event", "value"),
    [("ticket", "ticket", TICKET), ("field:quiz_seed", "entered", {"text": "3", "serial": 1})],
)
def test_a_message_of_a_component_that_has_left_the_page_changes_nothing(key: str, event: str, value: object) -> None:
    page = Visitor("quiz")
    page.press("class_open")
    component = page.named(key)
    trigger = _make_trigger_id(component.proto.id, "events")
    page.send("ticket", "ticket", TICKET)
    before = page.query
    page.go("explore")
    states = page.at._tree.get_widget_states()
    states.widgets.append(WidgetState(id=trigger, json_trigger_value=json.dumps([{"event": event, "value": value}])))
    page.at._run(states)
    page.is_sound()
    page.go("quiz")
    assert page.query == before


def test_a_choice_that_is_taken_back_is_no_choice() -> None:
    page = Visitor("channels", side="16")
    page.put("outputs", 3)
    page.put("groups", 3)
    page.named("field:groups").set_value(None)
    page.run()
    page.is_sound()
    assert (page.value("groups"), page.query["groups"], page.warnings) == (3, "3", [])


def in_menus(block: Block, inside: bool = False) -> Iterator[Any]:
    """The fields that stand in a menu, but for components, which are told their values anyway."""
    for node in block.children.values():
        if isinstance(node, Block):
            yield from in_menus(node, inside or node.type == "popover")
        elif inside and "field:" in str(getattr(node, "key", "")) and not hasattr(node.proto, "component_name"):
            yield node


@pytest.mark.parametrize("path", PATHS)
def test_what_stands_in_a_menu_is_told_in_every_run_for_it_is_mounted_when_the_menu_opens(path: str) -> None:
    page = Visitor(path)
    page.run()
    fields = [*in_menus(page.at.main)]
    assert [node.key for node in fields if not node.proto.set_value] == []
    assert len(fields) >= {"explore": 5, "network": 1, "train": 3, "quiz": 1}.get(path, 0)
