"""What is asked for is sent once, and again only where the browser says that it is not there."""

import json
from typing import Any

import pytest

from components.widgets.download.requests import WAITING, File, Requests
from kernels.layer.spec import SpecError

OFFERS = {name: File(f"{name}.txt", "text/plain", f"{name}\n\0".encode) for name in ("one", "two", "three")}
ODD: list[object] = [None, True, 0, 1e400, "", "x", [], [["x", True]], {}, {"x": True}, {"": True}, {"x": {}}]


def read(message: bytes) -> tuple[dict[str, Any], bytes]:
    line, _, file = message.partition(b"\n")
    return json.loads(line), file


def run(requests: Requests) -> tuple[dict[str, Any], bytes]:
    """What a run of the page sends."""
    serial = requests.due()
    message = requests.with_file(serial, OFFERS) if serial else requests.header()
    if serial in requests.asked:
        requests.sent = serial
    return read(message)


def asked(*keys: str) -> tuple[Requests, list[str]]:
    requests = Requests()
    for key in keys:
        requests.ask(key)
    return requests, [*requests.asked]


def test_a_file_is_sent_in_one_run_and_no_more() -> None:
    requests, (serial,) = asked("two")
    assert run(requests) == ({"asked": [serial], "serial": serial, "name": "two.txt", "mime": "text/plain"}, b"two\n\0")
    assert run(requests) == run(requests) == ({"asked": [serial]}, b"")
    requests.confirm({serial: True})
    assert run(requests) == ({"asked": []}, b"")


def test_what_was_lost_is_sent_again_under_its_number() -> None:
    requests, (serial,) = asked("one")
    first = run(requests)
    requests.confirm({serial: False})
    assert run(requests) == first
    requests.confirm({serial: True})
    assert run(requests) == ({"asked": []}, b"")


def test_of_several_the_next_one_waits_until_the_one_before_is_there() -> None:
    requests, serials = asked("one", "two", "three")
    contents = b"one\n\0", b"two\n\0", b"three\n\0"
    for n, serial in enumerate(serials):
        told, file = run(requests)
        assert told["asked"] == serials[n:]
        assert (told["serial"], file) == (serial, contents[n])
        assert run(requests) == ({"asked": serials[n:]}, b"")
        requests.confirm({one: one == serial for one in serials[n:]})
    assert run(requests) == ({"asked": []}, b"")


def test_an_answer_that_knows_nothing_yet_of_what_is_under_way_does_not_bring_it_again() -> None:
    requests, (first, second) = asked("one", "two")
    run(requests)
    requests.confirm({first: True})
    run(requests)
    requests.confirm({first: True})  # said twice: this one was written before the second file came
    assert run(requests) == ({"asked": [second]}, b"")


def test_two_clicks_are_two_files() -> None:
    requests, (first, second) = asked("one", "one")
    assert first != second
    assert run(requests)[1] == b"one\n\0"
    requests.confirm({first: True, second: False})
    assert run(requests)[1] == b"one\n\0"


@pytest.mark.parametrize("answer", ODD, ids=repr)
def test_an_answer_of_any_kind_changes_nothing_but_what_it_names(answer: object) -> None:
    requests, serials = asked("one", "two")
    run(requests)
    requests.confirm(answer)
    assert [*requests.asked] == serials
    assert requests.sent == serials[0]


def test_what_is_on_offer_no_more_is_asked_for_no_more() -> None:
    requests, (gone, there) = asked("four", "three")
    assert run(requests) == ({"asked": [there]}, b"")
    assert run(requests)[1] == b"three\n\0"
    assert gone not in requests.asked


@pytest.mark.parametrize("error", [SpecError("too large"), MemoryError("no room")], ids=repr)
def test_what_cannot_be_made_is_asked_for_no_more(error: Exception) -> None:
    def make() -> bytes:
        raise error

    requests, (serial,) = asked("bad")
    with pytest.raises(type(error), match=str(error)):
        requests.with_file(serial, {"bad": File("bad", "text/plain", make)})
    assert run(requests) == ({"asked": []}, b"")


def test_clicks_without_end_are_not_kept() -> None:
    requests, serials = asked(*["one"] * (WAITING + 5))
    assert len(serials) == WAITING
    assert requests.due() == serials[0]
