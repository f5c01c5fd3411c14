"""A service that dies between a commit and its reply."""

from concurrent.futures import ThreadPoolExecutor

from wsis_testkit import actor, crash_at, refused


def test_write_without_a_key_has_one_effect_although_the_service_dies(madeup_installed, serve, database):
    serve("madeup").stop()  # makes the queues
    dying = serve("madeup", wait=False, **crash_at("wsis_shared.bus.entrypoints:Requests._reply:before"))
    with ThreadPoolExecutor(1) as pool:
        sent = pool.submit(dying.call, "make", actor(), n=77, timeout=30)
        assert dying.process.wait(30) == 137
        last = serve("madeup")
        [stored] = database("madeup")["things"].find({"n": 77})
        assert sent.result(30) == {"id": stored["_id"]}
    last.stop()


def test_write_whose_response_is_not_stored_has_one_effect_although_the_service_dies(madeup_installed, serve, database):
    serve("madeup").stop()  # makes the queues
    dying = serve("madeup", wait=False, **crash_at("wsis_shared.bus.entrypoints:Requests._reply:before"))
    with ThreadPoolExecutor(1) as pool:
        sent = pool.submit(dying.call, "make_secret", actor(), n=78, timeout=30)
        assert dying.process.wait(30) == 137
        last = serve("madeup")
        with refused("suite.response_forgotten"):
            sent.result(30)
    things = database("madeup")["things"]
    assert things.count_documents({"n": 78}) == 1
    assert last.call("make_secret", actor(), n=78)["secret"]
    assert things.count_documents({"n": 78}) == 2, "another message is another write"
    assert "hunter2" not in str(list(database("madeup")["idempotency"].find()))
    last.stop()
