"""A whole run of the adaptive filters, and what their page makes of it."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from components.display.cards import Card
from components.pages.adaptive import filters
from components.pages.adaptive.filters import Predictions
from components.pages.adaptive.state import Adaptive
from components.state.setup import Setup
from kernels.adaptive.lms import Learned
from tests.support.work import records_of


class Run:
    """The filters of this state, learned from this picture (H, W) to the end."""

    def __init__(self, own: Adaptive, state: Setup, picture: NDArray[np.float64]) -> None:
        self.own, self.made = own, filters.system_of(own, state, picture)
        self.records: list[Learned] = records_of(filters.learned(own, self.made))
        self.excess = np.concatenate([record.excess for record in self.records], axis=1)  # (filters, iterations)
        self.curves = filters.curves(self.records, own.steps)
        self.predicted = filters.predictions(own, self.made)

    @cached_property
    def said(self) -> str:
        return filters.sentence(self.own, self.made, self.curves, self.predicted).replace("**", "")

    @property
    def theory(self) -> Predictions:
        """What is predicted, where something is."""
        assert self.predicted is not None
        return self.predicted

    @property
    def facts(self) -> list[Card]:
        return filters.fact_cards(self.curves, self.predicted)

    @property
    def samples(self) -> list[Card]:
        return filters.sample_cards(self.made, self.records)
