"""Reviews of the Expert Group: which projects lose when they change or leave, and the jury fills."""

from __future__ import annotations
