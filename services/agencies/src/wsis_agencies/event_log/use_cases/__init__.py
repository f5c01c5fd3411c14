"""What goes into the log, and what readers get."""

from wsis_agencies.event_log.use_cases.event_log import compose

__all__ = ["compose"]
