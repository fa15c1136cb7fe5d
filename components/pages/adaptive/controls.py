"""The widgets of the Adaptive page. None of them computes anything."""

import streamlit as st

from components.display.glossary import GLOSSARY
from components.pages.adaptive.slider import slider
from components.pages.adaptive.state import Adaptive
from components.session import bind
from components.state.link import edited, limits
from components.widgets.number import number
from components.widgets.row import FIELD, row


def settings(own: Adaptive) -> None:
    """The system, and for how long and how often its filters learn."""
    with row(gap="small"):
        if own.experiment != "pictures":
            many = "Channels M" if own.experiment == "parallel" else "Inputs and outputs N"
            number(many, bind.number(own, "members"), width=FIELD)
            number("Taps L", bind.number(own, "lags"), width=FIELD)
        number("Noise variance", bind.number(own, "variance"), step=0.01, width=FIELD, help=GLOSSARY["noise variance"])
        number("Iterations", bind.number(own, "steps"), step=100, width=FIELD)
        number("Monte Carlo runs", bind.number(own, "trials"), width=FIELD, help=GLOSSARY["trials"])
        number("Random seed (samples)", bind.number(own, "seed"), width=FIELD)
        if own.experiment == "parallel":
            _parallel(own)
    st.toggle("Normalised (NLMS)", help=GLOSSARY["NLMS"], **bind.field(own, "normalised"))


def _parallel(own: Adaptive) -> None:
    """Settings of parallel channels only: correlated input, filters that differ, filters that drift."""
    for label, name, step, told in (
        ("Correlation a (AR(1))", "ar", 0.1, "x(n) = a·x(n−1) + √(1−a²)·u(n); 0 gives white input."),
        ("Mismatch Δ", "mismatch", 0.01, "How much the channels' target filters differ: the mean of ‖w_m − w̄‖²."),
        ("Drift", "drift", 1e-5, "Random-walk variance of the target filters, per tap and iteration."),
    ):
        number(label, bind.number(own, name), step=step, width=FIELD, help=told)


def step(own: Adaptive, marks: dict[str, float]) -> None:
    """μ, with marks where the filters converge fastest and where they become unstable."""
    slider(
        "mu",
        "Step size μ",
        own.mu,
        limits(Adaptive, "mu"),
        marks,
        lambda: bind.message("mu", "place", lambda s, mu: edited(s, mu=mu), Adaptive),
    )
