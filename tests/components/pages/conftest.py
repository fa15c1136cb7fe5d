"""What the pages' tests share."""

from tests.support.player import record_by_record

__all__ = ["record_by_record"]
