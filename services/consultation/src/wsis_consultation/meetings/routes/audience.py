"""Written questions, and shows of hands."""

from __future__ import annotations

from wsis_shared.plugin import Route

from wsis_consultation.meetings.routes.arrangement import MEETING, UNKNOWN
from wsis_consultation.meetings.schemas import audience

_TAKE_PART, _CHAIR = "consultation:take_part", "consultation:chair"
_ASK = (*UNKNOWN, "consultation.meeting_over", "consultation.not_registered")
_SHOW = f"{MEETING}/shows-of-hands/{{show}}"

ROUTES = (
    Route(
        "POST",
        f"{MEETING}/questions",
        handler="ask_question",
        summary="Ask in writing",
        body=audience.QuestionBody,
        response=audience.Question,
        status=201,
        permission=_TAKE_PART,
        error_codes=(*_ASK, "consultation.questions_used_up"),
        description="For who is registered, remotely or for the room. The chair sees it; everybody sees it once it is "
        "answered or taken up, with the name where the participant agreed.",
    ),
    Route(
        "GET",
        f"{MEETING}/questions",
        handler="list_questions",
        summary="Written questions of a meeting",
        query=audience.QuestionsQuery,
        response=audience.QuestionPage,
        permission=_CHAIR,
        export="questions",
        error_codes=UNKNOWN,
        description="In the order in which they came.",
    ),
    Route(
        "PUT",
        f"{MEETING}/questions/{{question}}/handling",
        handler="handle_question",
        summary="Answer a question, take it up or remove it",
        body=audience.QuestionHandling,
        response=audience.QuestionRow,
        permission=_CHAIR,
        error_codes=(*UNKNOWN, "consultation.question_unknown"),
        description="What is answered or taken up is public at once; what is removed is not, or no more.",
    ),
    Route(
        "POST",
        f"{MEETING}/shows-of-hands",
        handler="open_show_of_hands",
        summary="Ask for a show of hands",
        body=audience.ShowOfHandsBody,
        response=audience.ShowOfHands,
        status=201,
        permission=_CHAIR,
        error_codes=(*UNKNOWN, "consultation.meeting_over", "consultation.hands_open"),
        description="No vote: answers are counted, and nobody's is recorded.",
    ),
    Route(
        "POST",
        f"{_SHOW}/answers",
        handler="show_hand",
        summary="Show my hand",
        body=audience.HandAnswer,
        status=204,
        permission=_TAKE_PART,
        error_codes=(
            *_ASK,
            "consultation.hands_unknown",
            "consultation.hands_closed",
            "consultation.hands_answered",
            "consultation.hands_other_answer",
        ),
        description="Once. It cannot be changed, since nothing says whose it is. One that comes while the chair closes "
        "may not count.",
    ),
    Route(
        "PUT",
        f"{_SHOW}/closing",
        handler="close_show_of_hands",
        summary="Close a show of hands",
        response=audience.ShowOfHands,
        permission=_CHAIR,
        error_codes=(*UNKNOWN, "consultation.hands_unknown"),
        description="The counts are public then. A repeat changes nothing.",
    ),
)
