"""Charts as SVG and PNG: plain figures in, bytes out. A child process draws: whoever wants a chart waits for it, all
other requests go on.

A chart is plain JSON; its texts are written as they are, never as markup:

    {"kind": "heat_map", "language": "en", "title": "...", "description": "what it shows, for those who do not see it",
     "note": "Source: ..." or absent; line feeds separate paragraphs,
     "row_title": "..." or absent, "column_title": "..." or absent,
     "rows": [{"code": "C1" or absent, "label": "..."}],
     "columns": [{"code": "1" or absent, "label": "...", "colour": "#E5243B" or absent}],
     "values": [[3, 0, None, ...], ...]          one list per row; None: no figure, a blank cell
     "texts": [["3", "", ...], ...] or absent    what stands in the cells instead of the values
     "tint": "columns" or absent}                cells in the colour of their column instead of blue

    {"kind": "bars", "language", "title", "description", "note", "value_title": "Entries" or absent,
     "items": [{"label": "...", "value": 12, "colour": absent}]}         horizontal, in the given order

    {"kind": "stacked_bars", "language", "title", "description", "note", "value_title",
     "rows": [{"label": "..."}], "series": [{"label": "...", "colour": absent}], "values": [[1, 2], ...],
     "shares": True or absent}                   each bar as 100 %

Arabic charts run from right to left. The same chart gives the same bytes with the same fonts. `title` and
`description` are also the <title> and <desc> of the SVG. With "untitled": True the title is only there and not drawn,
because the document has it as its heading.
"""

from wsis_stocktaking.charts.process import MAX_WAITING, MEDIA_TYPES, ChartFailed, ChartProcess, draw

__all__ = ["MAX_WAITING", "MEDIA_TYPES", "ChartFailed", "ChartProcess", "draw"]
