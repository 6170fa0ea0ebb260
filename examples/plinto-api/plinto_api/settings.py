"""What the API is started with: environment variables. All that is wrong is said at once, by the variable's name."""

import base64
import binascii
import re
from pathlib import Path
from typing import Dict, List, Optional

from pydantic import AnyHttpUrl, BaseSettings, Field, SecretStr, validator

from .billing.models import BillingPlan


class Settings(BaseSettings):
    """Names and meanings are in ../README.md."""

    plinto_jwt_secret: SecretStr = Field(min_length=32)
    plinto_webhook_secret: SecretStr = Field(min_length=16)
    polar_server_url: AnyHttpUrl
    polar_service_key: SecretStr
    app_webhook_secret: SecretStr
    billing_plans: Dict[str, BillingPlan] = {"pro": BillingPlan.PRO, "enterprise": BillingPlan.ENTERPRISE}
    database_url: str = "sqlite+aiosqlite:///./plinto-api.db"
    test_clock: Optional[Path] = None

    @validator("polar_service_key")
    def _is_one_word(cls, value: SecretStr) -> SecretStr:
        if re.fullmatch(r"[!-~]+", value.get_secret_value()) is None:
            raise ValueError("is the first line that `plinto-polar key add --scope access:read` prints")
        return value

    @validator("app_webhook_secret")
    def _is_standard(cls, value: SecretStr) -> SecretStr:
        keys_of(value)
        return value

    @property
    def polar_url(self) -> str:
        return self.polar_server_url.rstrip("/") + "/api/v1/polar"

    @property
    def notification_keys(self) -> List[bytes]:
        """While the secret is rotated there are two."""
        return keys_of(self.app_webhook_secret)


def keys_of(secrets: SecretStr) -> List[bytes]:
    """The keys of secrets as Standard Webhooks writes them, `whsec_` and base64, with commas between."""
    keys = []
    for secret in secrets.get_secret_value().split(","):
        prefix, _, text = secret.strip().partition("_")
        try:
            key = base64.b64decode(text, validate=True) if prefix == "whsec" else b""
        except binascii.Error:
            key = b""
        if len(key) < 16:
            raise ValueError("is `whsec_` and at least 16 bytes in base64: echo whsec_$(openssl rand -base64 32)")
        keys.append(key)
    return keys
