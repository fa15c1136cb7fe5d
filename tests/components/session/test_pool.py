"""The pool: visitors take turns, a worker that dies is replaced, limits hold, and no process outlives the server."""

import os
import re
import signal
import subprocess
import sys
import time
from collections import deque
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from functools import partial
from multiprocessing import active_children
from pathlib import Path

import pytest

from components.session import pool as module
from components.session.pool import FullError, Pool, Task, TooLongError
from components.session.process import within
from kernels.layer.spec import SpecError

ROOT = Path(__file__).resolve().parents[3]


def refuse() -> None:
    raise SpecError("stride must be >= 1, got 0")


def spin(seconds: float) -> int:
    """Processor time; returns the process that spent it."""
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
    return os.getpid()


def taken(pool: Pool) -> list[str]:
    """Who comes, in order, where every task is over before the next is taken."""
    order = []
    while task := pool._take():
        order.append(str(task.who))
    return order


def pooled(who: str) -> Pool:
    """Tasks of these visitors, as they were asked for; nobody works yet."""
    pool = Pool(1, threads=[None])  # type: ignore[list-item]  # no thread is to take them
    for one in who:
        pool.submit(one, int)
    return pool


def test_visitors_take_turns_and_a_newcomer_waits_for_one_task_of_each() -> None:
    pool = pooled("aaabbc")
    assert [pool.ahead(who) for who in "abcx"] == [0, 1, 2, 0]
    assert taken(pool) == ["a", "b", "c", "a", "b", "a"]


def test_every_second_turn_is_for_those_who_have_nothing_yet() -> None:
    pool = pooled("abcd")
    for one in "xyz":
        pool.submit(one, int, first=True)
    assert [pool.ahead(who) for who in "axbyczd"] == list(range(7))
    assert taken(pool) == list("axbyczd")
    pool.submit("x", int, first=True)
    assert taken(pool) == ["x"]


def test_nobody_who_begins_again_and_again_keeps_the_others_waiting() -> None:
    pool = pooled("ab")
    order = []
    for _ in range(3):
        for one in "xy":
            if one not in pool.waiting:
                pool.submit(one, int, first=True)
        task = pool._take()
        assert task is not None
        order.append(task.who)
    assert order == ["a", "x", "b"]


def test_what_is_urgent_comes_first_and_a_visitor_has_one_task_at_work_at_a_time() -> None:
    pool = pooled("aab")
    pool.urgent.extend(Task(who, int, 1.0, urgent=True) for who in "ac")
    pool.working["a"] = Task("a", int, 1.0, urgent=True)
    assert taken(pool) == ["c", "b"]
    pool.working.clear()
    assert taken(pool) == ["a", "a", "a"]


def test_what_nobody_waits_for_any_more_is_not_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.01)
    pool = pooled("a")
    with pytest.raises(TimeoutError):
        pool.call("b", int)
    pool.waiting["a"][0].future.cancel()
    assert (taken(pool), pool.ahead("a")) == ([], 0)


def test_what_is_broken_off_takes_no_place_in_the_line_and_none_of_what_follows_it() -> None:
    pool = pooled("abc")
    for _ in range(5):
        pool.submit("x", int).cancel()
    pool.submit("x", int, first=True)
    pool.submit("y", int).cancel()
    assert [pool.ahead(who) for who in "axbyc"] == [0, 1, 2, 0, 3]
    assert taken(pool) == list("axbc")


def test_an_error_of_the_work_is_its_own_and_no_sign_of_a_dead_worker() -> None:
    with closing(Pool(1)) as pool, pytest.raises(FileNotFoundError, match="no-such-file"):
        pool.call("a", partial(open, "no-such-file"))


def test_where_no_process_can_be_started_the_work_is_broken_off_and_the_log_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refused(_worker: object) -> object:
        raise OSError("no memory to fork")

    monkeypatch.setattr(module.Worker, "_started", refused)
    with closing(Pool(1)) as pool, pytest.raises(BrokenProcessPool, match="no memory to fork"):
        pool.call("a", int)
    assert "no memory to fork" in caplog.text


