"""Who holds the ring. A provider wraps one small secret, under which the ring is sealed.

local      the key file's owner, and the environment
aws        AWS KMS
vault      HashiCorp Vault, its transit engine
"""

from pydantic import SecretStr

from hub.errors import Invalid
from hub.settings import Settings
from hub.store.crypto.providers.aws import AwsKms
from hub.store.crypto.providers.local import Environment, LocalFile
from hub.store.crypto.providers.protocol import Provider
from hub.store.crypto.providers.vault import Vault

__all__ = ["AwsKms", "Environment", "LocalFile", "Provider", "Vault", "named", "of"]


def of(settings: Settings) -> Provider:
    """The provider that the settings name; nobody is asked anything yet. Raises `Invalid` for a setting it lacks."""
    return named(settings.key_provider, settings)


def named(name: str, settings: Settings) -> Provider:
    """A provider by its name, as the settings describe it; raises `Invalid`."""
    match name:
        case LocalFile.name:
            return LocalFile()
        case Environment.name:
            return Environment(_needed(_said(settings.key_secret), "HUB_KEY_SECRET"))
        case AwsKms.name:
            return AwsKms(
                _needed(settings.kms_key, "HUB_KMS_KEY"), region=settings.kms_region, endpoint=settings.kms_endpoint
            )
        case Vault.name:
            return _vault(settings)
        case _:
            raise Invalid("The key file is held by a provider that this hub does not know.")


def _vault(settings: Settings) -> Vault:
    return Vault(
        _needed(settings.vault_url, "HUB_VAULT_URL"),
        _needed(settings.vault_key, "HUB_VAULT_KEY"),
        mount=settings.vault_mount,
        token=_said(settings.vault_token),
        role_id=settings.vault_role_id,
        secret_id=_said(settings.vault_secret_id),
    )


def _said(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


def _needed(value: str | None, setting: str) -> str:
    if not value:
        raise Invalid(f"{setting}: needed by this key provider.", next_steps="See: hub settings")
    return value
