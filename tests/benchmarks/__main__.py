"""`python -m tests.benchmarks [engine] [adaptive] [training] [start] [browser] [load]`: times beside peers, with the noise.

What follows `load` are its own: `load --sessions 50 --minutes 20 --seed 1`. Every figure is a median with its 10th and 90th percentile. Ratios compare things measured in turn in the same run.
"""

import sys

from tests.benchmarks import adaptive, browser, engine, load, start, training

TABLES = {
    "engine": engine.run,
    "adaptive": adaptive.run,
    "training": training.run,
    "start": start.run,
    "browser": browser.run,
    "load": load.run,
}


def main() -> None:
    if sys.argv[1:2] == ["load"]:
        return load.run(sys.argv[2:])
    chosen = sys.argv[1:] or list(TABLES)
    if unknown := set(chosen) - TABLES.keys():
        sys.exit(f"There is no table {', '.join(sorted(unknown))}: choose from {', '.join(TABLES)}")
    for name in chosen:
        TABLES[name]()


if __name__ == "__main__":
    main()
