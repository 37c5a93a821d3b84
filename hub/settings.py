"""Settings, from `HUB_…` environment variables or a `.env` file; `hub settings` lists them."""

import os
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from hub.errors import Invalid

CodeSets = Annotated[
    tuple[Path, ...],
    NoDecode,
    BeforeValidator(lambda said: [part for part in said.split(os.pathsep) if part] if isinstance(said, str) else said),
]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (LookupError, OSError, ValueError):
        raise ValueError("a time zone as the IANA names it is expected, America/Chicago for example") from None
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone)]
Hosts = Annotated[
    tuple[str, ...],
    NoDecode,
    BeforeValidator(
        lambda said: [one.strip() for one in said.split(",") if one.strip()] if isinstance(said, str) else said
    ),
]
LogLevel = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(str.upper)]


FOR_KEYS = ("HUB_KEY_SECRET", "HUB_VAULT_TOKEN", "HUB_VAULT_SECRET_ID")
"""Settings that open the keys."""


class Settings(BaseSettings):
    """Every setting, its default, and what it is for."""

    model_config = SettingsConfigDict(
        env_prefix="HUB_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    home: Path = Field(
        default_factory=lambda: Path.home() / ".local" / "share" / "handoff-hub",
        description="Where the embedded database and the keys live.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="PostgreSQL to use, postgresql://user:password@host/name; unset: the embedded one under HUB_HOME. "
        "Its owner for `hub db upgrade` and administration; hub_web, hub_worker or hub_listener for what serves.",
    )
    pg_programs: Path | None = Field(
        default=None,
        description="Folder of PostgreSQL's own programs for backups; unset: those of the embedded server.",
    )
    key_file: Path | None = Field(
        default=None, description="File with the master keys, mode 0600; unset: keys.json under HUB_HOME."
    )
    key_provider: Literal["file", "environment", "aws-kms", "vault"] = Field(
        default="file",
        description="Who holds the key file: file (its owner alone), environment, aws-kms or vault. "
        "`hub keys move` hands it over.",
    )
    key_secret: SecretStr | None = Field(
        default=None, description="For environment: 32 bytes in base64 or hexadecimal, which open the key file."
    )
    kms_key: str | None = Field(default=None, description="For aws-kms: the key's id, ARN or alias.")
    kms_region: str | None = Field(default=None, description="For aws-kms: the region; unset: as AWS's own tools.")
    kms_endpoint: str | None = Field(default=None, description="For aws-kms: another address, a VPC endpoint's.")
    vault_url: str | None = Field(default=None, description="For vault: its address, https://vault.example:8200.")
    vault_mount: str = Field(default="transit", description="For vault: where its transit engine is mounted.")
    vault_key: str | None = Field(default=None, description="For vault: the name of the key, of an AEAD type.")
    vault_token: SecretStr | None = Field(default=None, description="For vault: a token; or else an AppRole.")
    vault_role_id: str | None = Field(default=None, description="For vault: the AppRole's role id.")
    vault_secret_id: SecretStr | None = Field(default=None, description="For vault: the AppRole's secret id.")
    host: str = Field(default="127.0.0.1", description="Address that HTTP and MLLP listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port of the API and the pages.")
    mllp_port: int = Field(default=2575, ge=0, le=65535, description="Port of the MLLP listener.")
    mllp_source: str | None = Field(
        default=None, description="Participant whose messages come in over MLLP; unset: the listener refuses all."
    )
    public_url: str = Field(
        default="http://127.0.0.1:8000", description="How others reach this hub; the audience of client assertions."
    )
    other_hosts: Hosts = Field(
        default=(),
        description="Names, apart by a comma, by which this hub is asked beside that of HUB_PUBLIC_URL, by a probe for "
        "example; asked by any other it answers 400, once HUB_PUBLIC_URL is not this machine.",
    )
    requests_per_minute: int = Field(
        default=6000, ge=1, description="Requests that one system may make in a minute, over all processes."
    )
    sign_ins_per_minute: int = Field(
        default=300, ge=1, description="Tokens asked for and sign-ins tried in a minute from one address."
    )
    trusted_proxy: str | None = Field(
        default=None,
        description="Address of the proxy that ends TLS and checks client certificates; unset: no certificate counts.",
    )
    certificate_header: str = Field(
        default="X-Client-Certificate",
        description="Header in which that proxy passes on a client's certificate, PEM and URL-encoded.",
    )
    max_body_bytes: int = Field(default=64 * 1024 * 1024, description="Largest HTTP body taken, in bytes.")
    max_file_bytes: int = Field(default=1024 * 1024 * 1024, description="Largest file imported, in bytes.")
    max_waiting: int = Field(
        default=10_000,
        ge=1,
        description="Messages of one source that may wait to be read; then it is asked to wait (HTTP 429, MLLP AE).",
    )
    removals_number: int = Field(
        default=20,
        ge=0,
        description="Records of a kind that one message may remove without being held, whatever their share.",
    )
    removals_percent: float = Field(
        default=10.0,
        ge=0,
        le=100,
        description="Share of a kind of a source's records that one message may remove without being held; a person "
        "lets a held one in by `hub replay MESSAGE --confirm-removals`.",
    )
    draining: float = Field(
        default=2.0, ge=0, description="Seconds from a request to stop, when /readyz turns red, to the last one served."
    )
    delivery_deadline: float = Field(
        default=20.0, gt=0, description="Seconds that an attempt to tell a partner may take, whatever the partner does."
    )
    code_sets: CodeSets = Field(
        default=(),
        description="Code sets beside the hub's own (SNOMED CT, LOINC, CPT, …): files or folders, apart by a colon.",
    )
    time_zone: TimeZone = Field(
        default="UTC",
        description="The community's time zone, as America/Chicago: a paper's last day ends when it ends there.",
    )
    witnesses_needed: int = Field(
        default=0,
        ge=0,
        description="How many witnesses must have cosigned the audit log's newest checkpoint; `hub audit verify` says "
        "if fewer have, and then exits 1.",
    )
    log_level: LogLevel = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR.")
    emergency_minutes: int = Field(
        default=30,
        ge=1,
        le=24 * 60,
        description="For how many minutes whoever declared an emergency may refer to it when asking the same again.",
    )
    session_idle_minutes: int = Field(
        default=30, ge=1, le=60, description="Minutes without a request after which a person's session ends."
    )
    session_hours: int = Field(
        default=12, ge=1, le=24, description="Hours after which a person's session ends in any case."
    )
    fresh_minutes: int = Field(
        default=5,
        ge=1,
        le=60,
        description="For how many minutes a sign-in is good for stating an emergency, proofs, exports and accountings.",
    )
    message_days: int = Field(
        default=365,
        ge=1,
        description="Days after which the content of a raw message that was read whole is destroyed; never an unread "
        "one's, or one's that is set aside in part. `hub retention` has the rest.",
    )
    auto_link: float = Field(default=8.0, description="Match weight in bits from which two records are one person.")

    @property
    def zone(self) -> ZoneInfo:
        """The community's time zone."""
        return ZoneInfo(self.time_zone)

    def now(self) -> datetime:
        """The moment, on the community's clock: what is decided now is decided on its day."""
        return datetime.now(self.zone)

    @property
    def keys(self) -> Path:
        return self.key_file or self.home / "keys.json"


@cache
def settings() -> Settings:
    """The settings of this process; raises `Invalid` for one that cannot be, without its value.

    What opens the keys is taken out of the environment, so that no program started from here inherits it.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise Invalid(
            f"HUB_{str(first['loc'][0]).upper()}: {first['msg']}.", next_steps="See: hub settings --help"
        ) from None
    finally:
        for name in FOR_KEYS:
            os.environ.pop(name, None)
