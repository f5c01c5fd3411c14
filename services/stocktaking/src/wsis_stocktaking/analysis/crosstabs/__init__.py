"""Cross-tabulations for people: as a chart, a table of CSV, a page."""

from wsis_stocktaking.analysis.crosstabs.chart import chart
from wsis_stocktaking.analysis.crosstabs.page import page
from wsis_stocktaking.analysis.crosstabs.table import csv_text
from wsis_stocktaking.analysis.crosstabs.texts import SAY as say

__all__ = ["chart", "csv_text", "page", "say"]
