"""A job as its route answers, for pages that show one."""

JOB = {
    "id": "stocktaking.j1",
    "service": "stocktaking",
    "kind": "build_report",
    "title": "Builds a report",
    "state": "running",
    "progress": {"done": 1, "total": 2, "note": ""},
    "result": None,
    "error": None,
    "cancel_requested": False,
    "requested_by": "o1",
    "created_at": "2017-03-01T09:00:00Z",
    "started_at": None,
    "finished_at": None,
    "updated_at": "2017-03-01T09:00:00Z",
    "expires_at": None,
}
