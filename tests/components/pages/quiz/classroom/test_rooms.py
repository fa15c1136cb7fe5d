"""Who may do what in a class, what is counted, and when it ends: also where visitors mean harm."""

import random
from collections.abc import Callable

import pytest

from components.pages.quiz.classroom import rooms
from components.pages.quiz.classroom.rooms import Guesses, Moment, RoomError, Rooms, View
from components.pages.quiz.state import CODE_LENGTH, CODE_LETTERS, QUESTIONS

TEACHER = "teacher"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def opened(*students: str, clock: Clock | None = None) -> tuple[Rooms, str]:
    """A class that these have joined."""
    held = Rooms(clock or Clock())
    code = held.open(TEACHER, 3, "easy")
    for ticket in students:
        held.look(code, ticket, Guesses())
    return held, code


def look(held: Rooms, code: str, ticket: str) -> View | None:
    """What a session of its own sees."""
    return held.look(code, ticket, Guesses())


def seen(held: Rooms, code: str, ticket: str) -> View:
    found = look(held, code, ticket)
    assert found is not None
    return found


def test_a_round_of_peer_instruction_is_counted_answer_by_answer() -> None:
    held, code = opened()
    for ticket, option in (("a", 2), ("b", 2), ("c", 0)):
        assert seen(held, code, ticket).own is None
        held.vote(code, ticket, 0, 0, option)
        assert seen(held, code, ticket).own == option
    seen(held, code, "d")
    assert (seen(held, code, TEACHER).students, seen(held, code, TEACHER).answered) == (4, 3)
    held.again(code, TEACHER)  # nothing is asked again before it has been counted
    assert seen(held, code, TEACHER).moment == Moment(0)
    held.count(code, TEACHER)
    assert {seen(held, code, ticket).moment for ticket in ("a", TEACHER)} == {Moment(0, 0, "counted")}
    held.vote(code, "d", 0, 0, 1)  # too late
    held.again(code, TEACHER)
    assert seen(held, code, "a").own is None
    for ticket in "abd":
        held.vote(code, ticket, 0, 1, 3)
    teacher = seen(held, code, TEACHER)
    assert teacher.counts == {(0, 0): (1, 0, 2, 0), (0, 1): (0, 0, 0, 3)}
    assert (teacher.moment, teacher.seed, teacher.level) == (Moment(0, 1, "asked"), 3, "easy")
    held.count(code, TEACHER)
    held.again(code, TEACHER)  # there is no third round
    assert seen(held, code, TEACHER).moment == Moment(0, 1, "counted")
    held.solve(code, TEACHER)
    assert seen(held, code, TEACHER).moment == Moment(0, 1, "solved")


def test_the_right_answer_ends_the_rounds_of_its_question_whenever_it_is_shown() -> None:
    held, code = opened("a")
    held.solve(code, TEACHER)
    held.vote(code, "a", 0, 0, 1)  # too late: it is known
    for act in (Rooms.again, Rooms.count, Rooms.solve):
        act(held, code, TEACHER)
        assert seen(held, code, "a").moment == Moment(0, 0, "solved")
    assert seen(held, code, TEACHER).counts == {}


def test_a_class_begins_and_goes_on_with_any_of_the_questions() -> None:
    held = Rooms(Clock())
    code = held.open(TEACHER, 3, "easy", 5)
    assert (seen(held, code, "a").moment, seen(held, code, "a").begun) == (Moment(5), False)
    for question in (7, 0, 5):
        held.ask(code, TEACHER, question)
        assert (seen(held, code, "a").moment, seen(held, code, "a").begun) == (Moment(question), True)
    for question in (-1, QUESTIONS):
        with pytest.raises(RoomError, match="questions 1 to 8"):
            held.ask(code, TEACHER, question)
    assert seen(held, code, TEACHER).moment == Moment(5)


def test_another_question_starts_anew_and_one_asked_before_comes_back_as_it_was_left() -> None:
    held, code = opened("a")
    held.vote(code, "a", 0, 0, 1)
    for act, left in ((Rooms.count, Moment(0, 0, "counted")), (Rooms.again, Moment(0, 1)), (Rooms.solve, None)):
        act(held, code, TEACHER)
        held.ask(code, TEACHER, 1)
        assert (seen(held, code, "a").moment, seen(held, code, "a").own) == (Moment(1), None)
        held.ask(code, TEACHER, 0)
        assert seen(held, code, "a").moment == (left or Moment(0, 1, "solved"))
    assert seen(held, code, TEACHER).counts == {(0, 0): (0, 1, 0, 0)}


