"""Case 35. Markup in texts, names, addresses: 200 payloads of scripts and links.

Demanded: nothing of it becomes a live link in chat (企业微信 makes one of `<a`), and no page of the bot echoes it. The
parts about browsers, forms and log-ins are listed as not run: the bot has no page with a form or an input.
"""

from tests.campaign.worlds import world

SEEDS = [
    '<a href="http://evil">点这里</a>',
    "<A HREF=javascript:alert(1)>x</A>",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '"><a href=x>',
    "<a\thref=x>",
    "<a\nhref=x>",
    "[x](javascript:alert(1))",
    "{{7*7}}",
    "<!--<a href=x>-->",
    "&lt;a href=x&gt;",
]


def test_markup_stays_words(case, tmp_path) -> None:
    with case.row("sqlite") as row, world("sqlite", tmp_path) as one:
        client = one.service.app().test_client()
        live = echoed = 0
        for n in case.rounds(sample=12, whole=200):
            payload = SEEDS[n % len(SEEDS)].replace("x", f"x{n}")
            one.platform.member_says("wang", f"{n % 20 + 1}栋{n // 20 + 1}单元1502厨房漏水 {payload}")
            one.platform.add_customer(f"wm{n}", payload)
            one.platform.customer_says(f"wm{n}", f"{payload} 大堂灯不亮")
            one.jumps(minutes=11)
            one.settle()
            for path in ("/", "/healthz", "/readyz", "/privacy", "/wecom/callback"):
                answer = client.get(path, query_string={"echostr": payload, "msg_signature": payload})
                echoed += payload in answer.text
            row.times += 2
        one.passes(minutes=30)
        people = ("wang", "kefu", "li", "zhao", "sun", "zhou", "zheng", "admin")
        for who in people:
            live += sum("<a" in item.text.casefold() for item in one.platform.phone(who).shown if item.kind == "text")
        row.done = f"{row.times} messages with {len(SEEDS)} kinds of markup, in words and in nicknames"
        row.demands("live links in chat", live, at_most=0)
        row.demands("pages that echo it", echoed, at_most=0)
