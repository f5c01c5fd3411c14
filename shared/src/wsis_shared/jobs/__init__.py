"""Jobs: long work that survives restarts (docs/add-a-service/jobs.md).

A job is a document of the service's `jobs` collection. A step of a job stores its effects, its checkpoint and its
progress together; a crash at any line resumes at the last checkpoint. A manifest loads this module: it imports neither
nameko nor pymongo.
"""

from wsis_shared.jobs.manifest import GRANTS, JobKind

__all__ = ["GRANTS", "JobKind"]
