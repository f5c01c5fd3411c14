"""Eligibility: past winners, evidence, the question to the submitter, and the decision."""

from __future__ import annotations
