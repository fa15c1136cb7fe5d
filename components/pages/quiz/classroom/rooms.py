"""Classes that answer the quiz together, in this server's memory and nowhere else. Pure, but for the clock and a lock.

A class has a code, which its students are told, and the ticket of the teacher's browser, which nobody is told. A ticket
is a number that a browser draws for itself: it says that two answers came from one browser, and not whose it is.
Nothing else is known of a student.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import inf
from secrets import choice
from threading import Lock
from time import monotonic
from typing import Literal

from components.pages.quiz.question import CHOICES
from components.pages.quiz.state import CODE_LENGTH, CODE_LETTERS, QUESTIONS, Level

ROOMS, STUDENTS, ROUNDS = 100, 500, 2
LIFE = 4 * 3600.0  # seconds a class lives at most
UNATTENDED = 30 * 60.0  # seconds after which a class ends that nobody looks at
# Wrong codes, at once and each second after that: of one session, so that nobody who tries some keeps others out, and
# of all sessions together. One session tries 1,445 in four hours; all together 1,441,000 of 8 × 10¹¹ codes, which finds
# one of a hundred classes with a chance of 1 in 5,900 (behind several copies, whose codes begin alike, 1 in 190).
GUESSES, GUESSES_A_SECOND = 5, 0.1
ALL_GUESSES, ALL_GUESSES_A_SECOND = 1000, 100.0
ENDED = 1000  # classes whose members are told that they have ended
NO_ANSWER = CHOICES
# Where there are several copies of the app, the letter with which the codes of this one's classes begin.
COPY = os.environ.get("WEIGHT_LOOM_COPY", "")
if COPY and (len(COPY) > 1 or COPY not in CODE_LETTERS):
    raise ValueError(f"WEIGHT_LOOM_COPY must be one of {CODE_LETTERS}, got {COPY!r}")


Round = tuple[int, int]  # the question, and how often it was asked before
# A round is answered; then all see how often each choice was made, and discuss; last, which one is right, and why.
Stage = Literal["asked", "counted", "solved"]


@dataclass(frozen=True, slots=True)
class Moment:
    """What changes for everybody in a class at once. question: counted from 0. round: how often it was asked before."""

    question: int
    round: int = 0
    stage: Stage = "asked"

    @property
    def of(self) -> Round:
        """What is answered now, or was last."""
        return self.question, self.round

    @property
    def can_ask_again(self) -> bool:
        """Whether there is another round: not once the right answer is known."""
        return self.stage == "counted" and self.round + 1 < ROUNDS


@dataclass(slots=True)
class Guesses:
    """How many wrong codes may still be tried: at most `most` at once, and `a_second` more each second.

    left: as many, at the time `at`.
    """

    most: float = GUESSES
    a_second: float = GUESSES_A_SECOND
    left: float = inf
    at: float = 0.0

    def may(self, now: float) -> bool:
        """Whether one more may be tried."""
        self.left = min(self.most, self.left + (now - self.at) * self.a_second)
        self.at = now
        return self.left >= 1

    def spend(self) -> None:
        """One was tried."""
        self.left -= 1


class RoomError(ValueError):
    """What cannot be done in a class, in words for the visitor."""


@dataclass(slots=True)
class Room:
    """A class. left: how the questions shown before were left.

    students: the place of each ticket in `ballots`, which hold an answer for each student and round.
    """

    code: str
    teacher: str
    seed: int
    level: Level
    ends: float
    seen: float
    now: Moment
    left: dict[int, Moment] = field(default_factory=dict)
    students: dict[str, int] = field(default_factory=dict)
    ballots: dict[Round, bytearray] = field(default_factory=dict)

    def counts(self, round_: Round) -> tuple[int, ...]:
        """How often each choice was made."""
        votes = self.ballots.get(round_, b"")
        return tuple(votes.count(option) for option in range(CHOICES))


@dataclass(frozen=True, slots=True)
class View:
    """What one visitor may know of a class.

    begun: whether anything but the first question's first round has been shown. answered: of the students, how many in
    this round. own: the student's answer, or None. counts: how often each choice was made, by question and round; for
    the teacher alone, and for a student empty.
    """

    code: str
    teaches: bool
    seed: int
    level: Level
    moment: Moment
    begun: bool
    students: int
    answered: int
    own: int | None
    counts: dict[Round, tuple[int, ...]]


class Rooms:
    """All classes of this server. Every method takes what a visitor sent and may be called from any thread."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._rooms: dict[str, Room] = {}
        self._lock = Lock()
        self._ended: dict[str, frozenset[str]] = {}  # who was in: for them a code that was right is no guess
        self._guesses = Guesses(ALL_GUESSES, ALL_GUESSES_A_SECOND)

    def open(self, ticket: str, seed: int, level: Level, question: int = 0) -> str:
        """The code of a new class that this ticket teaches, from this question on; one it taught before ends.

        Raises RoomError.
        """
        with self._lock:
            now = self._swept()
            for before in [code for code, room in self._rooms.items() if room.teacher == ticket]:
                self._close(before)
            if len(self._rooms) >= ROOMS:
                self._make_room()
            code = COPY + "".join(choice(CODE_LETTERS) for _ in range(CODE_LENGTH - len(COPY)))
            self._rooms[code] = Room(code, ticket, seed, level, now + LIFE, now, Moment(question))
            return code

    def look(self, code: str, ticket: str, guesses: Guesses) -> View | None:
        """What this ticket may know of the class, which it joins; None where there is none. Raises RoomError.

        guesses: of the visitor's session.
        """
        with self._lock:
            self._swept()
            if self._was_in(code, ticket):
                return None
            room = self._member(code, ticket) or self._guessed(code, guesses)
            if room is None:
                return None
            if ticket != room.teacher and ticket not in room.students:
                if len(room.students) >= STUDENTS:
                    raise RoomError(f"this class has {STUDENTS} students, its limit")
                room.students[ticket] = len(room.students)
            return _view(room, ticket)

    def home(self, ticket: str) -> str:
        """The code of the class that this ticket teaches, or else of the one it joined last; "" for none."""
        with self._lock:
            self._swept()
            taught = [code for code, room in self._rooms.items() if room.teacher == ticket]
            joined = [code for code, room in self._rooms.items() if ticket in room.students]
            return next(iter(taught + joined[::-1]), "")

    def vote(self, code: str, ticket: str, question: int, round_: int, option: int) -> None:
        """Take a student's first answer to what is asked now; any other one changes nothing. Raises RoomError."""
        with self._lock:
            room = self._member(code, ticket)
            if room is None:
                return
            place = room.students.get(ticket)
            asked = room.now.stage == "asked" and (question, round_) == room.now.of
            if place is None or not asked or option not in range(CHOICES):
                return
            ballot = room.ballots.setdefault(room.now.of, bytearray([NO_ANSWER]) * STUDENTS)
            if ballot[place] == NO_ANSWER:
                ballot[place] = option

    def ask(self, code: str, ticket: str, question: int) -> None:
        """Show another question: from the start, or as it was left. Raises RoomError."""
        with self._lock:
            room = self._taught(code, ticket)
            if question not in range(QUESTIONS):
                raise RoomError(f"a class has the questions 1 to {QUESTIONS}")
            room.left[room.now.question] = room.now
            room.now = room.left.get(question, Moment(question))

    def count(self, code: str, ticket: str) -> None:
        """End the round: no more answers are taken; which is right, nobody is told. Raises RoomError."""
        with self._lock:
            room = self._taught(code, ticket)
            if room.now.stage == "asked":
                room.now = replace(room.now, stage="counted")

    def again(self, code: str, ticket: str) -> None:
        """Ask the same question once more, after the discussion. Raises RoomError."""
        with self._lock:
            room = self._taught(code, ticket)
            if room.now.can_ask_again:
                room.now = Moment(room.now.question, room.now.round + 1)

    def solve(self, code: str, ticket: str) -> None:
        """Show the right answer, and end the round if it has not ended. Raises RoomError."""
        with self._lock:
            room = self._taught(code, ticket)
            room.now = replace(room.now, stage="solved")

    def end(self, code: str, ticket: str) -> None:
        """End the class and forget its answers. Raises RoomError."""
        with self._lock:
            self._close(self._taught(code, ticket).code)

    def _taught(self, code: str, ticket: str) -> Room:
        room = self._member(code, ticket)
        if room is None or room.teacher != ticket:  # the same for both, or whoever guesses could ask here
            raise RoomError("only the browser that opened this class can lead it")
        return room

    def _member(self, code: str, ticket: str) -> Room | None:
        """The class, for those who are in it. Raises RoomError for those who were."""
        now, room = self._swept(), self._rooms.get(code)
        if self._was_in(code, ticket):
            raise RoomError("this class has ended")
        if room is None or (ticket != room.teacher and ticket not in room.students):
            return None
        room.seen = now
        return room

    def _was_in(self, code: str, ticket: str) -> bool:
        """Whether this class has ended, and the ticket was in it: it is no guess then."""
        return ticket in self._ended.get(code, ())

    def _guessed(self, code: str, guesses: Guesses) -> Room | None:
        """The class, for those who are not in it: while too many codes were wrong, nobody is let in. Raises RoomError.

        A right code would be refused too, or whoever guesses could go on until one is not.
        """
        now = self._clock()
        if not guesses.may(now):
            raise RoomError(
                f"too many of your codes were wrong: wait {1 / guesses.a_second:.0f} seconds, then try the right one"
            )
        if not self._guesses.may(now):
            raise RoomError("too many wrong codes were tried on this server just now: wait a few seconds")
        room = self._rooms.get(code)
        if room is None:
            guesses.spend()
            self._guesses.spend()
        return room

    def _make_room(self) -> None:
        """End the class without students that was looked at longest ago: a script that opens many ends its own.

        Raises RoomError where every class has students.
        """
        empty = [room for room in self._rooms.values() if not room.students]
        if not empty:
            raise RoomError(f"this server already holds {ROOMS} classes, its limit: try again later")
        self._close(min(empty, key=lambda room: room.seen).code)

    def _swept(self) -> float:
        """The time, after classes whose time is over have ended."""
        now = self._clock()
        over = [c for c, room in self._rooms.items() if now >= room.ends or now - room.seen >= UNATTENDED]
        for code in over:
            self._close(code)
        return now

    def _close(self, code: str) -> None:
        """Forget the class, and all but who was in it."""
        room = self._rooms.pop(code)
        self._ended[code] = frozenset((room.teacher, *room.students))
        while len(self._ended) > ENDED:
            self._ended.pop(next(iter(self._ended)))


def _view(room: Room, ticket: str) -> View:
    now, teaches = room.now, ticket == room.teacher
    place, ballot = room.students.get(ticket), room.ballots.get(now.of)
    own = ballot[place] if ballot is not None and place is not None else NO_ANSWER
    return View(
        code=room.code,
        teaches=teaches,
        seed=room.seed,
        level=room.level,
        moment=now,
        begun=bool(room.left) or now != Moment(now.question),
        students=len(room.students),
        answered=sum(room.counts(now.of)),
        own=None if own == NO_ANSWER else own,
        counts={round_: room.counts(round_) for round_ in sorted(room.ballots)} if teaches else {},
    )
