"""Texts to people: titles of errors, mails, and the sentences that tell voters where their ballot stands."""

from wsis_shared.sentences import Sentences

text = Sentences("wsis_voting.notices", "ballot.yaml")

# Of mails: {{ ground | ballot_ground }}. Name -> function of (value, locale).
FILTERS = {"ballot_ground": lambda ground, locale: text(f"ground_{ground}", locale)}
