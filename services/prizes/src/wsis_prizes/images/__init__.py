"""The image of a project, which the public sees with the nominees."""

from __future__ import annotations
