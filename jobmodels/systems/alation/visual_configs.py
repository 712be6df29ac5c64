"""Visual configurations of catalog pages: created, changed, deleted."""

from __future__ import annotations

from collections.abc import Sequence

from jobmodels._record import Raw, Record
from jobmodels._system import BODY
from jobmodels.systems.alation._system import alation
from jobmodels.systems.alation.job import JobDetails

__all__ = ["JobDetailsVisualConfig", "VisualConfig", "VisualConfigComponent", "VisualGroupedComponent"]


class VisualConfigComponent(Record):
    """One field on a page. Source: Allie-SDK, tests/methods/test_visual_config.py.

    Attributes:
        component_type: `BUILT_IN`, `PAGE_DEFINED` or `USER_DEFINED`.
        panel: `MAIN` or `SIDEBAR`.
        rendered_otype: the type of the field; None where the page defines it.
        rendered_oid: the id of the field; None where the page defines it.
        page_defined_type: what the page defines; None for fields.
    """

    component_type: str
    panel: str
    rendered_otype: str | None = None
    rendered_oid: int | None = None
    page_defined_type: str | None = None


class VisualGroupedComponent(Record):
    """Fields on a page that stand together. Source: Allie-SDK, tests/methods/test_visual_config.py."""

    label: str
    components: Sequence[VisualConfigComponent | Raw]
    panel: str | None = None
    open_by_default: bool | None = None
    is_group: bool | None = None


class VisualConfig(Record):
    """How the pages of one type of object look. Source: Allie-SDK, tests/methods/test_visual_config.py."""

    id: int
    layout_otype: str
    component_list_in_config: Sequence[VisualConfigComponent | VisualGroupedComponent | Raw]
    title: str | None = None
    collection_type_id: int | None = None


@alation("visual-config/POST", answers=BODY)
@alation("visual-config/PUT", answers=BODY)
@alation("visual-config/DELETE", answers=BODY)
class JobDetailsVisualConfig(JobDetails[VisualConfig]):
    """A configuration created, changed or deleted, at once. Source: contracts page of Alation, 1.3."""