def test_a_question_shown_by_mistake_costs_the_one_before_nothing() -> None:
    held, code = opened("a", "b")
    held.vote(code, "a", 0, 0, 1)
    for question in (4, 0):
        held.ask(code, TEACHER, question)
    held.vote(code, "a", 0, 0, 2)  # has answered
    held.vote(code, "b", 0, 0, 2)
    assert seen(held, code, TEACHER).counts == {(0, 0): (0, 1, 1, 0)}


def test_a_student_sees_no_counts_and_changes_nothing_but_the_own_first_answer() -> None:
    held, code = opened("a", "b")
    held.vote(code, "a", 0, 0, 1)
    held.vote(code, "a", 0, 0, 2)  # again, otherwise
    held.vote(code, "a", 0, 0, 1)  # replayed
    held.vote(code, "a", 1, 0, 1)  # of a question that is not asked
    held.vote(code, "a", 0, 1, 1)  # of a round that has not begun
    held.vote(code, "b", 0, 0, 4)  # no such choice
    held.vote(code, "b", 0, 0, -1)
    held.vote(code, "stranger", 0, 0, 1)  # who has not joined
    held.vote(code, TEACHER, 0, 0, 1)
    assert seen(held, code, TEACHER).counts == {(0, 0): (0, 1, 0, 0)}
    assert seen(held, code, "b").counts == {}
    assert not seen(held, code, "b").teaches


ACTS: dict[str, Callable[[Rooms, str, str], None]] = {
    "ask": lambda held, code, ticket: held.ask(code, ticket, 1),
    "count": Rooms.count,
    "again": Rooms.again,
    "solve": Rooms.solve,
    "end": Rooms.end,
}


@pytest.mark.parametrize("act", sorted(ACTS))
def test_only_the_ticket_that_opened_a_class_leads_it_and_no_stranger_learns_whether_there_is_one(act: str) -> None:
    held, code = opened("a")
    for tried, ticket in ((code, "a"), (code, "stranger"), (code, ""), ("22222222", "stranger")):
        with pytest.raises(RoomError, match="only the browser that opened this class"):
            ACTS[act](held, tried, ticket)
        held.vote(tried, "stranger", 0, 0, 1)
    assert (seen(held, code, TEACHER).moment, seen(held, code, TEACHER).counts) == (Moment(0), {})
    held.end(code, TEACHER)
    with pytest.raises(RoomError, match="this class has ended"):
        ACTS[act](held, code, TEACHER)


def test_codes_are_long_enough() -> None:
    _, code = opened()
    assert len(code) == CODE_LENGTH
    assert set(code) <= set(CODE_LETTERS)
    assert len(CODE_LETTERS) ** CODE_LENGTH > 8e11


def test_the_guesses_of_a_session_and_of_all_are_bounded_and_only_the_latter_keep_others_out() -> None:
    clock = Clock()
    held, code = opened("a", clock=clock)

    def tries(guesses: Guesses) -> int:
        found = 0
        while True:
            try:
                assert held.look("22222222", "thief", guesses) is None
            except RoomError:
                return found
            found += 1

    one = Guesses()
    assert tries(one) == rooms.GUESSES
    with pytest.raises(RoomError, match="too many of your codes"):
        held.look(code, "thief", one)  # the right one, too: or it would be told from the wrong ones
    assert seen(held, code, "newcomer").students == 2  # others are let in
    assert sum(tries(Guesses()) for _ in range(1000)) == rooms.ALL_GUESSES - rooms.GUESSES
    for wrong_or_right in ("33333333", code):
        with pytest.raises(RoomError, match="too many wrong codes"):
            look(held, wrong_or_right, "thief")
    assert seen(held, code, "a").students == 2  # whoever is in stays in
    assert seen(held, code, TEACHER).teaches
    clock.now += 1
    assert seen(held, code, "late").students == 3
    clock.now += 3600
    assert tries(one) == rooms.GUESSES  # what is not used is not saved
    clock.now += 1 / rooms.GUESSES_A_SECOND
    assert tries(one) == 1
    clock.now += 3600
    assert sum(tries(Guesses()) for _ in range(1000)) == rooms.ALL_GUESSES
    clock.now += 1
    assert sum(tries(Guesses()) for _ in range(1000)) == rooms.ALL_GUESSES_A_SECOND


