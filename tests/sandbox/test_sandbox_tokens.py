"""gettoken: who gets one, how long it lives, and what is said to those without."""


def token(bot, **change: str) -> int:
    query = {"corpid": bot.platform.corp_id, "corpsecret": bot.platform.secret, **change}
    return bot.get("gettoken", **query).json()["errcode"]


def test_wrong_papers(bot, platform) -> None:
    assert token(bot, corpsecret="wrong") == 40001
    assert token(bot, corpid="wwother") == 40013
    assert token(bot, corpid="") == 41002
    assert token(bot, corpsecret="") == 41004
    assert platform.token_fetches == 4


def test_the_same_token_inside_its_life(bot, platform, now) -> None:
    first = bot.login()
    now.forward(minutes=90)
    assert bot.login() == first
    now.forward(minutes=30)
    assert bot.login() != first
    assert platform.token_fetches == 3


def test_expired_revoked_unknown_missing(bot, platform, now) -> None:
    bot.login()
    now.forward(seconds=7200)
    assert bot.text("zhangsan", "x")["errcode"] == 42001
    bot.login()
    platform.revoke_tokens()
    assert bot.text("zhangsan", "x")["errcode"] == 40014
    bot.login()
    platform.expire_tokens()
    assert bot.text("zhangsan", "x")["errcode"] == 42001
    bot.token = "invented"
    assert bot.text("zhangsan", "x")["errcode"] == 40014
    assert bot.post("message/send", {"access_token": "in the body"}, access_token="")["errcode"] == 41001


def test_the_secret_of_kf_gives_a_token_for_kf_only(bot, platform) -> None:
    answer = bot.get("gettoken", corpid=platform.corp_id, corpsecret=platform.kf_secret).json()
    bot.token = answer["access_token"]
    assert bot.text("zhangsan", "x")["errcode"] == 301002
    assert bot.post("kf/account/list", {})["errcode"] == 0
