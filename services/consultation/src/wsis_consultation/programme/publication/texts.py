"""Sentences of the programme in seven languages."""

from wsis_shared.sentences import Sentences

SAY = Sentences("wsis_consultation", "programme")
