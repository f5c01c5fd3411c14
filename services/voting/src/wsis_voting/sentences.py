"""The sentences that tell voters where their ballot stands."""

from wsis_shared.sentences import Sentences

text = Sentences("wsis_voting", "ballot")

# Of mails: {{ ground | ballot_ground }}. Name -> function of (value, locale).
FILTERS = {"ballot_ground": lambda ground, locale: text(f"ground_{ground}", locale)}
