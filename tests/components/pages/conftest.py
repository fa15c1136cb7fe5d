"""What the pages' tests share."""

from tests.components.pages.player import record_by_record

__all__ = ["record_by_record"]
