"""The home network: a certificate of our own, where phones find us, and the code that lets one in."""

from __future__ import annotations

import io
import ipaddress
import socket
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.settings import Settings

if TYPE_CHECKING:
    from cryptography import x509

_LASTS = timedelta(days=397)  # browsers take none that lasts longer
_RENEWED_BEFORE = timedelta(days=30)


def own_address() -> str:
    """The address that this computer has in the home network; 127.0.0.1 if it is in none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # sends nothing: it only chooses a way
        return str(probe.getsockname()[0])
    return "127.0.0.1"


def addresses(settings: Settings, lan_port: int | None) -> list[str]:
    """Where a phone can open the pages, the best first. ``lan_port``: None when the home network cannot come."""
    proxy = [str(settings.address).rstrip("/")] if settings.address else []
    return proxy + ([f"https://{own_address()}:{lan_port}"] if lan_port else [])


def certificate(folder: Path, now: datetime) -> tuple[Path, Path]:
    """The files of the certificate and of its key; made anew when it ends soon or this computer's address changed."""
    cert_file, key_file = folder / "lan-certificate.pem", folder / "lan-key.pem"
    names = {socket.gethostname(), f"{socket.gethostname()}.local", "localhost", own_address()}
    if not (cert_file.exists() and key_file.exists() and _holds(cert_file.read_bytes(), names, now)):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        cert, key = _made(names, now)
        for file, content in ((key_file, key), (cert_file, cert)):
            beside = file.with_suffix(".new")
            beside.touch(mode=0o600)
            beside.write_bytes(content)
            beside.replace(file)
    return cert_file, key_file


def invitation(code: str, at: Sequence[str]) -> str:
    """What the terminal shows to let one phone in: a QR code, the address, and what the browser will say."""
    if not at:
        return (
            f"The code is {code}. Phones cannot come yet: start `fondly serve --lan`, or set address to where a "
            "reverse proxy offers Fondly."
        )
    import segno

    url = f"{at[0]}/pair?code={code}"
    drawn = io.StringIO()
    segno.make(url, error="l").terminal(drawn, compact=True)
    warned = (
        "The browser will say that it does not know this connection: the certificate was made by this computer, and no "
        "one else has vouched for it. Choose to go on."
    )
    return "\n".join(
        [
            drawn.getvalue(),
            f"On the phone, in the same network, scan this or open {url}",
            *([warned] if at[0].startswith(f"https://{own_address()}:") else []),
            "The code lets one phone in, within ten minutes. Another one: fondly pair",
        ]
    )


def _holds(pem: bytes, names: set[str], now: datetime) -> bool:
    from cryptography import x509

    try:
        cert = x509.load_pem_x509_certificate(pem)
        held = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound):
        return False
    known = {*held.get_values_for_type(x509.DNSName), *map(str, held.get_values_for_type(x509.IPAddress))}
    return names <= known and now < cert.not_valid_after_utc - _RENEWED_BEFORE


def _made(names: set[str], now: datetime) -> tuple[bytes, bytes]:
    """A certificate that vouches for itself, and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Fondly")])
    cert = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _LASTS)
        .add_extension(x509.SubjectAlternativeName([_name(name) for name in sorted(names)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return cert.public_bytes(serialization.Encoding.PEM), secret


def _name(name: str) -> x509.GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
