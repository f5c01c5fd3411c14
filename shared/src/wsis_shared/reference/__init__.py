"""Reference data of the WSIS process: codes, titles in seven languages, and lookups.

Everything is read on first use and kept; what is returned is frozen or a copy. A code that does not exist raises
`UnknownCode` (a LookupError) that names it; the `is_...` functions answer instead of raising, for any value.
The data stand in `data/`, one file for each subject, with their sources.
"""

from wsis_shared.reference.figures import participation
from wsis_shared.reference.goals import (
    Matrix,
    MatrixLink,
    Sdg,
    in_matrix,
    is_sdg_target,
    links_of_line,
    links_of_sdg,
    matrix,
    sdg,
    sdgs,
)
from wsis_shared.reference.lines import (
    ActionLine,
    ParentLine,
    SubTheme,
    action_line,
    action_lines,
    is_action_line,
    parent_line,
)
from wsis_shared.reference.loading import Titles, UnknownCode
from wsis_shared.reference.places import (
    Country,
    ItuRegion,
    countries,
    country,
    country_name,
    is_country,
    itu_region,
    itu_region_of,
    itu_regions,
    no_region,
    region_or_international,
)
from wsis_shared.reference.stakeholders import (
    Agency,
    StakeholderType,
    agencies,
    agencies_of_line,
    agency,
    is_stakeholder_type,
    stakeholder_groups,
    stakeholder_type,
    stakeholder_types,
)
from wsis_shared.reference.texts import Language, is_language, language, language_name, languages, title

__all__ = [
    "ActionLine",
    "Agency",
    "Country",
    "ItuRegion",
    "Language",
    "Matrix",
    "MatrixLink",
    "ParentLine",
    "Sdg",
    "StakeholderType",
    "SubTheme",
    "Titles",
    "UnknownCode",
    "action_line",
    "action_lines",
    "agencies",
    "agencies_of_line",
    "agency",
    "countries",
    "country",
    "country_name",
    "in_matrix",
    "is_action_line",
    "is_country",
    "is_language",
    "is_sdg_target",
    "is_stakeholder_type",
    "itu_region",
    "itu_region_of",
    "itu_regions",
    "language",
    "language_name",
    "languages",
    "links_of_line",
    "links_of_sdg",
    "matrix",
    "no_region",
    "region_or_international",
    "parent_line",
    "participation",
    "sdg",
    "sdgs",
    "stakeholder_groups",
    "stakeholder_type",
    "stakeholder_types",
    "title",
]
