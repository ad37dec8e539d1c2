"""Case 8. Mutated callback bodies: bytes, base64, padding, character sets, missing fields, unknown kinds.

Demanded: 50 000 bodies, no answer of 500 or more, no traceback in an answer, no effect, memory growth below 10 MB.
"""

import random
from pathlib import Path

import pytest

from bench.load import Plan, run
from tests.campaign.crowd import Crowd, crowd

TABLES = ("orders", "inbox", "outbox", "log", "timers", "contacts")


@pytest.mark.weight(80)
def test_mutated_bodies(case, zygote, tmp_path) -> None:
    with case.row("sqlite") as row, crowd("sqlite", tmp_path, zygote, engineers=3, reporters=3) as one:
        one.launch(cold=True)
        pristine = one.platform.envelope(one.platform.text_xml("zhu0", "3栋2单元1502厨房漏水"))
        strange = [one.platform.envelope(plain) for plain in odd_plains(one)]
        warm = [request(one, *mutated(case.rng, *pristine)) for _ in range(case.times(100, 2000))]
        run(Plan(one.only.port, warm, 8, seconds=60))
        count = case.times(400, 50_000)
        before, memory = sizes(one), one_memory(one)
        bodies = [
            request(one, *mutated(case.rng, *case.rng.choice([pristine, pristine, *strange]))) for _ in range(count)
        ]
        result = run(Plan(one.only.port, bodies, 8, seconds=max(case.budget, 5.0)))
        row.times = result.statuses.total()
        told = ", ".join(f"{n} × {status}" for status, n in sorted(result.statuses.items()))
        row.done = f"{row.times} mutated bodies at a running process; answers {told}"
        row.demands(
            "answers of 500 and more", sum(n for s, n in result.statuses.items() if s >= 500 or s == 0), at_most=0
        )
        grown = {name: now - was for name, now, was in zip(TABLES, sizes(one), before, strict=True) if now != was}
        row.demands(f"rows written {grown or ''}".strip(), sum(grown.values()), at_most=0)
        row.demands("memory growth", one_memory(one) - memory, at_most=10, unit=" MB")
        row.demands("bodies", row.times, at_least=count)
        assert "Traceback" not in one.only.log.read_text(encoding="utf-8")
        row.delay(max(result.latencies, default=0))


def odd_plains(one: Crowd) -> list[str]:
    """Genuine envelopes would be taken; these are for being damaged."""
    wrap = "<xml><ToUserName>{}</ToUserName>{}</xml>".format
    inner = ["", "<MsgType>hologram</MsgType>", "<MsgType>text</MsgType><Content>" + "啊" * 3000 + "</Content>"]
    return [wrap(one.platform.corp_id, content) for content in inner]


def mutated(rng: random.Random, query: str, body: bytes) -> tuple[str, bytes]:
    """Damaged somewhere in what the signature covers, so that none of them is genuine."""
    start, end = body.index(b"<Encrypt>") + 18, body.index(b"</Encrypt>") - 4
    damaged = bytearray(body)
    for _ in range(rng.randint(1, 5)):
        at = rng.randrange(start, min(end, len(damaged) - 20))
        match rng.randrange(7):
            case 0:
                damaged[at] ^= 1 << rng.randrange(8)
            case 1:
                del damaged[at : at + rng.randint(1, 40)]
            case 2:
                damaged[at:at] = rng.randbytes(rng.randint(1, 20))
            case 3:
                damaged[at:at] = rng.choice(
                    [b"=", b"==", b"&amp;", b"]]>", b"<Encrypt>", "报修".encode("gb18030"), b"\x00"]
                )
            case 4:
                damaged = damaged[:at]
                break
            case 5:
                damaged[at:at] = "工单".encode("utf-16")
            case _:
                damaged[:0] = rng.choice(
                    [b"<!DOCTYPE x>", b"\xef\xbb\xbf\xff", b"<?xml version='1.0' encoding='x'?>", b"<a>" * 50]
                )
    if rng.random() < 0.1:
        query = query.replace(rng.choice("0123456789abcdef"), "g", 1)
    genuine = body[start:end]
    # What lies outside the signed part may change without harm; these are to be refused.
    refused = bytes(damaged).replace(genuine, genuine[:30] + b"AAAA" + genuine[34:])
    return query, refused.decode("latin-1").encode("utf-16") if rng.random() < 0.1 else refused


def request(one: Crowd, query: str, body: bytes) -> bytes:
    head = f"POST /wecom/callback?{query} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def sizes(one: Crowd) -> list[int]:
    return [int(one.ask(f"select count(*) from {table}")[0][0]) for table in TABLES]


def one_memory(one: Crowd) -> float:
    """What the process holds, in MB."""
    assert one.only.child is not None
    rollup = Path(f"/proc/{one.only.child.pid}/smaps_rollup").read_text(encoding="ascii")
    (size,) = [line for line in rollup.splitlines() if line.startswith("Pss:")]
    return int(size.split()[1]) / 1024
