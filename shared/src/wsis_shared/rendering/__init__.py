"""Documents as HTML, PDF and DOCX: a document of blocks in, bytes out. Needs the extra `[documents]`."""

from wsis_shared.rendering.process import (
    FORMATS,
    MEDIA_TYPES,
    Layout,
    Rendered,
    RenderingFailed,
    render,
    run_child,
)

__all__ = [
    "FORMATS",
    "MEDIA_TYPES",
    "Layout",
    "Rendered",
    "RenderingFailed",
    "render",
    "run_child",
]
