"""Routes of facilitators: the call, nominations and the selection."""

from __future__ import annotations

from wsis_shared.jobs import JobKind
from wsis_shared.plugin import PUBLIC, Route
from wsis_shared.schemas import PageQuery

from wsis_consultation.facilitators.schemas import nominations, selection

EDITION = "/v1/consultations/{edition}"
NO_EDITION = "consultation.edition_unknown"
_CALL = f"{EDITION}/facilitators/call"
_MECHANISM = f"{EDITION}/mechanisms/{{mechanism}}"
_REFUSED = (NO_EDITION, "consultation.mechanism_unknown", "consultation.nomination_invalid")

NOMINATIONS = (
    Route(
        "GET",
        _CALL,
        handler="read_facilitator_call",
        summary="The call for High-Level Track Facilitators",
        response=nominations.Call,
        permission=PUBLIC,
        uncached="Officers save on the version that they read here.",
        error_codes=(NO_EDITION,),
        versioned=True,
    ),
    Route(
        "PATCH",
        _CALL,
        handler="change_facilitator_call",
        summary="Change the call for facilitators",
        body=nominations.CallBody,
        response=nominations.Call,
        permission="consultation:manage",
        error_codes=(NO_EDITION,),
        versioned=True,
        if_match=True,
        description="The deadline is the edition's `hltf_nominations`.",
    ),
    Route(
        "GET",
        f"{EDITION}/mechanisms",
        handler="list_mechanisms",
        summary="Coordination mechanisms",
        response=nominations.Mechanisms,
        permission="consultation:nominate",
        error_codes=(NO_EDITION,),
    ),
    Route(
        "POST",
        f"{EDITION}/mechanisms",
        handler="make_mechanism",
        summary="Make a coordination mechanism",
        body=nominations.MechanismBody,
        response=nominations.ManagedMechanism,
        status=201,
        permission="consultation:manage",
        error_codes=(NO_EDITION,),
        description="Its coordinators need the role `coordinator` too; each nominates for their own mechanisms.",
    ),
    Route(
        "GET",
        _MECHANISM,
        handler="read_mechanism",
        summary="A coordination mechanism",
        response=nominations.ManagedMechanism,
        permission="consultation:manage",
        error_codes=(NO_EDITION, "consultation.mechanism_unknown"),
    ),
    Route(
        "PUT",
        _MECHANISM,
        handler="set_mechanism",
        summary="Create or change a coordination mechanism",
        body=nominations.MechanismBody,
        response=nominations.ManagedMechanism,
        permission="consultation:manage",
        error_codes=(NO_EDITION,),
        description="Its coordinators need the role `coordinator` too; each nominates for their own mechanisms.",
    ),
    Route(
        "POST",
        f"{EDITION}/nominations",
        handler="nominate",
        summary="Nominate a facilitator",
        body=nominations.NominationBody,
        response=nominations.Nomination,
        status=201,
        permission="consultation:nominate",
        error_codes=(
            *_REFUSED,
            "consultation.nominations_not_open",
            "consultation.nominations_closed",
            "consultation.too_many_links",
        ),
        description="Until the deadline. The candidate gets a mail that asks for their consent.",
    ),
    Route(
        "POST",
        f"{EDITION}/nominations/accepted",
        handler="accept_nomination",
        summary="File a nomination as an officer",
        body=nominations.AcceptedNominationBody,
        response=nominations.Nomination,
        status=201,
        permission="consultation:manage",
        error_codes=_REFUSED,
        description="For a mechanism that wrote to the secretariat; after the deadline it is marked late, with the "
        "reason.",
    ),
    Route(
        "GET",
        f"{EDITION}/nominations",
        handler="list_own_nominations",
        summary="My nominations",
        query=PageQuery,
        response=nominations.NominationPage,
        permission="consultation:nominate",
        error_codes=(NO_EDITION,),
        description="With the consent and the state of each candidate.",
    ),
)


_CANDIDATES = f"{EDITION}/candidates"
_CANDIDATE = f"{_CANDIDATES}/{{candidate}}"
_UNKNOWN = ("consultation.candidate_unknown",)
_STATE = (*_UNKNOWN, "consultation.candidate_state")

