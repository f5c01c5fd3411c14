"""An erasure takes the stored responses that may show the account, and no write is done twice for that."""

import pytest
from wsis_shared import inbox, mongo
from wsis_shared.context import ANONYMOUS, Actor, Context
from wsis_testkit import refused

GONE, OTHER = Actor("gone", ("member",)), Actor("gone-too", ("member",))
OFFICER = Actor("officer", ("member", "officer"))


@pytest.fixture
def db(environment, request):
    return mongo.database("forgetting_" + request.node.callspec.id.replace(" ", "_"))


@pytest.fixture(params=[{"idempotency_key": "k-1"}, {"message_id": "m-1"}], ids=["by its key", "by its message"])
def write(db, request):
    """`write(actor)`: the same write again; returns its response. `write.done` has who did it."""
    done = []

    def change(actor):
        def work():
            done.append(actor.id)
            return {"email": "gone@erased.example"}

        context = Context(actor=actor, **request.param)
        return mongo.in_transaction(lambda: inbox.idempotent(db, context, "change", {}, work))

    change.done = done
    return change


def test_an_erasure_takes_the_responses_that_may_show_the_account(db, write):
    response = {"email": "gone@erased.example"}
    assert [write(actor) for actor in (GONE, OTHER, OFFICER) * 2] == [response] * 6
    assert write.done == ["gone", "gone-too", "officer"]
    erased = {"type": "wsis.accounts.account_erased.v1", "data": {"account": "gone"}}
    mongo.in_transaction(lambda: inbox.forget_erased(db, erased))
    left = [row["_id"].partition("|")[0] for row in db["idempotency"].find() if response["email"] in str(row)]
    assert left == ["gone-too"]
    with refused("suite.response_forgotten"):
        write(OFFICER)
    assert write(OTHER) == response
    assert write.done == ["gone", "gone-too", "officer"]


def test_an_erased_address_takes_the_responses_to_visitors_and_to_staff(db, write):
    db["idempotency"].delete_many({})
    for actor in (ANONYMOUS, OTHER, OFFICER):
        write(actor)
    erased = {"type": "wsis.accounts.address_erased.v1", "data": {"address": "sealed"}}
    mongo.in_transaction(lambda: inbox.forget_erased(db, erased))
    left = [row["_id"].partition("|")[0] for row in db["idempotency"].find() if "gone@erased.example" in str(row)]
    assert left == ["gone-too"]
    with refused("suite.response_forgotten"):
        write(ANONYMOUS)
    assert write.done == [ANONYMOUS.id, "gone-too", "officer"]
