from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import attrs
import pytest

import jobmodels
from jobmodels import _contract
from jobmodels._contract import ABSENT, Mismatch, find_cases, load_case, play, play_file, render, updated
from jobmodels.errors import CaseError

DONE = {
    "status": "successful",
    "msg": "Job finished in 0.025975 seconds at 2024-09-17 12:50:42.653908+00:00",
    "result": {"created_term_count": 1, "created_terms": [{"id": 1325, "title": "My KPI 1"}]},
}
CASE: dict[str, Any] = {
    "about": "One document created.",
    "source": "contracts 2.4",
    "given": {"operation": "result", "status": 200, "body": DONE},
    "expect": {"state": "succeeded", "errors": [], "/details/result/created_terms/0/id": 1325},
}


def write(folder: Path, content: Any, name: str = "alation/document/POST/claim.json") -> Path:
    """Write the file of a case."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, (str, bytes)) else json.dumps(content, indent=2)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def claiming(folder: Path, expect: dict[str, Any], **given: Any) -> _contract.Played:
    """Play a case with these claims."""
    return play(load_case(write(folder, {**CASE, "given": {**CASE["given"], **given}, "expect": expect})))


class TestLoad:
    def test_the_path_is_the_key(self, tmp_path: Path) -> None:
        """The last three folders are the key; with a root they are all of the path below it."""
        path = write(tmp_path, CASE)
        case = load_case(path)
        assert case == load_case(path, tmp_path)
        assert (case.key, case.path, case.about, case.source) == (
            "alation/document/POST", path, "One document created.", "contracts 2.4",
        )  # fmt: skip
        assert not case.strict
        assert case.expect == CASE["expect"]
        assert hash(case)

    def test_a_byte_order_mark_is_passed_over(self, tmp_path: Path) -> None:
        """Editors that write one do no harm."""
        assert play_file(write(tmp_path, b"\xef\xbb\xbf" + json.dumps(CASE).encode())).ok

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            ("{", "not one JSON document"),
            (b"\xff", "not UTF-8"),
            ("[]", "the file is not an object"),
            ('{"about": 1, "about": 2}', "/about is given twice with different values"),
            ({**CASE, "note": ""}, "the file has 'note', expected only about, expect, given, source"),
            ({"about": ""}, "it has no member 'expect'"),
            ({**CASE, "about": 7}, "about and source are to be text"),
            ({**CASE, "source": None}, "about and source are to be text"),
            ({**CASE, "given": []}, "given is not an object"),
            ({**CASE, "expect": []}, "expect is not an object"),
            ({**CASE, "expect": {}}, "expect claims nothing"),
            ({**CASE, "expect": {"raises": "DecodeError", "state": "failed"}}, "something beside an error"),
            ({**CASE, "given": {}}, "not exactly one of body, text and base64"),
            ({**CASE, "given": {"headers": {}}}, "not exactly one of body, text and base64"),
            ({**CASE, "given": {"body": {}, "text": ""}}, "not exactly one of body, text and base64"),
            ({**CASE, "given": {"body": {}, "key": "a/b/C"}}, "given has 'key'"),
            ({**CASE, "given": {"body": {}, "strict": "yes"}}, "strict true or false"),
            ({**CASE, "given": {"body": {}, "operation": "poll"}}, "'poll' is not an operation"),
            ({**CASE, "given": {"base64": "*"}}, "its base64 is not base64"),
        ],
    )
    def test_a_file_that_is_no_case(self, tmp_path: Path, content: Any, reason: str) -> None:
        """What is wrong with a file is said with its name; played, it is a failure like any other."""
        path = write(tmp_path, content)
        with pytest.raises(CaseError) as refused:
            load_case(path)
        assert str(refused.value).startswith(f"{path} is not a case: ")
        assert reason in refused.value.reason
        played = play_file(path)
        assert not played.ok
        assert (played.case, played.job, str(played.error)) == (None, None, str(refused.value))
        assert reason in render(played)

    @pytest.mark.parametrize("name", ["claim.json", "document/POST/claim.json", "v2/alation/document/POST/claim.json"])
    def test_a_file_at_another_depth(self, tmp_path: Path, name: str) -> None:
        """Below a root a case stands in exactly three folders."""
        with pytest.raises(CaseError, match="does not stand in"):
            load_case(write(tmp_path, CASE, name), tmp_path)

    def test_folders_that_are_no_key(self, tmp_path: Path) -> None:
        """The three folders spell a key, and a path has three at all."""
        with pytest.raises(CaseError, match="is not a key"):
            load_case(write(tmp_path, CASE, "alation/document/post/claim.json"))
        with pytest.raises(CaseError, match="does not stand in"):
            load_case(Path("/claim.json"))

    def test_a_file_that_cannot_be_read(self, tmp_path: Path) -> None:
        """A file that is gone is a file that is no case."""
        with pytest.raises(CaseError, match="it cannot be read, No such file"):
            load_case(tmp_path / "alation/document/POST/claim.json")

    def test_cases_are_found_in_order(self, tmp_path: Path) -> None:
        """Of a folder all files below are found, sorted; a file is itself."""
        names = ["b/c/D/e.json", "a/c/D/f.json", "a/c/D/e.json"]
        paths = [write(tmp_path, CASE, name) for name in names]
        (tmp_path / "a/README.md").touch()
        assert find_cases(tmp_path) == tuple(reversed(paths))
        assert find_cases(paths[0]) == (paths[0],)
        assert find_cases(tmp_path / "nowhere") == ()


class TestPlay:
    def test_what_holds(self, tmp_path: Path) -> None:
        """A case whose claims hold has its Job and no mismatch."""
        played = play(load_case(write(tmp_path, CASE)))
        assert played.ok
        assert (played.job and played.job.state, played.error) == ("succeeded", None)

    def test_a_body_alone_is_a_bare_payload(self, tmp_path: Path) -> None:
        """Without status and headers there was no response."""
        path = write(tmp_path, {**CASE, "given": {"body": DONE}})
        assert play_file(path).job == jobmodels.normalize(DONE, "alation/document/POST")

    def test_an_answer_without_a_body(self, tmp_path: Path) -> None:
        """A status may stand alone."""
        path = write(tmp_path, {**CASE, "given": {"status": 204}, "expect": {"accepted": True}})
        assert play_file(path).ok

    @pytest.mark.parametrize(
        ("expect", "mismatch"),
        [
            ({"state": "failed"}, Mismatch("/state", "failed", "succeeded")),
            ({"stat": "failed"}, Mismatch("/stat", "failed", ABSENT)),
            ({"a/b": 1}, Mismatch("/a~1b", 1, ABSENT)),
            ({"/counts/succeeded": 1.0}, Mismatch("/counts/succeeded", 1.0, 1)),
            ({"/counts/succeeded": True}, Mismatch("/counts/succeeded", True, 1)),
            ({"/details/result/created_terms/1": 0}, Mismatch("/details/result/created_terms/1", 0, ABSENT)),
            ({"/details/result/created_terms/-": 0}, Mismatch("/details/result/created_terms/-", 0, ABSENT)),
            ({"/state/0": "s"}, Mismatch("/state/0", "s", ABSENT)),
            ({"/message/a/b": "s"}, Mismatch("/message/a/b", "s", ABSENT)),
            ({"errors": [7]}, Mismatch("/errors/0", 7, ABSENT)),
            (
                {"counts": {"total": None, "succeeded": 2, "failed": None, "pending": None}},
                Mismatch("/counts/succeeded", 2, 1),
            ),
            (
                {"counts": {"total": None, "succeeded": 1, "failed": None}},
                Mismatch("/counts/pending", ABSENT, None),
            ),
        ],
    )
    def test_claims_are_compared_exactly(self, tmp_path: Path, expect: Any, mismatch: Mismatch) -> None:
        """Members and pointers are compared with their types; the innermost place that differs is named."""
        assert claiming(tmp_path, expect).mismatches == (mismatch,)

    def test_an_error_is_a_claim_too(self, tmp_path: Path) -> None:
        """A strict reading that raises what is claimed holds; any other ending does not."""
        drifted = {**DONE, "msg": 7}
        assert claiming(tmp_path, {"raises": "ContractError"}, body=drifted, strict=True).ok
        other = claiming(tmp_path, {"raises": "DecodeError"}, body=drifted, strict=True)
        assert [(found.expected, found.got) for found in other.mismatches] == [("DecodeError", "ContractError")]
        none = claiming(tmp_path, {"raises": "ContractError"}, body=drifted)
        assert none.mismatches == (Mismatch("raises", "ContractError", ABSENT),)
        unforeseen = claiming(tmp_path, {"state": "failed"}, body=drifted, strict=True)
        assert [(found.expected, found.got) for found in unforeseen.mismatches] == [(ABSENT, "ContractError")]
        assert "wrong-type at /msg" in render(unforeseen)

    def test_an_endpoint_that_is_not_registered(self, tmp_path: Path) -> None:
        """A key that no endpoint has fails the case, with near names."""
        played = play_file(write(tmp_path, CASE, "alation/documents/POST/claim.json"))
        assert played.error is not None
        assert "did you mean alation/document" in render(played)

    def test_whatever_escapes_fails_one_case(self, tmp_path: Path) -> None:
        """A function of a user's system that raises fails its case, and no more."""

        def broken(asked: object, document: object) -> Any:
            raise ZeroDivisionError("division by zero")

        system = jobmodels.System(name="own", facts=broken)
        endpoint = system.endpoint("report/POST", jobmodels.registry()["alation/job/GET"].cls)
        path = write(tmp_path, CASE, "own/report/POST/claim.json")
        played = play_file(path, jobmodels.Registry([endpoint]))
        assert isinstance(played.error, ZeroDivisionError)
        assert "division by zero" in render(played)


