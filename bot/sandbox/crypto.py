"""Signature and encryption of callbacks, written from the protocol alone.

Kept apart from ``bot.wecom.crypto`` on purpose: two readings of one protocol check each other, one alone checks
nothing.
"""

import base64
import hashlib
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 32  # the protocol pads to 32 bytes although AES works in blocks of 16


class BadEnvelope(ValueError):
    """What was to be decrypted is not something this corp's key could have made."""


def sign(token: str, timestamp: str, nonce: str, encrypt: str) -> str:
    """The ``msg_signature`` of one envelope: 40 lower-case hex digits."""
    joined = b"".join(sorted(part.encode() for part in (token, timestamp, nonce, encrypt)))
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest()


def encrypt(aes_key: str, receive_id: str, plain: bytes, prefix: bytes | None = None) -> str:
    """The base64 ciphertext of ``plain`` for ``receive_id``; ``prefix`` (16 bytes) is random unless given."""
    body = (prefix or os.urandom(16)) + struct.pack(">I", len(plain)) + plain + receive_id.encode()
    pad = _BLOCK - len(body) % _BLOCK
    encryptor = _cipher(aes_key).encryptor()
    return base64.b64encode(encryptor.update(body + bytes([pad]) * pad) + encryptor.finalize()).decode()


def decrypt(aes_key: str, receive_id: str, encrypted: str) -> bytes:
    """The plaintext of an envelope; BadEnvelope where padding, length or receiver do not fit."""
    try:
        raw = base64.b64decode(encrypted, validate=True)
    except ValueError as error:
        raise BadEnvelope("not base64") from error
    if not raw or len(raw) % _BLOCK:
        raise BadEnvelope("length is not a multiple of 32")
    decryptor = _cipher(aes_key).decryptor()
    body = decryptor.update(raw) + decryptor.finalize()
    pad = body[-1]
    if not 1 <= pad <= _BLOCK or body[-pad:] != bytes([pad]) * pad:
        raise BadEnvelope("padding")
    body = body[:-pad]
    if len(body) < 20:
        raise BadEnvelope("too short")
    (length,) = struct.unpack(">I", body[16:20])
    if len(body) < 20 + length:
        raise BadEnvelope("length field")
    if body[20 + length :] != receive_id.encode():
        raise BadEnvelope("receiveid")
    return body[20 : 20 + length]


def _cipher(aes_key: str) -> Cipher[modes.CBC]:
    key = base64.b64decode(aes_key + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))
