"""E-mail to a real SMTP server in the test: what arrives, what is refused, and for how long."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from peygir.cases.sweep import drain
from peygir.channels.email import outgoing
from peygir.notices import deliver, digest
from peygir.notices.message import Message, Permanent, Temporary
from peygir.notices.models import Notice
from tests.city import NOON, Make, hire
from tests.kannel.gateway import free_ports

LETTER = Message(
    notice_id=7,
    channel="email",
    to="sara@example.org",
    subject="مهلت\nگذشت",
    body="مهلت پیام گذشت.",
    parts=1,
    at=NOON,
)


class Post:
    """Keeps letters; `answer` is what it says to the next one."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []
        self.answer = "250 OK"
        self.recipient_answer = "250 OK"

    async def handle_RCPT(  # noqa: N802 - the name is the library's
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(  # noqa: N802 - the name is the library's
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        self.letters.append(envelope.content)
        return self.answer


@pytest.fixture
def office(settings: Any) -> Iterator[Post]:
    """A post office that the settings know."""
    post = Post()
    controller = Controller(post, hostname="127.0.0.1", port=free_ports(1)[0])
    controller.start()
    settings.PEYGIR_SMTP_URL = f"smtp://127.0.0.1:{controller.port}"
    settings.PEYGIR_MAIL_FROM = "137@example.org"
    yield post
    controller.stop()


def test_a_letter_arrives_whole(office: Post) -> None:
    from email import message_from_bytes
    from email.policy import default

    identity = outgoing.send(LETTER)
    letter = message_from_bytes(office.letters[0], policy=default)
    assert letter["Message-ID"] == identity
    assert letter["Subject"] == "مهلت گذشت"
    assert letter["To"] == "sara@example.org"
    assert letter["Auto-Submitted"] == "auto-generated"
    body = letter.get_body()
    assert body is not None
    assert body.get_content().strip() == LETTER.body


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        ("550 no such mailbox", Permanent, "server_refused"),
        ("451 greylisted", Temporary, "server_busy"),
    ],
)
def test_a_refusal_is_permanent_and_a_delay_is_not(
    office: Post, answer: str, error: type[Exception], code: str
) -> None:
    office.recipient_answer = answer
    with pytest.raises(error, match=code):
        outgoing.send(LETTER)
    office.recipient_answer, office.answer = "250 OK", answer
    with pytest.raises(error, match=code):
        outgoing.send(LETTER)


def test_a_server_that_is_not_there_is_down(settings: Any) -> None:
    settings.PEYGIR_SMTP_URL = f"smtp://127.0.0.1:{free_ports(1)[0]}"
    with pytest.raises(Temporary) as trouble:
        outgoing.send(LETTER)
    assert (trouble.value.code, trouble.value.down) == ("server_down", True)


def test_encryption_that_is_required_and_not_offered_sends_nothing(
    office: Post, settings: Any
) -> None:
    settings.PEYGIR_SMTP_URL += "?starttls=require"
    with pytest.raises(Temporary, match="server_down"):
        outgoing.send(LETTER)
    assert not office.letters


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(secret, hashes.SHA256())
    )
    key.write_bytes(secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    cert.write_bytes(signed.public_bytes(Encoding.PEM))
    return key, cert


@pytest.mark.parametrize("password", ["p@ss word", "wrong"])
def test_signs_in_over_starttls(
    certificate: tuple[Path, Path], settings: Any, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    key, cert = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)

    def check(server: SMTP, session: Any, envelope: Any, how: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        return AuthResult(success=given.password == b"p@ss word", handled=False)

    post = Post()
    controller = Controller(
        post,
        hostname="localhost",
        port=free_ports(1)[0],
        tls_context=context,
        require_starttls=True,
        authenticator=check,
        auth_required=True,
    )
    controller.start()
    trusting = ssl.create_default_context(cafile=str(cert))
    monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
    quoted = password.replace("@", "%40").replace(" ", "%20")
    settings.PEYGIR_SMTP_URL = f"smtp://me:{quoted}@localhost:{controller.port}"
    try:
        if password == "wrong":
            with pytest.raises(Temporary, match="server_login"):
                outgoing.send(LETTER)
        else:
            outgoing.send(LETTER)
            assert len(post.letters) == 1
    finally:
        controller.stop()


@pytest.mark.django_db
def test_a_missed_deadline_reaches_the_head_by_mail(office: Post, story: Make) -> None:
    it = story()
    head = it.policy.organisation.head_of("d3-civil") or ""
    hire("sara", head, email="sara@example.org")
    drain(at=NOON + timedelta(hours=49))
    at = NOON + timedelta(hours=50)
    digest.digest(at=at)
    while deliver.deliver(at=at):
        pass
    assert b"sara@example.org" in office.letters[0]
    assert Notice.objects.get(staff_id__isnull=False).state == "sent"


@pytest.mark.django_db
def test_somebody_without_an_address_is_a_failure_that_shows(office: Post, story: Make) -> None:
    it = story()
    hire("sara", it.policy.organisation.head_of("d3-civil") or "")
    drain(at=NOON + timedelta(hours=49))
    digest.digest(at=NOON + timedelta(hours=50))
    deliver.deliver(at=NOON + timedelta(hours=50))
    assert Notice.objects.get(staff_id__isnull=False).failure == "no_address"
