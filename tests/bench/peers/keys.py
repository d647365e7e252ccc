"""The peer's own keys: one signs sessions (PyJWT), one passes (cwt)."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cwt import COSEKey

KID = "2020-02-17"
SESSION = Ed25519PrivateKey.generate()
SESSION_PUBLIC = SESSION.public_key()
_PASS = Ed25519PrivateKey.generate()
PASS = COSEKey.from_pem(_PASS.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), kid=KID)
PASS_PUBLIC = COSEKey.from_pem(
    _PASS.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), kid=KID
)