class TestLaws:
    def test_what_is_lost_is_seen(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A document that does not come back exactly fails every case."""
        monkeypatch.setattr(_contract, "unstructure", lambda details: {"lost": True})
        played = claiming(tmp_path, {"state": "succeeded"})
        assert [found.about for found in played.mismatches] == ["unstructure(structure(document)) is the document"]
        assert played.mismatches[0].got == {"lost": True}

    def test_a_job_that_is_no_json_is_seen(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The plain form of a job is JSON, and holds our schema."""
        told = jobmodels.normalize(DONE, "alation/document/POST").to_dict()
        wrong = {**told, "progress": float("nan"), "finished": "yes"}
        monkeypatch.setattr(jobmodels.Job, "to_dict", lambda job: wrong)
        played = claiming(tmp_path, {"state": "succeeded"})
        assert [found.about for found in played.mismatches] == ["to_dict() is JSON", "to_dict() holds its schema"]
        assert played.mismatches[1].pointer == "/finished"

    def test_bytes_and_depth_are_no_documents(self, tmp_path: Path) -> None:
        """What could not be decoded, or is too deep, has no document that could be lost."""
        assert claiming_text(tmp_path, {"base64": "//8="}).ok
        assert claiming_text(tmp_path, {"text": "[" * 300 + "]" * 300}).ok

    def test_foreign_classes_keep_what_they_know(self, tmp_path: Path) -> None:
        """A class that is no Record is not asked to give back what it never held."""

        @attrs.frozen(kw_only=True)
        class Foreign:
            status: str

        endpoint = jobmodels.System(name="own").endpoint("report/POST", Foreign)
        path = write(tmp_path, {**CASE, "expect": {"details": {"status": "successful"}}}, "own/report/POST/claim.json")
        assert [found.about for found in play_file(path, jobmodels.Registry([endpoint])).mismatches] == []


def claiming_text(folder: Path, given: dict[str, Any]) -> _contract.Played:
    """Play a polled answer that is no JSON document."""
    case = {**CASE, "given": {"status": 200, "operation": "result", **given}, "expect": {"state": "unknown"}}
    return play_file(write(folder, case))


class TestUpdated:
    def test_only_the_claims_are_rewritten(self, tmp_path: Path) -> None:
        """The value of `expect` says what was read; every other letter of the file stays."""
        text = """{
  "about": "Ünlike \\u00fc.", "source": "x",
      "given": {"status":200, "body": {"status": "running", "status": "running", "big": 1e2}},
  "expect": {"state": "failed", "/finished": null, "/nothing/here": 1, "errors": []}
}
"""
        path = write(tmp_path, text)
        case = load_case(path)
        new = updated(case, play(case))
        assert new == text.replace(
            '{"state": "failed", "/finished": null, "/nothing/here": 1, "errors": []}',
            '{\n    "state": "running",\n    "/finished": false,\n    "errors": []\n  }',
        )
        path.write_text(new, encoding="utf-8")
        assert play_file(path).ok

    def test_long_values_are_laid_out(self, tmp_path: Path) -> None:
        """A long value takes several lines; letters stay letters, a lone surrogate its escape."""
        body = {**DONE, "msg": "Größe \ud800"}
        path = write(tmp_path, {**CASE, "given": {"body": body}, "expect": {"details": 1, "message": 1}})
        case = load_case(path)
        new = updated(case, play(case))
        assert '    "details": {\n      "status": "successful",\n' in new
        assert '"message": "Größe \\ud800"' in new
        path.write_text(new, encoding="utf-8")
        assert play_file(path).ok

    def test_an_error_becomes_a_claim(self, tmp_path: Path) -> None:
        """What raised is claimed to raise, and what no longer does is claimed by state and errors."""
        given = {"body": {**DONE, "msg": 7}, "strict": True}
        case = load_case(write(tmp_path, {**CASE, "given": given}))
        assert json.loads(updated(case, play(case)))["expect"] == {"raises": "ContractError"}
        case = load_case(write(tmp_path, {**CASE, "expect": {"raises": "ContractError"}}))
        assert json.loads(updated(case, play(case)))["expect"] == {"state": "succeeded", "errors": []}


class TestRender:
    def test_expected_and_got_stand_side_by_side(self, tmp_path: Path) -> None:
        """Each mismatch is a row of place, expected and got, in columns."""
        played = claiming(tmp_path, {"state": "failed", "/counts/succeeded": 2, "/nothing": None})
        assert render(played).splitlines() == [
            "One document created.",
            "                   expected  got",
            '/state             "failed"  "succeeded"',
            "/counts/succeeded  2         1",
            "/nothing           null      absent",
        ]

    def test_long_values_go_on_below(self, tmp_path: Path) -> None:
        """A long value stays in its column; a very long one is cut, with its length."""
        played = claiming(tmp_path, {"message": "word " * 30, "/details/msg": "x" * 5000})
        lines = render(played).splitlines()
        assert max(map(len, lines)) <= 3 * 48 + 4
        assert '"word word word word word word word word word' in lines[2]
        assert "x... (5002" in render(played)

    def test_no_terminal_is_moved(self, tmp_path: Path) -> None:
        """What is not printable is escaped."""
        text = render(claiming(tmp_path, {"message": "\x1b[31m\u202e\ud800"}))
        assert "\\u001b[31m\\u202e\\ud800" in text
        assert text.replace("\n", "").isprintable()
        bad = render(play_file(write(tmp_path, {**CASE, "\x1b": ""})))
        assert "\x1b" not in bad

    def test_what_holds_shows_no_rows(self, tmp_path: Path) -> None:
        """A case that holds shows its sentence and the headings."""
        assert render(claiming(tmp_path, {"state": "succeeded"})).splitlines()[0] == "One document created."

    def test_a_broken_law_names_itself(self, tmp_path: Path) -> None:
        """A mismatch that no claim names says what was asked; the whole document has no pointer."""
        played = claiming(tmp_path, {"state": "succeeded"})
        wrong = Mismatch("", {"a": 1}, {"a": 1.0}, "nothing is lost")
        assert render(attrs.evolve(played, mismatches=(wrong,))).splitlines()[2:] == [
            'the whole  {"a": 1}  {"a": 1.0}',
            "  nothing is lost",
        ]

    def test_absence_has_a_name(self) -> None:
        """What is absent says so."""
        assert repr(ABSENT) == "absent"
