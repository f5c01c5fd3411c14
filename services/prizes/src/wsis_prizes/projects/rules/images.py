"""What the image of a project is, and which files it has."""

from __future__ import annotations

from typing import TypedDict

from wsis_shared.errors import NotFound

from wsis_prizes.projects.rules.projects import Image, Project

SIZES = {"small": 480, "large": 960}  # widths in pixels, the image's own where that is less


class ShownSize(TypedDict):
    """A file of the image and its sides, for a place in a page before it has come."""

    url: str
    width: int
    height: int


class ShownImage(TypedDict):
    """`alt` is what who cannot see it is told, in the language of the project."""

    alt: str
    small: ShownSize
    large: ShownSize


def must_have(project: Project) -> Image:
    """The image of a project. Raises NotFound where it has none."""
    image = project.get("image")
    if image is None:
        raise NotFound("prizes.no_image", project=project["_id"])
    return image


def file_of(project: Project, size: str) -> str:
    """The blob of a size. Raises NotFound."""
    return must_have(project)["sizes"][size]["blob"]


def files(image: Image | None) -> list[str]:
    """All blobs of an image."""
    return [size["blob"] for size in image["sizes"].values()] if image else []


def shown(project: Project, address: str) -> ShownImage | None:
    """The image of a project with its files at `address`."""
    image = project.get("image")
    if image is None:
        return None
    small, large = (
        ShownSize(
            url=f"{address}?size={name}", width=image["sizes"][name]["width"], height=image["sizes"][name]["height"]
        )
        for name in SIZES
    )
    return {"alt": image["alt"], "small": small, "large": large}


def of_nominee(project: Project) -> ShownImage | None:
    """As everybody sees it."""
    return shown(project, f"/v1/editions/{project['edition']}/nominees/{project['_id']}/image")


def of_project(project: Project) -> ShownImage | None:
    """As its submitter, the secretariat and its jurors see it."""
    return shown(project, f"/v1/projects/{project['_id']}/image")
