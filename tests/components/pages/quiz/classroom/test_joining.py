"""What is said to a class that is to join: an address to type, a code, and whether others can come at all."""

import pytest

from components.pages.quiz.classroom.joining import invitation
from components.pages.quiz.state import ClassCode


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("https://loom.example.org/quiz", "loom.example.org/quiz"),
        ("http://192.168.1.7:8501/quiz", "192.168.1.7:8501/quiz"),
        ("https://example.org/weights/quiz/", "example.org/weights/quiz"),
    ],
)
def test_the_address_and_the_code_are_typed_as_they_are_read(page: str, address: str) -> None:
    invited = invitation(page, "v2bjncqs")
    assert (invited.address, invited.code, invited.warning) == (address, "V2BJ-NCQS", "")
    assert invited.link == f"{page}?class={ClassCode().read(invited.code)}"


def test_where_no_other_device_can_come_it_is_said() -> None:
    for host in ("localhost:8501", "127.0.0.1:8501"):
        assert "this computer only" in invitation(f"http://{host}/quiz", "v2bjncqs").warning
