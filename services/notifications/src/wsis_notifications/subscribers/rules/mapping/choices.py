"""What a person may choose for the columns and values of a list."""

from __future__ import annotations

from wsis_shared.mapping.confirming import Fields

from wsis_notifications.subscribers.rules.mapping import words
from wsis_notifications.subscribers.rules.mapping.fields import CODED, DATES, LISTS, NEEDED

CHOICES = Fields(NEEDED, LISTS, CODED, DATES, words.codes_of, lambda field: words.finder(field, {}), words.likely)
