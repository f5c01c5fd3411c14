"""Routes of the form."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route

from wsis_consultation.submissions.schemas import forms

_FORM = "/v1/consultations/{edition}/form"
_VERSIONS = f"{_FORM}/versions"
_FRESH = (
    "consultation.form_published",
    "consultation.edition_removed",
    "consultation.session_types_changed",
)
_UNKNOWN = ("consultation.edition_unknown",)

ROUTES = (
    Route(
        "GET",
        _FORM,
        handler="read_form",
        summary="The submission form",
        permission=PUBLIC,
        query=forms.FormQuery,
        response=forms.Form,
        error_codes=_UNKNOWN,
        cache=300,
        invalidated_by=_FRESH,
        description="Sections and questions in the reader's language. With a stakeholder type only what it is asked.",
    ),
    Route(
        "GET",
        f"{_FORM}/schema",
        handler="read_form_schema",
        summary="The submission form as JSON Schema",
        permission=PUBLIC,
        query=forms.SchemaQuery,
        response=forms.FormSchema,
        error_codes=_UNKNOWN,
        cache=300,
        invalidated_by=_FRESH,
        description="JSON Schema 2020-12 of `answers`, by which the server validates. A question that is asked under a "
        "condition is an if/then/else. Further keywords: minWords, maxWords and uniqueBy.",
    ),
    Route(
        "GET",
        _VERSIONS,
        handler="list_form_versions",
        summary="Versions of the form",
        permission="consultation:manage",
        response=forms.FormVersions,
        error_codes=_UNKNOWN,
    ),
    Route(
        "GET",
        f"{_VERSIONS}/{{number}}",
        handler="read_form_version",
        summary="A version of the form",
        permission="consultation:manage",
        response=forms.FormVersion,
        error_codes=("consultation.version_unknown", *_UNKNOWN),
        description="With its texts in all languages: what a new version starts from.",
    ),
    Route(
        "POST",
        _VERSIONS,
        handler="publish_form",
        summary="Publish a new version of the form",
        permission="consultation:manage",
        body=forms.NewFormVersion,
        response=forms.FormVersion,
        status=201,
        error_codes=("consultation.form_changed", "consultation.form_invalid", *_UNKNOWN),
        description="A published version is never changed, and the code of a question never changes its type. Drafts "
        "and amendments take the new version; submissions keep theirs. Over the API alone: sections that come or "
        "move are one document, which is checked as a whole; the desk adds, changes and removes single questions.",
    ),
    Route(
        "PUT",
        f"{_FORM}/questions/{{question}}",
        handler="change_question",
        summary="Change what a question of the form says",
        permission="consultation:manage",
        body=forms.QuestionChange,
        response=forms.FormVersion,
        error_codes=(
            "consultation.form_changed",
            "consultation.form_invalid",
            "consultation.form_question_unknown",
            "consultation.nothing_to_change",
            *_UNKNOWN,
        ),
        description="`question` is its code, behind that of a section that repeats: `requests.title`. It publishes the "
        "next version: drafts and amendments take it, submissions keep theirs.",
    ),
    Route(
        "POST",
        f"{_FORM}/sections/{{section}}/questions",
        handler="add_question",
        summary="Add a question to the form",
        permission="consultation:manage",
        body=forms.NewQuestion,
        response=forms.FormVersion,
        status=201,
        error_codes=(
            "consultation.form_changed",
            "consultation.form_invalid",
            "consultation.form_section_unknown",
            *_UNKNOWN,
        ),
        description="It publishes the next version, in which the section has one more question: drafts and amendments "
        "take it, submissions keep theirs.",
    ),
    Route(
        "POST",
        f"{_FORM}/questions/{{question}}/removal",
        handler="remove_question",
        summary="Remove a question from the form",
        permission="consultation:manage",
        body=forms.QuestionRemoval,
        response=forms.FormVersion,
        error_codes=(
            "consultation.form_changed",
            "consultation.form_question_needed",
            "consultation.form_question_unknown",
            *_UNKNOWN,
        ),
        description="It publishes the next version without the question: drafts and amendments drop their answers to "
        "it, submissions keep theirs. The last question of a section takes the section along.",
    ),
)
