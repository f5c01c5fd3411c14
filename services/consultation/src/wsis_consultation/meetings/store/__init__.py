"""Repositories of meetings: who takes part, who speaks, what is asked."""

from __future__ import annotations

from wsis_consultation.meetings.store.audience import Audience
from wsis_consultation.meetings.store.meetings import COLLECTIONS, Interventions, Meetings, Participants

__all__ = ["COLLECTIONS", "Audience", "Interventions", "Meetings", "Participants"]
