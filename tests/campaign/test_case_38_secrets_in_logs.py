"""Case 38. Secrets and personal data in logs, metrics and answers.

Demanded: in all log lines, pages of metrics and answers of a run with faults no token, key, full phone number or word
of a message.
"""

import re
import time

from tests.campaign.crowd import crowd
from tests.campaign.speakers import post, send

PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
FAULTS = [
    ("http", 500),
    ("html", None),
    ("reset_after", None),
    ("truncated", None),
    ("errcode", 40058),
    ("errcode", 42001),
]


def test_nothing_private_in_the_log(case, zygote, tmp_path) -> None:
    with case.row("sqlite") as row, crowd("sqlite", tmp_path, zygote, engineers=30, reporters=30) as one:
        one.launch()
        for n in case.rounds(sample=24, whole=1500):
            fault, value = case.rng.choice(FAULTS)
            one.platform.fault("/cgi-bin/", fault, value, times=1)
            phone = f"138{n:08d}"
            words = f"{n % 20 + 1}栋{n // 20 % 4 + 1}单元1502厨房漏水秘密{n}，电话{phone}"
            post(one, one.only.base, one.platform.text_xml(f"zhu{n % 30}", words))
            if n % 5 == 0:
                send(
                    one.only.base,
                    "/wecom/callback?msg_signature=x&timestamp=1&nonce=2",
                    f"<xml>秘密{phone}</xml>".encode(),
                )
            row.times += 1
        time.sleep(case.seconds(0.5, 5))
        metrics = one.only._session.get(f"{one.only.base}/metrics", timeout=5).text
        one.platform.clear_faults()
        log = one.only.log.read_text(encoding="utf-8")
        told = log + metrics
        tokens = list(one.platform.core._tokens)
        secrets = [one.platform.secret, one.platform.token, one.platform.aes_key, "秘密", "厨房", *tokens]
        row.done = (
            f"{row.times} messages with phone numbers, {len(log.splitlines())} log lines and the metrics read through"
        )
        row.demands("secrets and words found", sum(secret in told for secret in secrets), at_most=0)
        row.demands("full phone numbers found", len(PHONE.findall(told)), at_most=0)