ROUTES = (
    *NOMINATIONS,
    Route(
        "GET",
        f"{EDITION}/facilitators",
        handler="list_facilitators",
        summary="High-Level Track Facilitators",
        response=selection.Facilitators,
        permission=PUBLIC,
        error_codes=(NO_EDITION,),
        cache=60,
        invalidated_by=(
            "consultation.facilitators_confirmed",
            "consultation.facilitator_withdrawn",
            "consultation.edition_removed",
        ),
        description="Those who are confirmed and consented.",
    ),
    Route(
        "POST",
        f"{_CANDIDATE}/consent/details",
        handler="read_consent",
        summary="What a candidate consents to",
        body=selection.KeyBody,
        response=selection.Consent,
        permission=PUBLIC,
        error_codes=_UNKNOWN,
        description="With the key of the mailed link. Changes nothing.",
    ),
    Route(
        "PUT",
        f"{_CANDIDATE}/consent",
        handler="decide_consent",
        summary="Consent to a nomination, or refuse",
        body=selection.ConsentBody,
        response=selection.Consent,
        permission=PUBLIC,
        error_codes=_UNKNOWN,
        description="With the key of the mailed link. A facilitator who refuses leaves the public list at once.",
    ),
    Route(
        "GET",
        _CANDIDATES,
        handler="list_candidates",
        summary="Candidates",
        query=selection.CandidateQuery,
        response=selection.CandidatePage,
        permission="consultation:read",
        export="candidates",
        export_labels="wsis_consultation.index.exports:CANDIDATES",
        error_codes=(NO_EDITION,),
        personal=True,
    ),
    Route(
        "GET",
        _CANDIDATE,
        handler="read_candidate",
        summary="A candidate with each endorsement",
        response=selection.WholeCandidate,
        permission="consultation:read",
        error_codes=_UNKNOWN,
    ),
    Route(
        "GET",
        f"{EDITION}/candidate-duplicates",
        handler="list_duplicates",
        permission="consultation:read",
        summary="Candidates who may be the same person",
        response=selection.Duplicates,
        limit="heavy",
        error_codes=(NO_EDITION,),
        personal=True,
        description="By name in any script and order, e-mail, organization and country. Nothing is merged by itself.",
    ),
    Route(
        "GET",
        f"{EDITION}/candidate-balance",
        handler="read_balance",
        summary="Balance of the candidates",
        query=selection.BalanceQuery,
        response=selection.Balance,
        permission="consultation:read",
        error_codes=(NO_EDITION,),
        description="By region, gender (also where it is not stated) and constituency.",
    ),
    Route(
        "POST",
        f"{_CANDIDATE}/merges",
        handler="merge_candidates",
        summary="Merge a candidate into this one",
        body=selection.MergeBody,
        response=selection.WholeCandidate,
        status=201,
        permission="consultation:manage",
        error_codes=(*_STATE, "consultation.same_candidate"),
        description="Both are the same person. Each endorsement stays as it was written; it can be undone. A consent "
        "is of the mailbox that gave it: a refusal of either stays, and the address of this one is asked unless it has "
        "decided. Both addresses with their decisions stand in `candidate-duplicates` and in each candidate.",
    ),
    Route(
        "PUT",
        f"{EDITION}/merges/{{merge}}/reversal",
        handler="undo_merge",
        summary="Undo a merge of candidates",
        body=selection.CandidateReason,
        response=selection.WholeCandidate,
        permission="consultation:manage",
        error_codes=(*_STATE, "consultation.merge_unknown"),
    ),
    Route(
        "POST",
        f"{EDITION}/facilitators",
        handler="confirm_facilitators",
        summary="Confirm facilitators",
        body=selection.ConfirmBody,
        response=selection.Facilitators,
        permission="consultation:manage",
        error_codes=(NO_EDITION, *_STATE, "consultation.consent_missing"),
        description="Candidates and nominators are told by mail. Only with the candidates' consent.",
    ),
    Route(
        "PUT",
        f"{_CANDIDATE}/withdrawal",
        handler="withdraw_facilitator",
        summary="Take a facilitator off the list",
        body=selection.CandidateReason,
        response=selection.WholeCandidate,
        permission="consultation:manage",
        error_codes=_STATE,
    ),
    Route(
        "PUT",
        f"{_CANDIDATE}/name",
        handler="correct_candidate_name",
        summary="Correct the name of a candidate or facilitator",
        body=selection.NameBody,
        response=selection.WholeCandidate,
        permission="consultation:manage",
        error_codes=_STATE,
        description="The public list has it at once; nominations stay as they were written. A repeat changes nothing.",
    ),
)
JOBS: tuple[JobKind, ...] = ()
