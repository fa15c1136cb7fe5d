"""What one changes stays on the screen until the server has answered to it, however slow the server is."""

import pytest

from components.widgets.mount import SHARED
from tests.support.node import call

LIVED = """({ answers, settle }) => {
  let now = 0, shown = null;
  const sent = [], timers = [];
  globalThis.performance = { now: () => now };
  globalThis.setTimeout = (run, wait) => timers.push({ run, at: now + wait });
  globalThis.clearTimeout = (id) => { if (timers[id - 1]) timers[id - 1].run = null; };
  const pass = (until) => {
    for (;;) {
      const next = timers.filter((t) => t.run && t.at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      now = next.at;
      const { run } = next;
      next.run = null;
      run();
    }
    now = until;
  };
  const one = new Unconfirmed({ send: (v) => sent.push(v), adopt: (v) => (shown = v), confirms: Object.is, settle });
  one.change(5);
  const seen = answers.map(([at, value]) => { pass(at); if (value !== null) one.answer(value); return shown; });
  return { sent, seen };
}"""


@pytest.mark.parametrize(
    ("answers", "seen"),
    [
        ([[100, 3]], [None]),  # not sent yet
        ([[600, 3], [900, 5]], [None, 5]),
        ([[600, 3], [6000, 3], [9000, 5]], [None, None, 5]),  # a run broken off, a server that takes nine seconds
        ([[600, 3], [10_500, None]], [None, 3]),  # a message that nobody ever read
    ],
    ids=["before it is sent", "at once", "by a slow server", "never"],
)
def test_a_change_stays_until_it_is_answered(answers: list[list[int | None]], seen: list[int | None]) -> None:
    told = call(SHARED.read_text("utf-8"), LIVED, {"answers": answers, "settle": 250})
    assert told == {"sent": [5] if answers[-1][0] != 100 else [], "seen": seen}
