"""Passwords as salted scrypt hashes, `salt:hash` in hex."""

import asyncio
import hashlib
import hmac
import os
import unicodedata


def _derive(password: str, salt: bytes) -> bytes:
    text = unicodedata.normalize("NFKC", password).encode()
    return hashlib.scrypt(text, salt=salt, n=2**14, r=8, p=1, dklen=32)


async def hash_password(password: str) -> str:
    salt = os.urandom(16)
    return f"{salt.hex()}:{(await asyncio.to_thread(_derive, password, salt)).hex()}"


async def password_matches(password: str, stored: str) -> bool:
    salt, hashed = (bytes.fromhex(part) for part in stored.split(":"))
    return hmac.compare_digest(await asyncio.to_thread(_derive, password, salt), hashed)
