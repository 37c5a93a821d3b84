"""Providers wrap and unwrap over the wire; refused, away or confused, they leave nothing half done."""

import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from hub.errors import Invalid, Unavailable
from hub.settings import FOR_KEYS, Settings, settings
from hub.store.crypto import KeyFile, Keys
from hub.store.crypto import keys as at_work
from hub.store.crypto.providers import AwsKms, Environment, LocalFile, Provider, Vault, aws, of, vault
from tests.store.crypto.fakes import Fake, KmsHandler, VaultHandler, running

SECRET = bytes(range(32))
HERE, ELSEWHERE = {"application": "handoff-hub", "ring": "1"}, {"application": "handoff-hub", "ring": "2"}
REMOTE = ("aws-kms", "vault")


@pytest.fixture(autouse=True)
def of_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS's own settings, and no patience."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "HUB_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-real-secret")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setattr(aws, "CONNECT", 0.3)
    monkeypatch.setattr(aws, "READ", 0.3)
    monkeypatch.setattr(vault, "TIMEOUT", 0.3)


@pytest.fixture
def servers() -> Iterator[dict[str, Fake]]:
    with running(KmsHandler) as kms, running(VaultHandler) as transit:
        yield {"aws-kms": kms, "vault": transit}


@pytest.fixture
def provider(servers: dict[str, Fake]) -> Callable[[str], Provider]:
    def made(name: str) -> Provider:
        match name:
            case "aws-kms":
                return AwsKms("alias/hub", region="us-east-2", endpoint=servers[name].url)
            case "vault":
                return Vault(servers[name].url, "hub", token=VaultHandler.TOKEN)
            case "environment":
                return Environment(SECRET.hex())
        return LocalFile()

    return made