@pytest.mark.parametrize(("workers", "at_work"), [(1, 1), (2, 1), (4, 3)])
def test_one_of_several_workers_is_kept_for_what_is_urgent(workers: int, at_work: int) -> None:
    pool = pooled("abcd")
    pool.workers = workers
    for _ in range(at_work):
        task = pool._take()
        assert task is not None
        pool.working[task.who] = task
    assert pool._take() is None
    pool.soon("e", int)
    urgent = pool._take()
    assert urgent is not None
    assert urgent.who == "e"
    del pool.working["a"]
    assert taken(pool)[:1] == ["bcd"[at_work - 1]]


def urgent_in_turn(pool: Pool, asked: dict[str, float]) -> list[str]:
    """Who comes, where each has asked so many seconds ago."""
    now = time.monotonic()
    pool.urgent = deque(Task(who, int, 1, urgent=True, since=now - ago) for who, ago in asked.items())
    return taken(pool)


def test_of_what_is_urgent_comes_later_whose_visitor_had_much_but_never_by_more_than_two_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pool = pooled("")
    for who, seconds in (("a", 1.0), ("b", 0.5), ("b", 0.25), ("c", 300.0)):
        pool._spend(who, seconds)
    assert urgent_in_turn(pool, {"a": 0.3, "b": 0.2, "new": 0.1}) == ["new", "b", "a"]
    assert urgent_in_turn(pool, {"a": 1.2, "new": 0.1}) == ["a", "new"]
    assert urgent_in_turn(pool, {"c": module.MOST_BEHIND + 0.2, "new": 0.1}) == ["c", "new"]
    monkeypatch.setattr(module, "LATELY", 0.0)
    pool._spend("b", 0.1)
    assert urgent_in_turn(pool, {"a": 0.3, "new": 0.2, "b": 0.1}) == ["a", "new", "b"]  # what was before is forgotten


def test_the_time_of_urgent_tasks_is_counted_for_their_visitors_and_that_of_runs_is_not() -> None:
    work = partial(time.sleep, 0.2)
    with closing(Pool(1)) as pool:
        pool.call("somebody", work)
        pool.submit("with a run", work).result()
        pool.call("last", int)  # when this is done, what came before is counted
    assert pool.spent["somebody"] >= 0.2
    assert "with a run" not in pool.spent


def test_no_more_visitors_wait_than_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 2)
    pool = pooled("aab")
    pool.submit("b", int)
    with pytest.raises(FullError, match="2 visitors are already waiting"):
        pool.submit("c", int)
    pool.urgent = deque([Task("d", int, 1)] * 2)
    with pytest.raises(FullError, match="2 visitors"):
        pool.call("e", int)


def test_without_workers_a_task_is_done_at_once_and_its_error_is_its_result() -> None:
    pool = Pool(0)
    assert pool.call("a", partial(max, 1, 2)) == 2
    assert pool.submit("a", os.getpid).result() == os.getpid()
    failed: Future[None] = pool.submit("a", refuse)
    with pytest.raises(SpecError, match="stride must be >= 1"):
        failed.result()


@pytest.mark.long
def test_tasks_run_in_other_processes_under_limits_and_a_dead_worker_is_replaced() -> None:
    with closing(Pool(2)) as pool:
        first = pool.call("a", os.getpid)
        assert first != os.getpid()
        with pytest.raises(SpecError, match="stride must be >= 1"):
            pool.call("a", refuse)
        with pytest.raises(TooLongError, match="more than 1 seconds"):
            pool.call("a", partial(spin, 60), seconds=1)
        with pytest.raises(TooLongError):
            pool.soon("a", partial(time.sleep, 60), seconds=0.5, wall=1.0).result()
        with pytest.raises(MemoryError):
            pool.call("a", partial(bytes, 2 * module.MEMORY))
        with pytest.raises(MemoryError):
            pool.call("a", partial(within, 10**8, partial(bytes, 3 * 10**8)))
        assert len(pool.call("a", partial(bytes, 3 * 10**8))) == 3 * 10**8, "the next task has its memory"
        workers = {pool.call(who, os.getpid) for who in "abcdefgh"}
        slow = pool.submit("b", partial(spin, 2))
        time.sleep(0.5)
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
        assert slow.result(60) not in workers, "the task ran again, in a new process"


KILLED = """
import os, sys
from components.session.pool import Pool
if __name__ == "__main__":
    print(Pool(1).call("a", os.getpid), flush=True)
    sys.stdin.read()
"""


