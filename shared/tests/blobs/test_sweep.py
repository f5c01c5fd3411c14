"""Each service removes its own files that expired, and only those."""

from datetime import timedelta

from wsis_shared import clock, mongo
from wsis_shared.blobs import store


def test_a_service_sweeps_its_own_bucket(environment):
    from wsis_shared.bus import Service
    from wsis_shared.bus.service import Bus

    class Sweeper(Service):
        name = "sweeper"

    past = clock.now() - store.GRACE - timedelta(seconds=1)
    for bucket in ("sweeper", "other"):
        store.of(bucket).put([b"late"], owner="ada", filename="f", expires_at=past)
        store.of(bucket).put([b"early"], owner="ada", filename="f")
    service = Sweeper()
    service.bus = Bus.__new__(Bus)  # without a broker: of the bus, the timer uses the files alone
    service.bus.service = "sweeper"
    assert Sweeper.remove_expired_blobs.wsis_kind == "timer"
    Sweeper.remove_expired_blobs.__wrapped__(service)
    db = mongo.database(store.DATABASE)
    assert [db[f"{bucket}.files"].count_documents({}) for bucket in ("sweeper", "other")] == [1, 2]
