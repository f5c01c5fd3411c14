"""Repository of written questions and shows of hands."""

from __future__ import annotations

from wsis_shared import keyset
from wsis_shared.errors import NotFound
from wsis_shared.json_types import JsonObject
from wsis_shared.outbox import EventfulRepository

from wsis_consultation.meetings.rules import audience
from wsis_consultation.meetings.rules.audience import Mark, Question, ShownHand, ShowOfHands
from wsis_consultation.meetings.store.meetings import next_number


class Audience(EventfulRepository):
    """What participants ask in writing, and how they show their hands. Each question and each hand is a document of its
    own: those that come at once do not wait for each other."""

    # -- written questions --------------------------------------------------------------------------------------------

    def next_question_number(self, meeting: str) -> int:
        """A number above those of all earlier questions of the meeting."""
        return next_number(self.db, f"{meeting}|questions")

    def question(self, meeting: str, question: str) -> Question:
        """The question. Raises NotFound."""
        found = self.collection("questions", Question).find_one({"_id": question, "meeting": meeting})
        if found is None:
            raise NotFound("consultation.question_unknown")
        return found

    def waiting_questions_of(self, participant: str) -> int:
        """How many questions of a participant wait."""
        query = {"participant": participant, "state": audience.WAITING}
        return self.collection("questions").count_documents(query)

    def count_waiting_questions(self, meeting: str) -> int:
        """How many questions wait for the chair."""
        return self.collection("questions").count_documents({"meeting": meeting, "state": audience.WAITING})

    def shown_questions(self, meeting: str, limit: int) -> list[Question]:
        """The last questions that the chair has answered or taken up, the newest first."""
        query = {"meeting": meeting, "state": {"$in": list(audience.SHOWN)}}
        return list(self.collection("questions", Question).find(query).sort([("number", -1)]).limit(limit))

    def questions_page(self, meeting: str, filters: JsonObject, after: str | None, limit: int) -> keyset.Page[Question]:
        """A page in the order in which they came."""
        query = {"meeting": meeting, **filters}
        return keyset.find_page(self.collection("questions", Question), query, ("number",), after, limit)

    # -- shows of hands -----------------------------------------------------------------------------------------------

    def show(self, meeting: str, show: str) -> ShowOfHands:
        """The show of hands. Raises NotFound."""
        found = self.collection("shows_of_hands", ShowOfHands).find_one({"_id": show, "meeting": meeting})
        if found is None:
            raise NotFound("consultation.hands_unknown")
        return found

    def open_show(self, meeting: str) -> ShowOfHands | None:
        """The one that is open, or None."""
        return self.collection("shows_of_hands", ShowOfHands).find_one({"open_in": meeting})

    def count_shows(self, meeting: str) -> int:
        """How many there were in a meeting."""
        return self.collection("shows_of_hands").count_documents({"meeting": meeting})

    def last_shows(self, meeting: str, limit: int) -> list[ShowOfHands]:
        """The last ones, the newest first."""
        found = self.collection("shows_of_hands", ShowOfHands).find({"meeting": meeting})
        return list(found.sort([("number", -1)]).limit(limit))

    def has_answered(self, mark: str) -> bool:
        """Whether there is this mark."""
        return self.collection("hand_marks", Mark).find_one({"_id": mark}) is not None

    def count_hand(self, mark: Mark, answer: ShownHand) -> None:
        """Store that somebody has answered, and an answer."""
        self.collection("hand_marks", Mark).insert_one(mark)
        self.collection("hand_answers", ShownHand).insert_one(answer)

    def count_answers(self, show: str) -> int:
        """How many have answered."""
        return self.collection("hand_answers").count_documents({"show": show})

    def counts(self, show: str) -> dict[str, int]:
        """How many gave which answer."""
        found = self.collection("hand_answers", ShownHand).find({"show": show}, {"answer": 1})
        counts: dict[str, int] = {}
        for row in found:
            counts[row["answer"]] = counts.get(row["answer"], 0) + 1
        return counts

    def forget_answers(self, show: str) -> None:
        """Delete the answers, and who has answered."""
        self.collection("hand_answers").delete_many({"show": show})
        self.collection("hand_marks").delete_many({"show": show})
