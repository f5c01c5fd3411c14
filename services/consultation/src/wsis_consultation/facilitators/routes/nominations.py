"""The call, mechanisms and nominations."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route
from wsis_shared.schemas import PageQuery

from wsis_consultation.facilitators.schemas import nominations

EDITION = "/v1/consultations/{edition}"
NO_EDITION = "consultation.edition_unknown"
_CALL = f"{EDITION}/facilitators/call"
_MECHANISM = f"{EDITION}/mechanisms/{{mechanism}}"
_REFUSED = (NO_EDITION, "consultation.mechanism_unknown", "consultation.nomination_invalid")

ROUTES = (
    Route(
        "GET", _CALL, handler="read_facilitator_call", summary="The call for High-Level Track Facilitators",
        response=nominations.Call, permission=PUBLIC, error_codes=(NO_EDITION,), versioned=True,
    ),
    Route(
        "PATCH", _CALL, handler="change_facilitator_call", summary="Change the call for facilitators",
        body=nominations.CallBody, response=nominations.Call, permission="consultation:manage",
        error_codes=(NO_EDITION,),
        versioned=True, if_match=True,
        description="The deadline is the edition's `hltf_nominations`.",
    ),
    Route(
        "GET", f"{EDITION}/mechanisms", handler="list_mechanisms", summary="Coordination mechanisms",
        response=nominations.Mechanisms, permission="consultation:nominate", error_codes=(NO_EDITION,),
    ),
    Route(
        "GET", _MECHANISM, handler="read_mechanism", summary="A coordination mechanism",
        response=nominations.ManagedMechanism, permission="consultation:manage",
        error_codes=(NO_EDITION, "consultation.mechanism_unknown"),
    ),
    Route(
        "PUT", _MECHANISM, handler="set_mechanism", summary="Create or change a coordination mechanism",
        body=nominations.MechanismBody, response=nominations.ManagedMechanism, permission="consultation:manage",
        error_codes=(NO_EDITION,),
        description="Its coordinators need the role `coordinator` too; each nominates for their own mechanisms.",
    ),
    Route(
        "POST", f"{EDITION}/nominations", handler="nominate", summary="Nominate a facilitator",
        body=nominations.NominationBody, response=nominations.Nomination, status=201,
        permission="consultation:nominate",
        error_codes=(*_REFUSED, "consultation.nominations_not_open", "consultation.nominations_closed",
                     "consultation.too_many_links"),
        description="Until the deadline. The candidate gets a mail that asks for their consent.",
    ),
    Route(
        "POST", f"{EDITION}/nominations/accepted", handler="accept_nomination",
        summary="File a nomination as an officer", body=nominations.AcceptedNominationBody,
        response=nominations.Nomination, status=201,
        permission="consultation:manage", error_codes=_REFUSED,
        description="For a mechanism that wrote to the secretariat; after the deadline it is marked late, with the "
        "reason.",
    ),
    Route(
        "GET", f"{EDITION}/nominations", handler="list_own_nominations", summary="My nominations", query=PageQuery,
        response=nominations.NominationPage, permission="consultation:nominate", error_codes=(NO_EDITION,),
        description="With the consent and the state of each candidate.",
    ),
)  # fmt: skip
