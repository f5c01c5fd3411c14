"""What the secretariat does."""

from __future__ import annotations

from wsis_shared.jobs import JobKind
from wsis_shared.plugin import Mode, Route
from wsis_shared.schemas import PageQuery

from wsis_prizes.schemas import jury, projects, results

_UNKNOWN = "prizes.project_unknown"
_NO_EDITION = "prizes.edition_unknown"

JOBS = (
    JobKind(
        "publish_list", "Publishes the nominees", permission="prizes:manage", result=jury.NominationList,
        cancellable=False,
    ),
    JobKind(
        "make_certificates", "Makes the certificates of champions", permission="prizes:manage", cancellable=False
    ),
)  # fmt: skip

SECRETARIAT = (
    Route(
        "GET", "/v1/editions/{edition}/projects", handler="list_projects", summary="Projects that came in",
        permission="prizes:read", query=projects.ProjectQuery, response=projects.ProjectPage, export="projects",
        error_codes=(_NO_EDITION,),
    ),
    Route(
        "GET", "/v1/projects/{project}/eligibility", handler="read_eligibility", summary="Evidence against a project",
        permission="prizes:read", response=projects.Eligibility, error_codes=(_UNKNOWN,),
        description="Past winners, duplicates, what is missing, links outside the matrix: people decide.",
    ),
    Route(
        "PUT", "/v1/projects/{project}/eligibility", handler="decide_eligibility", summary="Rule a project in or out",
        permission="prizes:manage", body=projects.EligibilityDecision, response=projects.Eligibility,
        error_codes=(_UNKNOWN, "prizes.wrong_state", "prizes.nominees_published", "prizes.project_exists",
                     "prizes.project_twice", "prizes.interested"),
        description="With the reason. It can be changed until the nominees are published. Not by an officer who, or "
        "whose organization, has a project in the category.",
    ),
    Route(
        "POST", "/v1/projects/{project}/clarification-request", handler="request_clarification",
        summary="Ask the submitter, once", permission="prizes:manage", body=projects.ClarificationQuestion,
        response=projects.Project, status=201,
        error_codes=(_UNKNOWN, "prizes.clarification_once", "prizes.date_passed", "prizes.wrong_state"),
    ),
    Route(
        "POST", "/v1/editions/{edition}/assignments", handler="assign_reviews", summary="Assign projects to jurors",
        permission="prizes:manage", body=jury.AssignmentOrder, response=jury.Assignment, limit="heavy",
        error_codes=(_NO_EDITION, "prizes.not_jurors", "prizes.no_jurors", "prizes.reviews_closed"),
        description="To the jurors of the edition; `jurors` names them for it. "
        "By action line, never to a juror of the same country or organization, the least loaded first. "
        "What is assigned stays; repeat it to fill what is missing.",
    ),
    Route(
        "GET", "/v1/editions/{edition}/jurors", handler="list_jurors", summary="The Expert Group of an edition",
        permission="prizes:read", response=jury.JurorList, error_codes=(_NO_EDITION,),
    ),
    Route(
        "PUT", "/v1/editions/{edition}/jurors/{account}", handler="set_expertise",
        summary="Name a juror for an edition, with the lines",
        permission="prizes:manage", body=jury.Expertise, response=jury.Juror,
        error_codes=(_NO_EDITION, "prizes.not_jurors"),
    ),
    Route(
        "GET", "/v1/editions/{edition}/review-progress", handler="read_review_progress",
        summary="How far the reviews are", permission="prizes:read", response=jury.ReviewProgress,
        error_codes=(_NO_EDITION,),
    ),
    Route(
        "GET", "/v1/editions/{edition}/reviews", handler="list_reviews", summary="Reviews of all jurors",
        permission="prizes:read", query=jury.ReviewsQuery, response=jury.JurorsReviewPage, export="reviews",
        error_codes=(_NO_EDITION,),
    ),
    Route(
        "POST", "/v1/editions/{edition}/review-reminders", handler="remind_jurors",
        summary="Remind jurors of unfinished reviews", permission="prizes:manage", response=jury.Reminded,
        error_codes=(_NO_EDITION, "prizes.reviews_closed"),
    ),
    Route(
        "PUT", "/v1/editions/{edition}/nominations", handler="fix_nominations", summary="Fix the list of nominees",
        permission="prizes:manage", body=jury.Nominations, response=jury.NominationList, limit="heavy",
        error_codes=(_NO_EDITION, "prizes.not_of_the_list", "prizes.over_the_cap", "prizes.nominees_published",
                     "prizes.interested"),
        description="By name, or by mean score with `count` or `threshold`. Everyone left out gets a reason. Not by an "
        "officer who, or whose organization, has a project in the edition.",
    ),
    Route(
        "POST", "/v1/editions/{edition}/nominations/publication", handler="publish_nominees",
        summary="Publish the nominees", permission="prizes:manage", response=jury.NominationList, limit="heavy",
        mode=Mode.JOB,
        error_codes=(_NO_EDITION, "prizes.no_list", "prizes.submission_open", "prizes.nominees_published"),
    ),
    Route(
        "POST", "/v1/projects/{project}/disqualification", handler="disqualify_project", summary="Disqualify a nominee",
        permission="prizes:manage", body=projects.Reason, response=projects.Project,
        error_codes=(_UNKNOWN, "prizes.wrong_state", "prizes.interested"),
        description="The next by votes becomes a finalist. Where the project was one, the decision of its category is "
        "void. Not by an officer who, or whose organization, has a project in the category.",
    ),
    Route(
        "POST", "/v1/editions/{edition}/finalists", handler="fix_finalists",
        summary="Fix the finalists from the certified tally", permission="prizes:manage", body=jury.FinalistsOrder,
        response=jury.FinalistsFixed, limit="heavy",
        error_codes=(_NO_EDITION, "prizes.tally_not_certified", "prizes.tie_unsettled", "prizes.not_of_the_tie",
               "prizes.finalists_fixed", "prizes.no_list", "prizes.interested"),
        description="They are those of the signed result of voting. A tie that it leaves open is settled here.",
    ),
    Route(
        "POST", "/v1/editions/{edition}/champions/announcement", handler="announce_champions",
        summary="Announce the champions", permission="prizes:manage", response=results.Announced, limit="heavy",
        error_codes=(_NO_EDITION, "prizes.finalists_not_fixed", "prizes.champions_announced",
                     "prizes.tally_not_certified", "prizes.champions_differ"),
        description="Refused where they are not those of the signed result and of the rulings since.",
    ),
    Route(
        "POST", "/v1/editions/{edition}/winners/release", handler="release_winners", summary="Release the winners",
        permission="prizes:manage", body=projects.Reason, response=results.Announced, limit="heavy",
        error_codes=(_NO_EDITION, "prizes.before_the_ceremony", "prizes.champions_first", "prizes.categories_undecided",
               "prizes.winners_released"),
    ),
    Route(
        "GET", "/v1/editions/{edition}/embargo/looks", handler="list_looks",
        summary="Who looked at what is under embargo", permission="prizes:read", query=PageQuery,
        response=jury.LookPage, error_codes=(_NO_EDITION,),
    ),
)  # fmt: skip
