"""The Expert Group: who is of it, who reads what, and its interests."""

from __future__ import annotations
