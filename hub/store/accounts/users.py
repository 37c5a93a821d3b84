"""People with an account: a login, a password and an authenticator app."""

from collections.abc import Collection
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import orjson
import pyotp
from sqlmodel import Field, Session, SQLModel, col, select, update

from hub.errors import Conflict, Invalid, NotFound
from hub.store.accounts import passwords
from hub.store.accounts.caller import Caller, CallerKind, HubRole
from hub.store.columns import Json, Moment
from hub.store.crypto import Keys
from schemas.vocab import Role

ISSUER = "Handoff Hub"
FAILURES_ALLOWED = 10
WINDOW = timedelta(minutes=15)


class UserRow(SQLModel, table=True):
    """A person's account. The login is findable by a blind token; login and name are sealed."""

    __tablename__ = "user_account"

    id: UUID = Field(primary_key=True)
    login_token: bytes = Field(unique=True)
    sealed_profile: bytes
    participant: str = Field(foreign_key="participant.slug", index=True)
    roles: list[str] = Json(default_factory=list)
    role: str
    password: str
    sealed_totp: bytes
    totp_step: int = 0
    active: bool = True
    failures: int = 0
    failing_since: datetime | None = Moment(nullable=True)
    locked_until: datetime | None = Moment(nullable=True)


class NewUser(NamedTuple):
    """A new account, and the address that an authenticator app takes as a QR code; shown once."""

    id: UUID
    totp_uri: str


class Attempt(NamedTuple):
    """What came of an attempt to sign in: whose account it was on, if anyone's, and whether it succeeded."""

    user: UserRow | None
    succeeded: bool


