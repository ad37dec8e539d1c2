"""The callback's encryption against published and own vectors, and against damage of every sort."""

import base64

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from bot.wecom.crypto import CallbackCrypto
from bot.wecom.errors import BadCallback

K1 = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
CORP = "wx5823bf96d3bd56c7"

# (token, key, receive_id, timestamp, nonce, signature, encrypt, what the plaintext holds)
VECTORS = {
    "A official VerifyURL": (
        ("QDG6eK", K1, CORP, "1409659589", "263014780", "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3"),
        "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==",
        "1616140317555161061",
    ),
    "B official DecryptMsg, pad 30": (
        ("QDG6eK", K1, CORP, "1409659813", "1372623149", "477715d11cdb4164915debcba66cb864d751f3e6"),
        "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/s"
        "YYvuJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJ"
        "YuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGU"
        "callcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDY"
        "A5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q==",
        "<Content><![CDATA[hello]]></Content>",
    ),
    "C go-workwx, from the official debug tool": (
        (
            "kjr2TKI8umCBfVF3wAHk8JiPwma5VBme",
            "4Ma3YBrSBbX2aez8MJpXGBne5LSDwgGqHbhM9WPYIws",
            "ww6a112864f8022910",
            "1583940690",
            "VHh7ymSeb0jc4lSb",
            "1ba3cb09c0d2c2b3ed6900d37f91a6efae6cb011",
        ),
        "6KmUQuPVu7UhjyVqRdbo5SfcRqaHvbUlKSHFvBV2ZuR6TIlKsygcfeSd1GDplg1C5KSKr6UPHCaC/nIX3ZNt9w==",
        "94966531020182955848408",
    ),
    "D go-workwx, a text, binary prefix": (
        (
            "kz7Yx62CH8SaLN",
            "cD0d7jx4tYvVtzqrmh3Dm3QFCXe6f8SlHoMtMh3qQEP",
            "ww6a112864f8022910",
            "1583995625",
            "1584392382",
            "f265ae551b1932727204c3d707628d01376a6940",
        ),
        "EUCt7xMcNiyASzZj0Hjc5yDjFQrCum6AfQ3ntHiUzjGQ51xieKmbvtrZ40/EcB2W/W8yH0n4Lqx48gJl/T9HD/R309I0P/r5pIZucK3l"
        "yEn48FYMr4YdE0QdL2jIJ3xkcXUr6uzefzCxG6lMvwpAJaOyVCzN7sRRw47njfxy5EIqU6R9ZBhlTzfdnhhOhK/nTwzrZX3SoGlXFA9O"
        "BeZ6ru1NWpXFk76x9DUMe0lcxPPiUqK8ctnQcYXSGUHVqC6DfG7E7mab0OmruNN8cBZY5d3dYOBA4OgaH55Q0AJmUpdT8vNiXpXx+6Tx"
        "T3TIjySXpDrHVyrsb772aYywgg/Nu4kUmGkALwFZlzhjNegR7wDwb9lr4ERXsSSS8JZ8lbBmaQ3F2Tq584xoPj5rIhXAF734ynm4no1g"
        "+SdHiNqR328=",
        "<Content><![CDATA[x123]]></Content>",
    ),
    "F1 debug tool, pad 22": (
        ("1372623149", K1, CORP, "1629824456", "bqe3yfbqfc7", "6a27598fb5b01ee02684379a339fef6de65c83c2"),
        "22vyvcBQ1xafTSJuhMGQuFyOAh00m2enIATgo4R6SGHY/YhofNmfwCksP3OP0Gxnq+cqnJcuvUQtjSbEu60IUA==",
        "ECHO",
    ),
    "F2 debug tool": (
        ("1372623149", K1, CORP, "1629822102", "oduw1lq7iwp", "e225d26d3bb4d06b4656f6b674e2143d4d35e81e"),
        "teMozE0aNgDd2iKay6VOldGRKQXJbHsFqFc10Y4dYBE/Mu+34X0Vd+KP6GoxWXGqYOC9bg4eSNw7d3d6awhm+A==",
        "ECHO",
    ),
    "F3 debug tool": (
        ("1372623149", K1, CORP, "1629824247", "s8a61euba6m", "c2273fb8ef29b1427a88b76b56036b76128c46d0"),
        "fSW+704DFd+eE1SrOhMQ1kiV+t/5V7+cs8QIt6qD9xR44PgSlym1NtMvQYw5S+RKhQxdy3RNheLNHJuU+HGjHQ==",
        "ECHO",
    ),
    "S1 Chinese": (
        ("QDG6eK", K1, CORP, "1700000000", "n0nce", "17479c180d9ab667ca6aa8ca1a3c82035df0ad7c"),
        "sKqRbbiSUnDhFHOvPjtUMSJOj2D12Sv720LNNbjFwIBBPmXUjsZxfCJWA2400Aeof5bMvn+UtcLaoR+6GGhH7g==",
        "水管漏水",
    ),
    "S2 pad 32": (
        ("QDG6eK", K1, CORP, "1700000000", "n0nce", "ee056244ca0aff5795f62459236c7d53e7966a4b"),
        "sKqRbbiSUnDhFHOvPjtUMWZa/hwu1Q5VnG9poNE8kxXwDjd+ARaCJgj4G6MWYTdIOKnIf42BZR1S70TVzjiRIyosAYvsWoFzh+JRD+DX"
        "dIXNTpUn0nmY4QxfPyhqXhHb",
        "0123456789abcdefghijKLMNOP",
    ),
    "S3 empty receiver": (
        ("QDG6eK", K1, "", "1700000000", "n0nce", "8c845957b38b0d4e1d521d3ea395d3015afbdb35"),
        "sKqRbbiSUnDhFHOvPjtUMXwcNQzHVFNeLGShu75XAxnlReSDiqIMxFSwaGouVQm/TLf+6IgUPvQBjguiS7rgiw==",
        '{"msgtype":"text"}',
    ),
}


