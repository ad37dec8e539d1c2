"""The way production goes, which a sandbox on plain HTTP never takes: TLS with its certificate checked."""

import socket
import ssl
import threading
import time
from datetime import timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.clock import utc_now
from bot.wecom import transport as transport_module
from bot.wecom.errors import OutcomeUnknown, TryLater
from bot.wecom.transport import Transport


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that signs itself, with its key, as one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sandbox")])
    now = utc_now()
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def secure(certificate):
    """A server whose answer is set by each test."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listener = socket.create_server(("127.0.0.1", 0))

    class Server:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/"
        shakes_hands = True
        answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        calls = 0

    def serve() -> None:
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(plain,), daemon=True).start()

    def talk(plain: socket.socket) -> None:
        if not Server.shakes_hands:
            time.sleep(2)
            return
        try:
            with context.wrap_socket(plain, server_side=True) as sock:
                while came := sock.recv(65536):
                    if came.endswith(b"{}"):  # the body, be it with the head or after it
                        Server.calls += 1
                        sock.sendall(Server.answer)
        except OSError:
            return

    threading.Thread(target=serve, daemon=True).start()
    yield Server
    listener.close()


def trusting(certificate) -> Transport:
    transport = Transport()
    transport._session.verify = str(certificate)
    return transport


def test_calls_pass_and_the_connection_is_kept(secure, certificate):
    transport = trusting(certificate)
    for _ in range(3):
        assert transport.call("POST", secure.url, limit=10, data=b"{}").body == b"ok"
    assert secure.calls == 3


def test_a_stranger_with_a_certificate_of_his_own_hears_nothing(secure):
    with pytest.raises(TryLater):
        Transport().call("POST", secure.url, limit=10, data=b"{}")
    assert secure.calls == 0


def test_a_silent_handshake_ends_and_nothing_was_done(secure, certificate, monkeypatch):
    monkeypatch.setattr(transport_module, "CONNECT", 0.3)
    secure.shakes_hands = False
    started = time.monotonic()
    with pytest.raises(TryLater):
        trusting(certificate).call("POST", secure.url, limit=10, data=b"{}")
    assert time.monotonic() - started < 0.8


def test_half_an_answer_ends_with_the_call(secure, certificate):
    secure.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"
    started = time.monotonic()
    with pytest.raises(OutcomeUnknown):
        trusting(certificate).call("POST", secure.url, limit=10, total=0.4, data=b"{}")
    assert time.monotonic() - started < 0.8
