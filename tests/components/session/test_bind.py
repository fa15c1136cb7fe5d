"""What was under way when the page changed a widget's value does not bring the old one back; choosing it again does."""

from tests.support.visitor import Visitor


class Page(Visitor):
    path = "channels"


def test_the_browsers_old_value_is_no_choice_of_the_visitor_until_it_has_heard_of_the_new_one() -> None:
    page = Page(side="16")
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
