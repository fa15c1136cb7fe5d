"""`python -m tests.benchmarks [engine] [convolution] [adaptive] [training] [start] [browser] [load] [heavy] [states]`:
times beside peers. With `--write` what is printed goes into results.md too.

Every figure is a median with its 10th and 90th percentile. Ratios compare things measured in turn in the same run.
`load` takes options of its own, when it is alone: `load --sessions 50 --minutes 20`.
"""

import sys
from contextlib import AbstractContextManager, nullcontext

from tests.benchmarks import adaptive, browser, convolution, engine, heavy, load, start, states, training
from tests.benchmarks.results import kept

TABLES = {
    "engine": engine.run,
    "convolution": convolution.run,
    "adaptive": adaptive.run,
    "training": training.run,
    "start": start.run,
    "browser": browser.run,
    "load": load.run,
    "heavy": heavy.run,
    "states": states.run,
}


def main() -> None:
    chosen = [word for word in sys.argv[1:] if word != "--write"] or list(TABLES)
    if chosen[0] == "load":
        with _kept(" ".join(chosen)):
            load.run(chosen[1:])
        return
    if unknown := set(chosen) - TABLES.keys():
        sys.exit(f"There is no table {', '.join(sorted(unknown))}: choose from {', '.join(TABLES)}")
    for name in chosen:
        with _kept(name):
            TABLES[name]()


def _kept(command: str) -> AbstractContextManager[None]:
    return kept(command, sys.stdout) if "--write" in sys.argv else nullcontext()


if __name__ == "__main__":
    main()
