"""Methods of one turn run one after the other in a process: this module has one."""

from concurrent.futures import ThreadPoolExecutor

from wsis_shared.bus.turns import in_turn
from wsis_testkit import actor, make_context, refused


def test_methods_of_one_turn_meet_no_conflict(madeup, database):
    with ThreadPoolExecutor(16) as pool:
        counts = list(pool.map(lambda _: madeup.call("count", actor())["count"], range(16)))
    assert sorted(counts) == list(range(1, 17))
    assert database("madeup")["notes"].count_documents({"what": "counting"}) == 16, "none ran twice"


def test_who_waits_for_a_turn_longer_than_the_caller_runs_nothing():
    late, ran = make_context(deadline=0.0), []
    with refused("suite.no_answer_in_time"):
        in_turn("mine", make_context(), lambda: in_turn("mine", late, lambda: ran.append("late")))
    in_turn("mine", make_context(), lambda: ran.append("next"))
    assert ran == ["next"]
