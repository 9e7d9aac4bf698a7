"""Social Security numbers: encrypted at rest, found by a keyed hash, never shown but for the last four."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet
from django.conf import settings


def _key(purpose: str) -> bytes:
    secret = settings.IDENTIFIER_KEY.encode()
    return hmac.new(secret, f"account-portal:{purpose}".encode(), hashlib.sha256).digest()


def seal(text: str) -> bytes:
    """Encrypt a number for storage beside its identifier."""
    return Fernet(base64.urlsafe_b64encode(_key("seal"))).encrypt(text.encode())


def unseal(sealed: bytes) -> str:
    """The number that `seal` was given. Raises cryptography.fernet.InvalidToken under another key."""
    return Fernet(base64.urlsafe_b64encode(_key("seal"))).decrypt(bytes(sealed)).decode()


def fingerprint(text: str) -> str:
    """The keyed hash by which a number is found again: "ssn:" and 40 hexadecimal digits."""
    return "ssn:" + hmac.new(_key("find"), text.encode(), hashlib.sha256).hexdigest()[:40]
