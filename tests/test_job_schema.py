"""The schema of a Job, derived from the classes."""

from __future__ import annotations

import json
import subprocess
import sys

from jsonschema import Draft202012Validator

from jobmodels import Job, Response, json_schema, normalize, normalize_response
from jobmodels._folders import find_folder


def test_the_shipped_copy_is_what_the_classes_say() -> None:
    """`python -m jobmodels._job_schema` writes it."""
    folder = find_folder("jobmodels", "schemas")
    assert folder
    shipped = (folder / "job.json").read_text(encoding="utf-8")

    written = subprocess.run(
        [sys.executable, "-m", "jobmodels._job_schema"], capture_output=True, check=True, text=True, encoding="utf-8"
    )

    assert written.stdout == shipped
    assert json.loads(shipped) == json_schema(Job)


def test_it_describes_what_to_dict_gives() -> None:
    """All members are there, none beside them, for whatever was read."""
    Draft202012Validator.check_schema(json_schema(Job))
    validator = Draft202012Validator(json_schema(Job))
    page = Response(404, {"content-type": "text/html", "retry-after": "3"}, "<html>")

    for job in (
        normalize({"status": "successful", "msg": None, "result": [1]}, "alation/job/GET"),
        normalize({"job_id": 7, "href": "/jobs/7"}, "alation/term/POST"),
        normalize_response(page, "alation/job/GET"),
    ):
        assert list(validator.iter_errors(job.to_dict())) == []
        assert list(validator.iter_errors({**job.to_dict(), "more": 1})) != []
