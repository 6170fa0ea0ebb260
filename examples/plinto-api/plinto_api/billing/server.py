"""plinto-polar, as the API itself asks it: by a service key with the scope `access:read`, never for a page."""

import logging
from typing import Any, Dict, Literal, Optional

import httpx
from fastapi import Request

from ..errors import ApiError

log = logging.getLogger("plinto_api")

TIMEOUT_SECONDS = 5


class BillingServer:
    def __init__(self, http: httpx.AsyncClient, url: str, key: str) -> None:
        self._http = http
        self._url = url
        self._key = key

    async def determine_payment_provider(self, country: str) -> Literal["conekta", "polar"]:
        """By ISO 3166-1 alpha-2. What is no country is 422 with the field `country`."""
        answer = await self._get("/provider", {"country": country})
        return answer["provider"]

    async def access(self, organization_id: str, feature: Optional[str], tier: Optional[str]) -> Dict[str, Any]:
        """`allowed`, `reason`, `until`, `tier`. Nobody is asked whether the user belongs to the organization."""
        asked = {"organization_id": organization_id, "feature": feature, "tier": tier}
        return await self._get("/access", {name: value for name, value in asked.items() if value is not None})

    async def _get(self, path: str, params: Dict[str, str]) -> Dict[str, Any]:
        headers = {"authorization": f"Bearer {self._key}"}
        try:
            answer = await self._http.get(self._url + path, params=params, headers=headers, timeout=TIMEOUT_SECONDS)
            body = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise unavailable(type(error).__name__) from None
        if answer.status_code == 422:
            error = body["error"]
            raise ApiError(422, error["code"], error["message"], error.get("details"))
        if not answer.is_success:
            # Such as a key that was removed: nothing that the caller could mend.
            raise unavailable(f"{answer.status_code} {body}")
        return body


def unavailable(fault: str) -> ApiError:
    log.error("plinto-polar cannot be asked: %s", fault)
    return ApiError(503, "BILLING_UNAVAILABLE", "Billing cannot be asked now. Try again.", headers={"retry-after": "1"})


async def get_billing(request: Request) -> BillingServer:
    settings = request.app.state.settings
    return BillingServer(request.app.state.http, settings.polar_url, settings.polar_service_key.get_secret_value())
