"""The online directory: the vectors of ``vectors/fhir``, then a small server, blocking and awaited."""

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from sas_psc import danger, directory, errors, fhir, psc

ROOM = Path(__file__).parents[2] / "vectors"
CASES = sorted((ROOM / "fhir").glob("*.json"))
BASE = "https://directory.example/fhir/v2/"
NOBODY = {"resourceType": "Bundle"}


def play(case: dict[str, Any]) -> tuple[list[fhir.FhirPerson], list[str]]:
    """What a look-up comes to, and what it asked; time moves only in a wait."""
    lookup = fhir.FhirServer("key-of-a-test", base=BASE).lookup(case["ids"])
    asked: list[str] = []
    now, answers = 1_795_420_800.0, iter(case["answers"])
    case["asked"] = asked
    while True:
        match lookup.next(now=now):
            case psc.Send(request):
                assert ("esante-api-key", "key-of-a-test") in request.headers
                asked.append(request.url.removeprefix(BASE))
                said = next(answers)
                body = said["body"] if isinstance(said["body"], str) else json.dumps(said["body"])
                headers = list(said.get("headers", {}).items())
                lookup.answered(psc.Response(said["status"], headers, body.encode()), now=now)
            case psc.Wait(until):
                now = until
            case psc.Done(people):
                return people, asked


def test_there_are_cases() -> None:
    assert len(CASES) >= 20


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_a_case_comes_to_what_it_says(file: Path) -> None:
    case = json.loads(file.read_text())
    if case["expect"] != "ok":
        with pytest.raises(errors.Error) as raised:
            play(case)
        assert raised.value.name == case["expect"]
        assert case["asked"] == case["requests"]
        return
    people, asked = play(case)
    assert asked == case["requests"]
    assert [person.to_dict() for person in people] == case["people"]
    assert [person.active for person in people] == case["active"]
    assert [person.unknown_places for person in people] == case["unknown_places"]
    assert "99700218896" not in repr(people)


class Gateway(ThreadingHTTPServer):
    """Answers in order, then the last one for ever."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[tuple[int, dict[str, Any]]] = [(200, NOBODY)]
        self.asked: list[str] = []

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/fhir/v2"


class Handler(BaseHTTPRequestHandler):
    server: Gateway

    def do_GET(self) -> None:
        turn = len(self.server.asked)
        self.server.asked.append(self.path)
        status, answer = self.server.answers[min(turn, len(self.server.answers) - 1)]
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with Gateway() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def page_of(gateway: Gateway, number: int) -> tuple[int, dict[str, Any]]:
    person = {
        "resourceType": "Practitioner",
        "identifier": [{"type": {"coding": [{"code": "IDNPS"}]}, "value": f"ANS{number}"}],
    }
    link = [{"relation": "next", "url": f"{gateway.base}/_page?id=u{number + 1}"}] if number < 2 else []
    return 200, {"resourceType": "Bundle", "total": 3, "link": link, "entry": [{"resource": person}]}


def test_pages_are_read_to_the_last_blocking_and_awaited(gateway: Gateway) -> None:
    gateway.answers = [page_of(gateway, number) for number in range(3)] * 2
    server = danger.insecure_loopback_fhir(gateway.base, "key-of-a-test", page_size=1)
    asked = {"qualification-code": "10", "active": "true"}
    pages = list(fhir.Fhir(server).pages(asked=asked))
    assert [page.total for page in pages] == [3, 3, 3]
    assert [person.professional.id_nat for page in pages for person in page.people] == ["ANS0", "ANS1", "ANS2"]
    assert gateway.asked[0] == "/fhir/v2/Practitioner?active=true&qualification-code=10&_count=1"
    assert pages[2].cursor is None and pages[0].unreadable == 0 and pages[0].organizations == []

    async def count() -> int:
        return len([page async for page in fhir.AsyncFhir(server).pages("Practitioner", related=True)])

    assert asyncio.run(count()) == 3


def test_a_reading_goes_on_in_another_process(gateway: Gateway) -> None:
    gateway.answers = [page_of(gateway, 0), page_of(gateway, 2)]
    server = danger.insecure_loopback_fhir(gateway.base)
    cursor = fhir.Fhir(server).page(updated_since=None).cursor
    assert cursor is not None
    assert fhir.Fhir(server).page_after(cursor).people[0].professional.id_nat == "ANS2"
    with pytest.raises(errors.Error) as raised:
        fhir.FhirServer("k").page_after(cursor)
    assert raised.value.name == "fhir-link-elsewhere"
    with pytest.raises(errors.Error) as raised:
        server.page("Practitioner", {}, updated_since=0.0)
    assert raised.value.name == "fhir-delta-too-old"


def test_an_index_answers_for_a_server_that_is_away_but_not_for_a_wrong_key(gateway: Gateway, tmp_path: Path) -> None:
    directory.import_extract(ROOM / "directory" / "extract.txt", tmp_path)
    index = directory.Directory(tmp_path)
    online = fhir.Fhir(danger.insecure_loopback_fhir(gateway.base))
    assert online.lookup_or("99700366240", index) is None, "an answer is an answer"
    gateway.answers = [(500, {})]
    found = online.lookup_or("99700366240", index)
    assert isinstance(found, directory.Person) and found.family_name == "DOC0036624"
    gateway.answers = [(401, {})]
    with pytest.raises(errors.CallerError):
        online.lookup_or("99700366240", index)


def test_calls_are_spread_over_seconds() -> None:
    server = fhir.FhirServer("k", calls_per_second=2)
    assert [round(server.turn(now=1000.0) - 1000.0, 3) for _ in range(4)] == [0.0, 0.0, 1.001, 1.001]
    assert "the-key" not in repr(fhir.FhirServer("the-key"))
