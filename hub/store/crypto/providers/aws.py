"""AWS KMS. The context is its EncryptionContext: KMS checks it and writes it into CloudTrail; nothing secret is in it.

Who the hub is to AWS comes from where AWS's own tools take it: the environment, a profile, the machine's role.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from hub.errors import Unavailable

CONNECT, READ = 3, 5  # seconds
DENIED = frozenset({"AccessDeniedException", "UnrecognizedClientException", "InvalidSignatureException"})
NOT_OURS = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})


class AwsKms:
    """A key in AWS KMS, by its id, its ARN or an alias."""

    name = "aws-kms"

    def __init__(self, key: str, *, region: str | None = None, endpoint: str | None = None) -> None:
        self._key = key
        self._region = region
        self._endpoint = endpoint

    def wrap(self, secret: bytes, context: Mapping[str, str]) -> bytes:
        return self._asked(
            lambda: self._client.encrypt(KeyId=self._key, Plaintext=secret, EncryptionContext=dict(context)),
            "CiphertextBlob",
        )

    def unwrap(self, wrapped: bytes, context: Mapping[str, str]) -> bytes:
        return self._asked(
            lambda: self._client.decrypt(KeyId=self._key, CiphertextBlob=wrapped, EncryptionContext=dict(context)),
            "Plaintext",
        )

    def _asked(self, ask: Callable[[], Mapping[str, Any]], wanted: str) -> bytes:
        try:
            from botocore.exceptions import BotoCoreError, ClientError
        except ImportError:
            raise Unavailable("AWS KMS needs botocore.", next_steps="pip install 'handoff-hub[aws]'") from None
        try:
            found = ask()[wanted]
        except ClientError as error:
            raise _refusal(str(error.response.get("Error", {}).get("Code", ""))) from None
        except (BotoCoreError, KeyError, ValueError, AttributeError) as error:
            raise Unavailable(
                f"AWS KMS gives no usable answer ({type(error).__name__}).", next_steps="Try again in a minute."
            ) from None
        if not isinstance(found, bytes) or not found:
            raise Unavailable("AWS KMS gives no usable answer.", next_steps="Try again in a minute.")
        return found

    @cached_property
    def _client(self) -> Any:
        import botocore.session
        from botocore.config import Config

        config = Config(connect_timeout=CONNECT, read_timeout=READ, retries={"total_max_attempts": 2})
        return botocore.session.get_session().create_client(
            "kms", region_name=self._region, endpoint_url=self._endpoint, config=config
        )


def _refusal(code: str) -> Unavailable:
    if code in DENIED:
        return Unavailable(
            "AWS KMS does not let this hub use the key.",
            next_steps="Allow kms:Encrypt and kms:Decrypt on HUB_KMS_KEY to the role that runs the hub.",
        )
    if code in NOT_OURS:
        return Unavailable(
            "AWS KMS did not wrap this key file under HUB_KMS_KEY.", next_steps="Name the key it was made with."
        )
    return Unavailable(f"AWS KMS refuses: {code[:60] or 'without a reason'}.", next_steps="Look at the key in AWS KMS.")
