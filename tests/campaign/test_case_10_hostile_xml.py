"""Case 10. Nested tags, entity bombs, external entities and megabytes of siblings, before any signature is known.

Demanded: each refused within 50 ms of processor time; no file or connection opened on its account.
"""

import sys
import time

from tests.campaign.worlds import world

BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(8))
    + b"]><xml><Encrypt>&i;</Encrypt></xml>"
)
OUTSIDE = b'<!DOCTYPE x [<!ENTITY c SYSTEM "file:///etc/passwd"><!ENTITY d SYSTEM "http://127.0.0.1:9/">]><xml><Encrypt>&c;&d;</Encrypt></xml>'
BODIES = {
    "nested": b"<xml>" + b"<a>" * 20_000 + b"</a>" * 20_000 + b"</xml>",
    "entity bomb": BOMB,
    "external entity": OUTSIDE,
    "siblings": b"<xml>" + b"<a/>" * 2_000_000 + b"</xml>",
    "siblings below the limit": b"<xml>" + b"<a/>" * 15_000 + b"</xml>",
    "attributes": b"<xml " + b" ".join(b'a%d="b"' % n for n in range(8_000)) + b"></xml>",
    "ten megabytes": b"<xml><Encrypt>" + b"A" * 10_000_000,
}
_watching = False
_opened: list[str] = []


def _hook(event: str, arguments: tuple) -> None:
    if _watching and (event == "open" or event == "socket.connect"):
        _opened.append(f"{event} {arguments[0]!r}"[:80])


sys.addaudithook(_hook)


def test_hostile_xml(case, tmp_path) -> None:
    global _watching
    with case.row("sqlite") as row, world("sqlite", tmp_path) as one:
        query, _ = one.platform.envelope(one.platform.text_xml("wang", "3栋2单元1502厨房漏水"))
        client = one.service.app().test_client()
        client.post(f"/wecom/callback?{query}", data=b"<xml/>")
        worst = 0.0
        for _ in case.rounds(sample=1, whole=30):
            for name, body in BODIES.items():
                _opened.clear()
                _watching = True
                started = time.process_time()
                answer = client.post(f"/wecom/callback?{query}", data=body)
                took = time.process_time() - started
                _watching = False
                worst = max(worst, took)
                row.times += 1
                assert 400 <= answer.status_code < 500, (name, answer.status_code)
                assert not _opened, (name, _opened)
        row.done = f"{', '.join(BODIES)}; each {row.times // len(BODIES)} times"
        if case.whole:  # a sample that shares its machine with others proves nothing about time
            row.demands("most processor time for one", worst * 1000, at_most=50, unit=" ms")
        with one.house.desk.db.reading() as tx:
            row.demands("messages stored", int(tx.exec_driver_sql("select count(*) from inbox").scalar()), at_most=0)
