"""Case 11. Forged signatures, and right signatures with the wrong corp or app.

Demanded: none of 10 000 accepted, nothing written, one summary line in the log a minute.
"""

from urllib.parse import parse_qsl, urlencode

from tests.campaign.crowd import crowd
from tests.campaign.speakers import send
from tests.campaign.test_case_08_mutated_bodies import sizes


def test_forged_signatures(case, zygote, tmp_path) -> None:
    with case.row("sqlite") as row, crowd("sqlite", tmp_path, zygote, engineers=2, reporters=2) as one:
        one.launch()
        before = sizes(one)
        query, body = one.platform.envelope(one.platform.text_xml("zhu0", "3栋2单元1502厨房漏水"))
        fields = dict(parse_qsl(query))
        wrong = 0
        for n in case.rounds(sample=300, whole=10_000):
            forged = f"{case.rng.getrandbits(160):040x}" if n else fields["msg_signature"].upper()
            path = "/wecom/callback?" + urlencode({**fields, "msg_signature": forged})
            wrong += not 400 <= send(one.only.base, path, body) < 500
            row.times += 1
        plain = one.platform.text_xml("zhu0", "3栋2单元1502厨房漏水")
        one.platform.core.corp_id = "wwsomebodyelse"
        query, body = one.platform.envelope(plain)
        wrong += send(one.only.base, f"/wecom/callback?{query}", body) not in (400, 403)
        one.platform.core.corp_id = one.platform.corp_id
        query, body = one.platform.envelope(plain.replace(str(one.platform.agent_id), "1999999"))
        send(one.only.base, f"/wecom/callback?{query}", body)
        orders = int(one.ask("select count(*) from orders")[0][0])
        lines = [line for line in one.only.log.read_text(encoding="utf-8").splitlines() if "refused" in line]
        row.done = f"{row.times} forged signatures, one foreign corp, one foreign app"
        row.demands("taken for genuine", wrong + orders, at_most=0)
        # What a foreign app's genuine envelope may leave is the note that it came, never an order.
        row.demands("rows written", sum(sizes(one)) - sum(before), at_most=1)
        row.demands("log lines about it", len(lines), at_most=1 + row.times // 3000 + 1)