@pytest.fixture
def crypto():
    return CallbackCrypto("QDG6eK", K1, CORP)


@pytest.mark.parametrize("name", VECTORS)
def test_published_vectors_open(name):
    (token, key, receive_id, timestamp, nonce, signature), encrypt, words = VECTORS[name]
    plain = CallbackCrypto(token, key, receive_id).open(signature, timestamp, nonce, encrypt).decode()
    assert words in plain if words.startswith("<") else plain == words


@given(plain=st.binary(max_size=200), nonce=st.text("abc019", min_size=1, max_size=20))
def test_what_is_sealed_opens(plain, nonce):
    crypto = CallbackCrypto("QDG6eK", K1, CORP)
    encrypt, signature = crypto.seal(plain, nonce, "1700000000")
    assert crypto.open(signature, "1700000000", nonce, encrypt) == plain


def test_two_seals_of_one_text_differ(crypto):
    assert crypto.seal(b"x", "n", "1")[0] != crypto.seal(b"x", "n", "1")[0]


def sealed_raw(crypto, body: bytes) -> tuple[str, str]:
    """A correctly signed ciphertext over any plaintext block, as only a holder of the key can make."""
    key = base64.b64decode(K1 + "=")
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    encrypt = base64.b64encode(encryptor.update(body) + encryptor.finalize()).decode()
    return encrypt, crypto.sign("1700000000", "n0nce", encrypt)


def framed(
    message: bytes, receiver: bytes = CORP.encode(), length: int | None = None, pad: bytes | None = None
) -> bytes:
    body = b"0123456789abcdef" + (len(message) if length is None else length).to_bytes(4, "big") + message + receiver
    size = 32 - len(body) % 32
    return body + (bytes([size]) * size if pad is None else pad)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (framed(b"x" * 10, pad=b"\x00" * (64 - 48)), 400),  # pad 0
        (framed(b"x" * 10, pad=b"\x21" * 16), 400),  # pad 33
        (framed(b"x" * 10, pad=b"\x01" * 15 + b"\x02\x10"[1:]), 400),  # pad bytes disagree
        (framed(b"x" * 10, length=2**32 - 1), 400),
        (framed(b"x" * 10, length=60), 400),
        (framed(b"x" * 10, length=9), 403),  # the receiver is then "x…"
        (framed(b"x" * 10, receiver=b"ww0000000000000000"), 403),
        (framed(b"x" * 10, receiver=b""), 403),
        (b"\x20" * 32, 400),  # nothing but padding
    ],
)
def test_signed_damage_is_one_refusal(crypto, body, status):
    encrypt, signature = sealed_raw(crypto, body)
    with pytest.raises(BadCallback) as refusal:
        crypto.open(signature, "1700000000", "n0nce", encrypt)
    assert refusal.value.status == status


@pytest.mark.parametrize("encrypt", ["", "=", "AAAA", "AAAA" * 11, "é" * 44, "A" * 43, " " * 64, "\ud800"])
def test_ciphertexts_that_are_none_are_refused(crypto, encrypt):
    with pytest.raises(BadCallback) as refusal:
        crypto.open(crypto.sign("1700000000", "n0nce", encrypt), "1700000000", "n0nce", encrypt)
    assert refusal.value.status == 400


def test_the_signature_is_compared_exactly(crypto):
    encrypt, signature = crypto.seal(b"hello", "n0nce", "1700000000")
    for wrong in (signature.upper(), signature[:-1], signature + "0", "", "签名", "\ud800", "0" * 40):
        with pytest.raises(BadCallback) as refusal:
            crypto.open(wrong, "1700000000", "n0nce", encrypt)
        assert refusal.value.status == 403


def test_moving_a_digit_between_timestamp_and_nonce_needs_a_sane_shape(crypto):
    encrypt, signature = crypto.seal(b"hello", "3", "1700000000")
    for timestamp, nonce in (("17000000003", ""), ("", "17000000003"), ("١٧", "3"), ("-1", "3"), ("1" * 13, "3")):
        with pytest.raises(BadCallback) as refusal:
            crypto.open(signature, timestamp, nonce, encrypt)
        assert refusal.value.status == 400


@pytest.mark.parametrize("key", ["", K1[:-1], K1 + "\n", K1 + "C", "-" * 43, "é" * 43])
def test_a_key_of_the_wrong_shape_is_refused(key):
    with pytest.raises(ValueError, match="43"):
        CallbackCrypto("t", key, CORP)
