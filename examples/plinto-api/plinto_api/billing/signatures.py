"""Verifies notifications of plinto-polar, signed as Standard Webhooks has it.

Nothing is parsed before the signature holds.
"""

import base64
import binascii
import hashlib
import hmac
from typing import List, Mapping

from ..errors import ApiError

TOLERANCE_SECONDS = 5 * 60


def verify(body: bytes, headers: Mapping[str, str], keys: List[bytes], now: int) -> str:
    """Returns the notification's id. `body` is the bytes as they came: JSON that was parsed and written again fails."""
    missing = [name for name in ("webhook-id", "webhook-timestamp", "webhook-signature") if not headers.get(name)]
    if missing:
        raise ApiError(403, "WEBHOOK_HEADER_MISSING", f"The header {missing[0]} is missing.", {"header": missing[0]})
    id, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
    signed = f"{id}.{timestamp}.".encode("latin-1") + body
    expected = [hmac.new(key, signed, hashlib.sha256).digest() for key in keys]
    # While the secret is rotated there are two signatures, with a space between them.
    given = [_signature(one) for one in headers["webhook-signature"].split(" ")]
    if not any([hmac.compare_digest(one, other) for one in expected for other in given]):
        raise ApiError(403, "WEBHOOK_SIGNATURE_MISMATCH", "No signature is by a secret of APP_WEBHOOK_SECRET.")
    # It is signed, so it is a number.
    if abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        raise ApiError(403, "WEBHOOK_TIMESTAMP_OUT_OF_TOLERANCE", "It was signed more than five minutes from now.")
    return id


def _signature(text: str) -> bytes:
    version, _, encoded = text.partition(",")
    try:
        return base64.b64decode(encoded, validate=True) if version == "v1" else b""
    except (binascii.Error, ValueError):
        return b""