def test_the_end_of_a_class_is_no_guess_for_those_who_were_in() -> None:
    students = [f"s{n}" for n in range(200)]
    held, code = opened(*students)
    other = held.open("another", 0, "easy")
    held.end(code, TEACHER)
    for _ in range(10):
        assert [look(held, code, ticket) for ticket in (*students, TEACHER)] == [None] * 201
    assert seen(held, other, "newcomer").students == 1


def test_a_ticket_finds_the_class_it_teaches_or_joined_last_as_long_as_it_lives() -> None:
    clock = Clock()
    held, code = opened(clock=clock)
    other = held.open("another", 0, "easy")
    for joined in (code, other):
        seen(held, joined, "a")
    assert (held.home(TEACHER), held.home("another"), held.home("a")) == (code, other, other)
    seen(held, other, TEACHER)
    assert held.home(TEACHER) == code  # leading comes first
    assert held.home("stranger") == held.home("") == ""
    held.end(other, "another")
    assert (held.home("another"), held.home("a")) == ("", code)
    clock.now += rooms.LIFE
    assert held.home("a") == held.home(TEACHER) == ""


def test_a_class_ends_after_four_hours_or_when_nobody_looks_any_more() -> None:
    clock = Clock()
    held, code = opened(clock=clock)
    for _ in range(int(rooms.LIFE / 600) - 1):
        clock.now += 600
        assert seen(held, code, TEACHER).teaches
    clock.now += 600
    assert look(held, code, TEACHER) is None
    other = held.open(TEACHER, 0, "hard")
    clock.now += rooms.UNATTENDED
    assert look(held, other, TEACHER) is None


def test_classes_and_students_have_a_limit_and_a_teacher_has_one_class() -> None:
    held = Rooms(Clock())
    first = held.open("t0", 0, "easy")
    for n in range(1, rooms.ROOMS):
        seen(held, held.open(f"t{n}", 0, "easy"), f"s{n}")
    seen(held, first, "s0")
    with pytest.raises(RoomError, match="already holds 100 classes"):
        held.open("one more", 0, "easy")
    again = held.open("t0", 1, "easy")
    assert look(held, first, "t0") is None
    for n in range(rooms.STUDENTS):
        seen(held, again, f"s{n}")
    with pytest.raises(RoomError, match="this class has 500 students, its limit"):
        look(held, again, "one more")
    assert seen(held, again, "s7").students == rooms.STUDENTS


def test_who_opens_a_hundred_classes_for_nobody_ends_his_own_and_keeps_no_teacher_out() -> None:
    held = Rooms(clock := Clock())
    taught = held.open("a teacher", 0, "easy")
    seen(held, taught, "a student")
    clock.now += 60
    for n in range(rooms.ROOMS + 5):
        clock.now += 0.1
        held.open(f"t{n}", 0, "easy")
    other = held.open("another teacher", 0, "easy")
    assert look(held, taught, "a teacher")
    assert look(held, other, "another teacher")


def test_ten_thousand_random_messages_count_nothing_twice_and_let_nobody_in() -> None:
    rng, clock = random.Random(5), Clock()  # noqa: S311
    held, code = opened(clock=clock)
    tickets = [f"s{n}" for n in range(20)]
    first: dict[tuple[int, int], dict[str, int]] = {}
    for _ in range(10_000):
        clock.now += 0.01
        ticket, moment = rng.choice([*tickets, "", "x"]), (rng.randrange(QUESTIONS), rng.randrange(3))
        option, act = rng.randrange(-1, 6), rng.choice(sorted(ACTS))
        before = seen(held, code, TEACHER)
        if rng.random() < 0.2:
            with pytest.raises(RoomError):
                ACTS[act](held, code, ticket)
        elif rng.random() < 0.02:
            lead = ACTS[rng.choice(["count", "again", "again", "solve"])]
            lead(held, code, TEACHER)
            if rng.random() < 0.5:
                held.ask(code, TEACHER, rng.randrange(QUESTIONS))
        else:
            if ticket in tickets:
                seen(held, code, ticket)
            held.vote(code, ticket, *moment, option)
            is_asked = before.moment == Moment(*moment)
            if is_asked and option in range(4) and ticket in tickets:
                first.setdefault(moment, {}).setdefault(ticket, option)
    wanted = {moment: tuple([*votes.values()].count(n) for n in range(4)) for moment, votes in sorted(first.items())}
    assert len(wanted) > QUESTIONS  # some of them twice
    assert seen(held, code, TEACHER).counts == wanted
