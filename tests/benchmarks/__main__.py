"""`python -m tests.benchmarks [engine] [adaptive] [training] [start] [browser]`: times beside peers, with the noise.

Every figure is a median with its 10th and 90th percentile. Ratios compare things measured in turn in the same run.
"""

import sys

from tests.benchmarks import adaptive, browser, engine, start, training

TABLES = {
    "engine": engine.run,
    "adaptive": adaptive.run,
    "training": training.run,
    "start": start.run,
    "browser": browser.run,
}


def main() -> None:
    chosen = sys.argv[1:] or list(TABLES)
    if unknown := set(chosen) - TABLES.keys():
        sys.exit(f"There is no table {', '.join(sorted(unknown))}: choose from {', '.join(TABLES)}")
    for name in chosen:
        TABLES[name]()


if __name__ == "__main__":
    main()
