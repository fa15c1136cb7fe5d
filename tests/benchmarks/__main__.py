"""`python -m tests.benchmarks [engine] [convolution] [adaptive] [training] [start] [browser] [load] [heavy] [classroom]
[states]`:
times beside peers. With `--write` what is printed goes into results.md too.

Every figure is a median with its 10th and 90th percentile. Ratios compare things measured in turn in the same run.
`load` and `classroom` take options of their own, when they are alone: `load --sessions 50 --minutes 20`.
"""

import sys
from contextlib import AbstractContextManager, nullcontext

from tests.benchmarks import adaptive, browser, classroom, convolution, engine, heavy, load, start, states, training
from tests.benchmarks.results import kept

MODULES = engine, convolution, adaptive, training, start, browser, load, heavy, classroom, states
TABLES = {module.__name__.rpartition(".")[2]: module for module in MODULES}
ASKED = {"load": load.run, "classroom": classroom.run}  # with options


def main() -> None:
    chosen = [word for word in sys.argv[1:] if word != "--write"] or list(TABLES)
    if chosen[0] in ASKED:
        with _kept(" ".join(chosen)):
            ASKED[chosen[0]](chosen[1:])
        return
    if unknown := set(chosen) - TABLES.keys():
        sys.exit(f"There is no table {', '.join(sorted(unknown))}: choose from {', '.join(TABLES)}")
    for name in chosen:
        with _kept(name):
            TABLES[name].run()


def _kept(command: str) -> AbstractContextManager[None]:
    return kept(command, sys.stdout) if "--write" in sys.argv else nullcontext()


if __name__ == "__main__":
    main()
