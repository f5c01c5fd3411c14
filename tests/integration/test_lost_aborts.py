"""A transaction that lost its connection, and its abort with it, keeps nobody waiting."""

import pytest
from pymongo.errors import ConnectionFailure, ServerSelectionTimeoutError
from wsis_shared import mongo
from wsis_shared.collection import Collection
from wsis_shared.mongo_connection import connect
from wsis_testkit.proxy import behind, proxied


@pytest.fixture
def counted(database):
    """A collection with one document that counts, reached without the proxy."""
    collection = database("madeup")["counted"]
    collection.insert_one({"_id": 1, "n": 0})
    yield collection
    collection.drop()


@pytest.fixture
def proxy(counted, environment, monkeypatch):
    """What stands between this process and the store. No transaction is repeated by itself."""
    monkeypatch.setattr(mongo, "ATTEMPTS", 1)
    with proxied(environment["WSIS_MONGO_URI"]) as between:
        uri = behind(environment["WSIS_MONGO_URI"], between)
        # pymongo looks for a server that is gone twice a second.
        with connect(uri, serverSelectionTimeoutMS=5000, connectTimeoutMS=1500, socketTimeoutMS=1500) as client:
            monkeypatch.setattr(mongo, "_client", client)
            yield between


def count(before_the_commit=lambda: None):
    """Count to one in a transaction."""
    document = Collection(mongo.database("madeup")["counted"])

    def work():
        if document.find_one({"_id": 1})["n"] == 0:
            document.update_one({"_id": 1}, {"$inc": {"n": 1}})
        before_the_commit()

    mongo.in_transaction(work)


@pytest.mark.parametrize("reads", [True, False], ids=["in the work", "at the commit"])
def test_the_repeat_of_what_was_lost_finds_no_lock(proxy, counted, reads):
    """The store itself would keep the document locked for a minute."""

    frozen = []

    def lose():
        frozen.append(proxy.freeze())
        if reads:
            Collection(mongo.database("madeup")["counted"]).find_one({"_id": 1})

    with pytest.raises(ConnectionFailure):
        count(lose)
    assert frozen
    proxy.cut()  # what is held back never arrives
    proxy.thaw()
    count()
    assert counted.find_one({"_id": 1})["n"] == 1


def test_what_was_committed_stays_so(proxy, counted):
    """The store commits, and its answer is lost."""
    with pytest.raises(ConnectionFailure):
        count(proxy.drop_replies)
    assert counted.find_one({"_id": 1})["n"] == 1
    proxy.cut()  # and replies flow again
    count()
    assert counted.find_one({"_id": 1})["n"] == 1


def test_a_session_that_is_to_end_is_nobody_elses(proxy):
    """A process kills it before its next transaction, and may do so late."""

    def no_server():
        raise ServerSelectionTimeoutError

    with pytest.raises(ServerSelectionTimeoutError):
        count(no_server)
    (lost,) = mongo._unanswered
    with mongo.client().start_session() as session:
        assert session.session_id["id"] != lost
    count()
    assert not mongo._unanswered
