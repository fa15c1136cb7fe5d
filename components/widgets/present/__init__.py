"""The keyboard of all pages: `?` for its keys, and while presenting those of whoever stands in front of a class."""

from functools import partial

from components.session.turns import fragment
from components.widgets.mount import registered

DAY = 86_400  # seconds
_mount = registered(__file__)


# Streamlit asks a server that was started again for the whole page where the page has a clock, and only there for sure;
# elsewhere the next act may be one in a fragment that this server does not know, and is lost without a word.
@partial(fragment, run_every=DAY)
def keys(*, presenting: bool) -> None:
    """Listen for as long as this is on the page."""
    _mount(key="keys", data={"presenting": presenting})
