"""Places of Alation's answers whose values are only copied. Source: contracts page of Alation, 2 and 4.2."""

from __future__ import annotations

from collections.abc import Iterator

from jobmodels.loose import ADDED, ANY, FIXED, PART, RUN, SUM

_SECOND = "Legacy(Rosemeta) write job_id (can be tracked using jobs API): {digits}"
_VALUES = "annotation value microservice"

# Texts of results, whose counts and second jobs are read.
_TEXTS = (
    f"Start bulk upsert values to {_VALUES}... {_SECOND}",
    f"Finished bulk upsert values to {_VALUES}. {_SECOND}",
    f"Updated values count: {{count}}. Error count: 0. Errors: [] {_SECOND}",
    f"Updated values count: {{positive}}. Error count: {{positive}}. Errors: [{{quoted}}] {_SECOND}",
)
_LISTS = ("created_terms", "updated_terms")


def _terms() -> Iterator[tuple[str, tuple[str, ...]]]:
    """What jobs say of the documents, terms and the like that they made or changed: the list is not counted."""
    for verb, noun in (("created", "term"), ("updated", "term")):
        place = f"/result/{verb}_{noun}"
        yield f"{place}_count", ("{count}",)
        yield f"{place}s", RUN
        yield f"{place}s/*/id", ("{integer}",)
        yield f"{place}s/*/title", ("{text}",)


LOOSE = {
    ADDED: ANY,
    "/msg": ("Job finished in {seconds} seconds at {moment}",),
    **dict(_terms()),
    # Tables, columns and schemas: the mapping is counted, and so are the errors.
    "/result/*/response": ("Upserted {count} {text}",),
    "/result/*/mapping": RUN,
    "/result/*/mapping/*/id": ("{integer}",),
    "/result/*/mapping/*/key": ("{text}",),
    "/result/*/errors/*": ("{prose}",),
    # Error bodies, as refusals and as results of jobs.
    "/result/detail": ("{prose}",),
    # The data dictionary task.
    "/id": ("{id}",),
    "/type": FIXED,
    "/progress/batches_completed": PART,
    "/progress/total_batches": SUM,
    "/ts_created": ("{moment}",),
    "/ts_updated": ("{moment}",),
    "/ts_completed": ("{moment}",),
    "/result/records/*": ("{positive}",),
    # A number that is written as text is found.
    "/dd_resource/oid": ("{integer}",),
    "/dd_resource/user_id": ("{integer}",),
    "/dd_resource/*": ANY,
    "/report_download_link": ("{text}",),
    "/result/*": _TEXTS,
    "/job_id": ("{digits}",),
}
"""The numbers of records are compared with one another."""