class TestWrapped:
    @pytest.mark.parametrize("name", ["file", "environment", *REMOTE])
    def test_is_unwrapped_in_its_context(self, provider: Callable[[str], Provider], name: str) -> None:
        wrapped = provider(name).wrap(SECRET, HERE)

        assert provider(name).unwrap(wrapped, HERE) == SECRET

    @pytest.mark.parametrize("name", ["environment", *REMOTE])
    def test_is_not_the_secret_and_not_unwrapped_in_another_context(
        self, provider: Callable[[str], Provider], name: str
    ) -> None:
        wrapped = provider(name).wrap(SECRET, HERE)

        assert SECRET not in wrapped
        with pytest.raises(Unavailable):
            provider(name).unwrap(wrapped, ELSEWHERE)

    @pytest.mark.parametrize("name", ["environment", *REMOTE])
    def test_is_not_unwrapped_once_it_was_altered(self, provider: Callable[[str], Provider], name: str) -> None:
        wrapped = provider(name).wrap(SECRET, HERE)

        with pytest.raises(Unavailable):
            provider(name).unwrap(wrapped[:-6] + b"AAAAAA", HERE)

    def test_by_vault_for_an_approle(self, servers: dict[str, Fake]) -> None:
        mine = Vault(servers["vault"].url, "hub", **VaultHandler.ROLE)

        assert mine.unwrap(mine.wrap(SECRET, HERE), HERE) == SECRET
        assert servers["vault"].seen.count("/v1/auth/approle/login") == 2

    def test_is_refused_to_whoever_vault_does_not_know(self, servers: dict[str, Fake]) -> None:
        url = servers["vault"].url

        for stranger in (Vault(url, "hub", token="hvs.another"), Vault(url, "hub", role_id="the-role", secret_id="no")):
            with pytest.raises(Unavailable) as refused:
                stranger.wrap(SECRET, HERE)
            assert "hvs" not in str(refused.value) + refused.value.next_steps

    def test_is_refused_to_whoever_aws_does_not_know(
        self, provider: Callable[[str], Provider], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDANOTHER")

        with pytest.raises(Unavailable, match="does not let this hub"):
            provider("aws-kms").wrap(SECRET, HERE)


@pytest.mark.parametrize("name", REMOTE)
class TestInAnotherMood:
    @pytest.mark.parametrize("mood", ["denies", "hangs", "garbage", "empty", "breaks"])
    def test_says_so_in_plain_words(
        self, servers: dict[str, Fake], provider: Callable[[str], Provider], name: str, mood: str
    ) -> None:
        wrapped = provider(name).wrap(SECRET, HERE)
        servers[name].mood = mood  # type: ignore[assignment]

        for act, value in ((provider(name).wrap, SECRET), (provider(name).unwrap, wrapped)):
            with pytest.raises(Unavailable) as refused:
                act(value, HERE)
            assert refused.value.status == 503
            assert refused.value.next_steps

    def test_at_the_start_leaves_nothing_half_done(
        self, servers: dict[str, Fake], provider: Callable[[str], Provider], name: str, tmp_path: Path
    ) -> None:
        servers[name].mood = "breaks"
        with pytest.raises(Unavailable):
            KeyFile(tmp_path / "keys.json", provider(name)).read()

        assert list(tmp_path.iterdir()) == []
        servers[name].mood = "well"
        assert KeyFile(tmp_path / "keys.json", provider(name)).read().sealing == 1

    def test_leaves_what_is_in_memory_at_work(
        self,
        servers: dict[str, Fake],
        provider: Callable[[str], Provider],
        name: str,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(at_work, "LOOK_EVERY", 0.0)
        file = KeyFile(tmp_path / "keys.json", provider(name))
        keys = Keys(file.read(), file)
        sealed = keys.accounts.seal(b"Delgado", "a|1")
        servers[name].mood = "hangs"
        os.utime(tmp_path / "keys.json")

        assert keys.accounts.open(keys.accounts.seal(b"x", "a|1"), "a|1") == b"x"
        assert keys.accounts.open(sealed, "a|1") == b"Delgado"

    def test_keeps_no_key_on_disk(
        self, servers: dict[str, Fake], provider: Callable[[str], Provider], name: str, tmp_path: Path
    ) -> None:
        ring = KeyFile(tmp_path / "keys.json", provider(name)).read()
        kept = (tmp_path / "keys.json").read_bytes()

        for secret in (ring.index, ring.signing, ring.masters[1].secret):
            assert not any(form in kept for form in (secret, secret.hex().encode(), b64encode(secret)))


class TestAway:
    @pytest.mark.parametrize(
        "made",
        [AwsKms("k", region="us-east-2", endpoint="http://127.0.0.1:1"), Vault("http://127.0.0.1:1", "k", token="t")],
    )
    def test_altogether_is_said(self, made: Provider) -> None:
        with pytest.raises(Unavailable):
            made.wrap(SECRET, HERE)


class TestEnvironment:
    @pytest.mark.parametrize("written", [SECRET.hex(), b64encode(SECRET).decode(), f" {SECRET.hex()}\n"])
    def test_takes_base64_and_hexadecimal(self, written: str) -> None:
        assert Environment(SECRET.hex()).unwrap(Environment(written).wrap(SECRET, HERE), HERE) == SECRET

    @pytest.mark.parametrize("written", ["hunter2", SECRET.hex()[:-2], "ä" * 64])
    def test_refuses_anything_else_without_showing_it(self, written: str) -> None:
        with pytest.raises(Invalid) as refused:
            Environment(written)
        assert written not in str(refused.value)

    def test_is_emptied_of_what_opens_the_keys(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A program that the hub starts, PostgreSQL first of all, has no use for it."""
        for name in FOR_KEYS:
            monkeypatch.setenv(name, SECRET.hex())
        settings.cache_clear()
        found = settings()
        child = [sys.executable, "-c", "import os; print(sorted(os.environ))"]
        inherited = subprocess.run(child, capture_output=True, text=True, check=True).stdout
        settings.cache_clear()

        assert found.key_secret is not None
        assert found.key_secret.get_secret_value() == SECRET.hex()
        assert not any(name in inherited for name in FOR_KEYS)
        assert SECRET.hex() not in repr(found)


class TestOf:
    @pytest.mark.parametrize(
        ("said", "needs"),
        [
            ({"key_provider": "environment"}, "HUB_KEY_SECRET"),
            ({"key_provider": "aws-kms"}, "HUB_KMS_KEY"),
            ({"key_provider": "vault"}, "HUB_VAULT_URL"),
            ({"key_provider": "vault", "vault_url": "http://v"}, "HUB_VAULT_KEY"),
            ({"key_provider": "vault", "vault_url": "http://v", "vault_key": "k"}, "HUB_VAULT_TOKEN"),
        ],
    )
    def test_settings_that_are_not_enough_says_what_is_missing(self, said: dict[str, str], needs: str) -> None:
        with pytest.raises(Invalid, match=needs):
            of(Settings(_env_file=None, **said))  # type: ignore[arg-type]

    def test_settings_is_the_provider_they_name(self) -> None:
        found = of(Settings(_env_file=None, key_provider="environment", key_secret=SecretStr(SECRET.hex())))

        assert isinstance(found, Environment)
        assert isinstance(of(Settings(_env_file=None)), LocalFile)