class Users:
    """Every account, whoever asks: administration and sign-in only."""

    def __init__(self, session: Session, keys: Keys) -> None:
        self.session = session
        self.keys = keys

    def create(
        self,
        *,
        login: str,
        name: str,
        participant: str,
        roles: Collection[HubRole],
        role: Role,
        password: str,
        totp_secret: str | None = None,
    ) -> NewUser:
        """A new account; raises `Conflict` when the login is taken, `Invalid` for a password that is too short."""
        if len(password) < passwords.SHORTEST:
            raise Invalid(f"password: at least {passwords.SHORTEST} characters are needed.")
        if self._by_login(login) is not None:
            raise Conflict("There is an account with this login.", next_steps="Choose another login.")
        user_id, secret = uuid4(), totp_secret or pyotp.random_base32()
        self.session.add(
            UserRow(
                id=user_id,
                login_token=self._login_token(login),
                sealed_profile=self._seal(user_id, "profile", orjson.dumps({"login": login.strip(), "name": name})),
                participant=participant,
                roles=sorted(roles),
                role=role,
                password=passwords.digest(password),
                sealed_totp=self._seal(user_id, "totp", secret.encode()),
            )
        )
        self.session.flush()
        return NewUser(user_id, pyotp.TOTP(secret).provisioning_uri(name=login.strip(), issuer_name=ISSUER))

    def attempt(self, *, login: str, password: str, code: str, at: datetime) -> Attempt:
        """Checks login, password and code together; the same work whether or not there is such a login.

        Ten failures within fifteen minutes lock the account for fifteen; the one who tries is told the same either
        way. The slow check of the password holds no lock; the count does, so that guesses sent at once all count.
        """
        return self._judge(self._by_login(login), password, code, at)

    def confirm(self, user_id: UUID, *, password: str, code: str, at: datetime) -> Attempt:
        """The same for someone who is signed in and shows again who they are."""
        return self._judge(self.session.get(UserRow, user_id), password, code, at)

    def _judge(self, found: UserRow | None, password: str, code: str, at: datetime) -> Attempt:
        password_is_right = passwords.matches(password, found.password if found else None)
        user = self._locked(found.id if found else uuid4()) or self._nobody()
        step = self._step_of(user, code, at)
        resting = not user.active or (user.locked_until is not None and at < user.locked_until)
        succeeded = password_is_right and step is not None and not resting
        changed = _after_success(step or 0) if succeeded else _kept(user) if resting else _after_failure(user, at)
        self.session.exec(update(UserRow).where(col(UserRow.id) == user.id).values(**changed))
        return Attempt(found, succeeded=succeeded)

    def close(self, login: str) -> UserRow:
        """Nobody comes in with this account any more; raises `NotFound`, as the next two do."""
        user = self.named(login)
        user.active = False
        return user

    def give_roles(self, login: str, roles: Collection[HubRole]) -> UserRow:
        """These roles and no others."""
        user = self.named(login)
        user.roles = sorted(roles)
        return user

    def reset(self, login: str, *, password: str) -> NewUser:
        """A new password and a new secret for the authenticator app; the account rests no longer."""
        if len(password) < passwords.SHORTEST:
            raise Invalid(f"password: at least {passwords.SHORTEST} characters are needed.")
        user, secret = self.named(login), pyotp.random_base32()
        user.password = passwords.digest(password)
        user.sealed_totp = self._seal(user.id, "totp", secret.encode())
        user.totp_step, user.failures, user.failing_since, user.locked_until = 0, 0, None, None
        return NewUser(user.id, pyotp.TOTP(secret).provisioning_uri(name=login.strip(), issuer_name=ISSUER))

    def take_password_away(self, user: UserRow) -> None:
        """Nobody comes in by a password and a code here any more, until there are new ones."""
        user.password = passwords.digest(token_urlsafe(32))

    def named(self, login: str) -> UserRow:
        """The account of this login; raises `NotFound`."""
        user = self._by_login(login)
        if user is None:
            raise NotFound("There is no account with this login.", next_steps="See: hub user list")
        return user

    def everyone(self) -> list[tuple[UserRow, Caller]]:
        """Every account, open or not, and whose it is."""
        rows = self.session.exec(select(UserRow).order_by(col(UserRow.participant), col(UserRow.id))).all()
        return [(user, self.caller(user)) for user in rows]

    def caller(self, user: UserRow) -> Caller:
        """The person as the rest of the hub sees them."""
        return Caller(
            kind=CallerKind.USER,
            id=f"user:{user.id}",
            name=self._profile(user)["name"],
            participant=user.participant,
            role=Role(user.role),
            roles=frozenset(HubRole(role) for role in user.roles),
        )

    def _by_login(self, login: str) -> UserRow | None:
        return self.session.exec(select(UserRow).where(UserRow.login_token == self._login_token(login))).one_or_none()

    def _locked(self, user_id: UUID) -> UserRow | None:
        """The row as it is now, and nobody else's until this transaction ends."""
        statement = select(UserRow).where(col(UserRow.id) == user_id).with_for_update()
        return self.session.exec(statement.execution_options(populate_existing=True)).one_or_none()

    def _nobody(self) -> UserRow:
        """An account that is in no table, so that an unknown login costs what a known one does."""
        user_id = uuid4()
        secret = self._seal(user_id, "totp", pyotp.random_base32().encode())
        return UserRow(
            id=user_id, login_token=b"", sealed_profile=b"", participant="", role="", password="", sealed_totp=secret
        )

    def _step_of(self, user: UserRow, code: str, at: datetime) -> int | None:
        """The time step a code belongs to, now or one beside it; a code works once (RFC 6238 §5.2)."""
        totp = pyotp.TOTP(self.keys.accounts.open(user.sealed_totp, place(user.id, "totp")).decode())
        now = totp.timecode(at)
        fitting = [step for step in (now - 1, now, now + 1) if pyotp.utils.strings_equal(totp.generate_otp(step), code)]
        return next((step for step in fitting if step > user.totp_step), None)

    def _profile(self, user: UserRow) -> dict[str, str]:
        profile: dict[str, str] = orjson.loads(self.keys.accounts.open(user.sealed_profile, place(user.id, "profile")))
        return profile

    def _seal(self, user_id: UUID, column: str, plain: bytes) -> bytes:
        return self.keys.accounts.seal(plain, place(user_id, column))

    def _login_token(self, login: str) -> bytes:
        return self.keys.token("login", login.strip().casefold())


def place(user_id: UUID, column: str) -> str:
    """What a sealed value of an account is bound to."""
    return f"user_account|{column}|{user_id}"


def _after_success(step: int) -> dict[str, Any]:
    return {"totp_step": step, "failures": 0, "failing_since": None, "locked_until": None}


def _kept(user: UserRow) -> dict[str, Any]:
    """Nothing changes, and it costs what a change costs."""
    return {"failures": user.failures, "failing_since": user.failing_since}


def _after_failure(user: UserRow, at: datetime) -> dict[str, Any]:
    over = user.failing_since is None or at - user.failing_since > WINDOW
    failures, since = (1, at) if over else (user.failures + 1, user.failing_since)
    if failures >= FAILURES_ALLOWED:
        return {"failures": 0, "failing_since": None, "locked_until": at + WINDOW}
    return {"failures": failures, "failing_since": since}
