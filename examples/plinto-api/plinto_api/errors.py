"""Refusals in Plinto's shape: `{"error": {"code", "message", "details", "request_id", "timestamp"}}`."""

import logging
import uuid
from datetime import datetime, timezone
from typing import Any, Dict, Optional

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

log = logging.getLogger("plinto_api")


class ApiError(Exception):
    """Raised anywhere below a route. `message` says what to do about it."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        details: Optional[Dict[str, Any]] = None,
        headers: Optional[Dict[str, str]] = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.headers = headers


def answer(error: ApiError) -> JSONResponse:
    body = {
        "code": error.code,
        "message": error.message,
        "request_id": str(uuid.uuid4()),
        "timestamp": datetime.now(timezone.utc).isoformat(),
    }
    if error.details is not None:
        body["details"] = error.details
    return JSONResponse({"error": body}, error.status, error.headers)


async def read_body(request: Request, most: int) -> bytes:
    """The bytes as they came. Whoever sends more than `most` is refused before the rest is read."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise ApiError(413, "PAYLOAD_TOO_LARGE", f"The body may hold at most {most} bytes.")
    return bytes(body)


def install(app: FastAPI) -> None:
    """Every refusal has the one shape, the framework's own too."""

    @app.exception_handler(ApiError)
    async def _refused(request: Request, error: ApiError) -> JSONResponse:
        return answer(error)

    @app.exception_handler(HTTPException)
    async def _by_framework(request: Request, error: HTTPException) -> JSONResponse:
        code = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}.get(error.status_code, "BAD_REQUEST")
        return answer(ApiError(error.status_code, code, str(error.detail), headers=error.headers))

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        if first["type"] == "value_error.jsondecode":
            return answer(ApiError(400, "INVALID_JSON", "The body must be a JSON object."))
        field = ".".join(str(part) for part in first["loc"][1:]) or "body"
        return answer(ApiError(422, "VALIDATION_ERROR", f"{field}: {first['msg']}.", {"field": field}))

    @app.exception_handler(Exception)
    async def _failed(request: Request, error: Exception) -> JSONResponse:
        log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return answer(ApiError(500, "INTERNAL", "Internal error. Try again in a moment."))
