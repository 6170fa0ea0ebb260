"""Plinto's tokens: HS256, with the claims that Plinto writes."""

import uuid
from typing import Any, Dict, Literal, Optional

import jwt

from ..clock import Clock

ISSUER = "https://plinto.dev"
AUDIENCE = "plinto.dev"
ACCESS_SECONDS = 15 * 60
REFRESH_SECONDS = 7 * 24 * 3600

Kind = Literal["access", "refresh"]


def sign(user_id: str, kind: Kind, secret: str, clock: Clock) -> str:
    now = clock.seconds()
    claims = {
        "sub": user_id,
        # The text, for a user without a tenant: so Plinto writes it.
        "tid": "None",
        "jti": str(uuid.uuid4()),
        "type": kind,
        "exp": now + (ACCESS_SECONDS if kind == "access" else REFRESH_SECONDS),
        "iat": now,
        "iss": ISSUER,
        "aud": AUDIENCE,
    }
    return jwt.encode(claims, secret, algorithm="HS256")


def verify(token: str, kind: Kind, secret: str, clock: Clock) -> Optional[Dict[str, Any]]:
    """The claims of a token that is good now, or None."""
    # The time is that of the clock, which is not the machine's in a test.
    options = {"require": ["sub", "jti", "exp"], "verify_exp": False, "verify_iat": False}
    try:
        claims = jwt.decode(token, secret, algorithms=["HS256"], audience=AUDIENCE, issuer=ISSUER, options=options)
    except jwt.InvalidTokenError:
        return None
    is_good = claims.get("type") == kind and isinstance(claims["exp"], int) and claims["exp"] > clock.seconds()
    return claims if is_good else None
