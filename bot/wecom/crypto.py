"""The callback's signature and encryption: AES-256-CBC, 32-byte PKCS#7, a length field and a receiver's id."""

import binascii
import hashlib
import hmac
import re
import secrets

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bot.wecom.errors import BadCallback

_KEY_SHAPE = re.compile(r"[A-Za-z0-9]{43}")
_BLOCK = 32
_RANDOM = 16
_HEAD = _RANDOM + 4


class CallbackCrypto:
    """Opens and seals what passes through one callback address.

    ``receive_id`` is the CorpID for an app of one's own. Raises ``ValueError`` for a key that is not 43 letters and
    digits. Instances are safe to share between threads.
    """

    def __init__(self, token: str, encoding_aes_key: str, receive_id: str) -> None:
        if not _KEY_SHAPE.fullmatch(encoding_aes_key):
            raise ValueError("encoding_aes_key must be exactly 43 letters and digits")
        # The two spare bits of the 43rd character may be set, also in the platform's own samples.
        key = binascii.a2b_base64(encoding_aes_key + "=")
        self._cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16]))
        self._token = token.encode()
        self._receive_id = receive_id.encode()

    def open(self, msg_signature: str, timestamp: str, nonce: str, encrypt: str) -> bytes:
        """The plaintext behind ``encrypt`` (base64), after its signature has been found good.

        Raises ``BadCallback`` for every failure: 403 for a wrong signature or receiver, 400 for anything damaged.
        """
        # The signature is a plain sorted concatenation without field borders, so the shape of each part matters.
        if not (1 <= len(timestamp) <= 12 and timestamp.isascii() and timestamp.isdigit()):
            raise BadCallback(400, "timestamp")
        if not 1 <= len(nonce) <= 128:
            raise BadCallback(400, "nonce")
        if not hmac.compare_digest(self.sign(timestamp, nonce, encrypt).encode(), _bytes(msg_signature)):
            raise BadCallback(403, "signature")
        return self._decrypt(encrypt)

    def seal(self, plain: bytes, nonce: str, timestamp: str) -> tuple[str, str]:
        """``plain`` encrypted (base64) and its signature, as the platform would send or expect it."""
        body = secrets.token_bytes(_RANDOM) + len(plain).to_bytes(4, "big") + plain + self._receive_id
        pad = _BLOCK - len(body) % _BLOCK
        encryptor = self._cipher.encryptor()
        sealed = encryptor.update(body + bytes([pad]) * pad) + encryptor.finalize()
        encrypt = binascii.b2a_base64(sealed, newline=False).decode()
        return encrypt, self.sign(timestamp, nonce, encrypt)

    def sign(self, timestamp: str, nonce: str, encrypt: str) -> str:
        """The platform's signature: SHA-1 in lower-case hex over the four parts, sorted as bytes and joined."""
        parts = sorted((self._token, _bytes(timestamp), _bytes(nonce), _bytes(encrypt)))
        return hashlib.sha1(b"".join(parts), usedforsecurity=False).hexdigest()

    def _decrypt(self, encrypt: str) -> bytes:
        try:
            sealed = binascii.a2b_base64(encrypt, strict_mode=True)
        except ValueError:
            raise BadCallback(400, "base64") from None
        if not sealed or len(sealed) % _BLOCK:
            raise BadCallback(400, "length")
        decryptor = self._cipher.decryptor()
        body = decryptor.update(sealed) + decryptor.finalize()
        pad = body[-1]
        if not 1 <= pad <= _BLOCK or body[-pad:] != bytes([pad]) * pad:
            raise BadCallback(400, "padding")
        end = _HEAD + int.from_bytes(body[_RANDOM:_HEAD], "big")
        last = len(body) - pad
        if not _HEAD <= end <= last:
            raise BadCallback(400, "length")
        if not hmac.compare_digest(body[end:last], self._receive_id):
            raise BadCallback(403, "receiver")
        return body[_HEAD:end]


def _bytes(text: str) -> bytes:
    # A query may hold anything; lone surrogates must not become a crash.
    return text.encode("utf-8", "surrogatepass")
