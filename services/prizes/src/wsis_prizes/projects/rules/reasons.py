"""Why a project is ruled in or out, as codes."""

from __future__ import annotations

# Standard reasons for ruling in and out; their texts in seven languages stand in the part `reasons` of texts/.
STANDARD = {
    True: ("conditions_met",),
    False: ("won_before", "entered_twice", "not_completed", "outside_scope", "details_missing"),
}
