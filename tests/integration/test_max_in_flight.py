"""A service may take few requests at a time, so that its commands need not take turns with many."""

import threading
import uuid

from wsis_testkit import actor, make_context, wait_for


def test_further_requests_wait_and_commands_do_not(serve, amqp_client, database):
    serve("madeup", MADEUP_MAX_IN_FLIGHT="2")
    notes, note, over = database("madeup")["notes"], f"held {uuid.uuid4().hex}", f"over {uuid.uuid4().hex}"
    answers = []

    def ask():
        held = {"note": note, "until": over}
        answers.append(amqp_client.request("madeup", "hold", held, make_context(), timeout=60))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    wait_for(lambda: notes.count_documents({"what": note}) == 2)
    vote = {"args": {}, "body": {"voter": uuid.uuid4().hex}}
    outcome = amqp_client.command("madeup", "cast", vote, make_context(actor()), message_id=uuid.uuid4().hex, wait=10.0)
    assert outcome == (True, {"status": 201})
    assert notes.count_documents({"what": note}) == 2
    notes.insert_one({"what": over})
    for thread in threads:
        thread.join()
    assert len(answers) == 3
