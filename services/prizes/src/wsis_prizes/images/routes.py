"""Routes of the images of projects."""

from __future__ import annotations

from wsis_shared.blobs import Upload
from wsis_shared.images import MEDIA_TYPES
from wsis_shared.plugin import Route

from wsis_prizes.images import schemas
from wsis_prizes.projects.schemas import ImageQuery, Reason

IMAGE = Upload(max_bytes=5_000_000, media_types=MEDIA_TYPES)
_IMAGE = "/v1/projects/{project}/image"
_UNKNOWN, _NONE = "prizes.project_unknown", "prizes.no_image"
_FIXED = ("prizes.wrong_state", "prizes.nominee_fixed", "prizes.submission_closed", "prizes.submission_not_open")
ROUTES = (
    Route(
        "GET",
        f"{_IMAGE}-details",
        handler="read_image_details",
        summary="The image of my project with its text",
        permission="prizes:submit",
        response=schemas.ProjectImage,
        error_codes=(_UNKNOWN,),
    ),
    Route(
        "PUT",
        _IMAGE,
        handler="set_image",
        summary="Give my project an image",
        permission="prizes:submit",
        upload=IMAGE,
        body=schemas.ImageText,
        response=schemas.ProjectImage,
        error_codes=(_UNKNOWN, "prizes.image_refused", "prizes.image_not_drawn", *_FIXED),
        description="A PNG or JPEG of at most 5 MB and 40 million pixels, in place of the former one, for as long as "
        "the project may be edited. It is drawn anew, upright and in two widths: place, camera and whatever else the "
        "file says are not kept. The public sees it once the project is nominated.",
    ),
    Route(
        "DELETE",
        _IMAGE,
        handler="remove_own_image",
        summary="Take the image of my project away",
        permission="prizes:submit",
        status=204,
        error_codes=(_UNKNOWN, _NONE, *_FIXED),
    ),
    Route(
        "GET",
        _IMAGE,
        handler="read_image",
        summary="The image of a project",
        permission="prizes:submit",
        query=ImageQuery,
        download=True,
        media="image/jpeg",
        error_codes=(_UNKNOWN, _NONE),
        description="For its submitter, the secretariat and the jurors who review it.",
    ),
    Route(
        "POST",
        f"{_IMAGE}/removal",
        handler="remove_image",
        summary="Remove the image of a project",
        permission="prizes:manage",
        body=Reason,
        status=204,
        error_codes=(_UNKNOWN, _NONE),
        description="At any time. Its submitter reads the reason. The file is gone at once; copies of the lists of "
        "nominees have its words for a minute at most.",
    ),
)