@pytest.mark.long
def test_a_killed_server_leaves_no_worker_behind(tmp_path: Path) -> None:
    script = tmp_path / "server.py"
    script.write_text(KILLED, "utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
    ) as server:
        assert server.stdout is not None
        worker = int(server.stdout.readline())
        os.kill(worker, 0)
        server.kill()
        server.wait()
    until = time.monotonic() + 20
    while Path(f"/proc/{worker}").exists():
        assert time.monotonic() < until, "the worker is still there"
        time.sleep(0.1)


def written_by(folder: Path, code: str, *words: str) -> str:
    """What a server with this code, and its workers, have written when it has ended: soon, and well."""
    script = folder / "server.py"
    script.write_text(code, "utf-8")
    ended = subprocess.run(
        [sys.executable, str(script), *words],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
        start_new_session=True,
    )
    return ended.stdout + ended.stderr


ENDING = """
import sys, time
from pathlib import Path
from components.session import pool as module
def work():
    Path(sys.argv[2]).touch()
    time.sleep(100)
if __name__ == "__main__":
    pool = module.Pool(2)
    if sys.argv[1] == "at work":
        pool.submit("a", work)
        while not Path(sys.argv[2]).exists():
            time.sleep(0.05)
    else:
        module.LAST_TASK = module.LAST_START = 60.0  # on a busy machine a worker takes long to start
        for who in "abc":
            pool.submit(who, int)
        time.sleep(float(sys.argv[1]))
"""


@pytest.mark.parametrize(
    "moment", ["0.1", *(pytest.param(one, marks=pytest.mark.long) for one in ("0", "0.3", "0.5", "0.7", "at work"))]
)
def test_a_server_that_ends_ends_soon_and_without_a_word_whether_its_workers_start_or_are_at_work(
    tmp_path: Path, moment: str
) -> None:
    assert written_by(tmp_path, ENDING, moment, str(tmp_path / "begun")) == ""


INTERRUPTED = """
import os, signal, time
from components.session.pool import Pool
if __name__ == "__main__":
    Pool(1).call("a", int)
    try:
        os.killpg(0, signal.SIGINT)
        time.sleep(60)
    except KeyboardInterrupt:
        pass
"""


@pytest.mark.long
def test_ctrl_c_in_a_terminal_is_for_the_server_alone(tmp_path: Path) -> None:
    assert written_by(tmp_path, INTERRUPTED) == ""


@pytest.mark.long
def test_a_worker_is_there_before_anybody_asks_and_is_replaced_after_so_many_tasks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "UNTIL_READY", 0.0)
    monkeypatch.setattr(module, "RECYCLED_AFTER", 4)
    monkeypatch.setenv("WEIGHT_LOOM_WORKERS", "1")
    with closing(module._pool.__wrapped__()) as made:
        until = time.monotonic() + 30
        while not active_children():
            assert time.monotonic() < until, "nobody has asked, and no worker is there"
            time.sleep(0.05)
        did = [made.call("a", os.getpid) for _ in range(11)]
    assert [did.count(worker) for worker in dict.fromkeys(did)] == [3, 4, 4], "the first has done one for nobody"


def test_what_the_engine_names_of_scipy_is_loaded_before_a_worker_begins() -> None:
    lines = [line for file in (ROOT / "kernels").rglob("*.py") for line in file.read_text("utf-8").splitlines()]
    uses = [line for line in lines if not line.startswith("from ")]
    named = {name for line in uses for name in re.findall(r"(?<!`)(scipy\.(?:sparse\.)?[a-z]+)\.\w", line)}
    assert named - set(module.PRELOADED) == {"scipy.signal"}, "which is seldom needed, and large"


@pytest.mark.parametrize(("took", "error"), [(2.0, BrokenProcessPool), (4.0, TooLongError)])
def test_a_process_that_ends_after_the_shorter_of_both_times_took_too_long(
    monkeypatch: pytest.MonkeyPatch, took: float, error: type[Exception]
) -> None:
    class Dead:
        def submit(self, *_: object) -> Future[None]:
            now[0] += took
            failed: Future[None] = Future()
            failed.set_exception(BrokenProcessPool())
            return failed

    now, worker, task = [0.0], module.Worker(lambda: False), Task("a", int, 30.0, 3.0)
    monkeypatch.setattr(module, "monotonic", lambda: now[0])
    monkeypatch.setattr(worker, "_started", Dead)
    worker.do(task)
    assert type(task.future.exception()) is error
