"""Published vectors: what others encrypted is read, what we encrypt is theirs byte for byte."""

import pytest

from bot.sandbox import crypto

K1 = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
CORP = "wx5823bf96d3bd56c7"
VECTORS = {
    "A": (
        ("QDG6eK", "1409659589", "263014780", "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3"),
        (K1, CORP, "1616140317555161061"),
        "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==",
    ),
    "C": (
        (
            "kjr2TKI8umCBfVF3wAHk8JiPwma5VBme",
            "1583940690",
            "VHh7ymSeb0jc4lSb",
            "1ba3cb09c0d2c2b3ed6900d37f91a6efae6cb011",
        ),
        ("4Ma3YBrSBbX2aez8MJpXGBne5LSDwgGqHbhM9WPYIws", "ww6a112864f8022910", "94966531020182955848408"),
        "6KmUQuPVu7UhjyVqRdbo5SfcRqaHvbUlKSHFvBV2ZuR6TIlKsygcfeSd1GDplg1C5KSKr6UPHCaC/nIX3ZNt9w==",
    ),
    "F1 (pad 22)": (
        ("1372623149", "1629824456", "bqe3yfbqfc7", "6a27598fb5b01ee02684379a339fef6de65c83c2"),
        (K1, CORP, "ECHO"),
        "22vyvcBQ1xafTSJuhMGQuFyOAh00m2enIATgo4R6SGHY/YhofNmfwCksP3OP0Gxnq+cqnJcuvUQtjSbEu60IUA==",
    ),
    "S1": (
        ("QDG6eK", "1700000000", "n0nce", "17479c180d9ab667ca6aa8ca1a3c82035df0ad7c"),
        (K1, CORP, "水管漏水"),
        "sKqRbbiSUnDhFHOvPjtUMSJOj2D12Sv720LNNbjFwIBBPmXUjsZxfCJWA2400Aeof5bMvn+UtcLaoR+6GGhH7g==",
    ),
    "S2 (pad 32)": (
        ("QDG6eK", "1700000000", "n0nce", "ee056244ca0aff5795f62459236c7d53e7966a4b"),
        (K1, CORP, "0123456789abcdefghijKLMNOP"),
        "sKqRbbiSUnDhFHOvPjtUMWZa/hwu1Q5VnG9poNE8kxXwDjd+ARaCJgj4G6MWYTdIOKnIf42BZR1S70TVzjiRIyos"
        "AYvsWoFzh+JRD+DXdIXNTpUn0nmY4QxfPyhqXhHb",
    ),
    "S3 (no receiver)": (
        ("QDG6eK", "1700000000", "n0nce", "8c845957b38b0d4e1d521d3ea395d3015afbdb35"),
        (K1, "", '{"msgtype":"text"}'),
        "sKqRbbiSUnDhFHOvPjtUMXwcNQzHVFNeLGShu75XAxnlReSDiqIMxFSwaGouVQm/TLf+6IgUPvQBjguiS7rgiw==",
    ),
}


@pytest.mark.parametrize("name", VECTORS)
def test_published_vectors(name: str) -> None:
    (token, timestamp, nonce, signature), (key, receiver, plain), encrypted = VECTORS[name]
    assert crypto.sign(token, timestamp, nonce, encrypted) == signature
    assert crypto.decrypt(key, receiver, encrypted) == plain.encode()


@pytest.mark.parametrize("name", ["S1", "S2 (pad 32)", "S3 (no receiver)"])
def test_encrypting_reproduces_the_vector(name: str) -> None:
    _, (key, receiver, plain), encrypted = VECTORS[name]
    assert crypto.encrypt(key, receiver, plain.encode(), b"0123456789abcdef") == encrypted


@pytest.mark.parametrize("broken", ["", "!!!", "QUJD", "A" * 44])
def test_what_is_no_envelope_is_refused(broken: str) -> None:
    with pytest.raises(crypto.BadEnvelope):
        crypto.decrypt(K1, CORP, broken)


def test_another_receiver_is_refused() -> None:
    with pytest.raises(crypto.BadEnvelope, match="receiveid"):
        crypto.decrypt(K1, "wwother", crypto.encrypt(K1, CORP, b"x"))
