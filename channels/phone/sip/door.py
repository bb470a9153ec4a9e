"""Listen for SIP calls and hand each to the house; call others."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable

from aiosipua import (
    Dialog,
    DialogState,
    SipDigestAuth,
    SipRequest,
    SipResponse,
    create_dialog_from_request,
    generate_tag,
    parse_uri,
)
from aiosipua.dialog import dialog_matches, remote_cseq_valid
from aiosipua.message import missing_required_headers

from channels.phone.hold import hold
from channels.phone.sip.dial import Ringing, begin_dialog
from channels.phone.sip.gate import Gate, Verdict
from channels.phone.sip.here import Here, find, seen_from
from channels.phone.sip.line import SDP, SipLine
from channels.phone.sip.offer import NoCodecError
from channels.phone.sip.register import Account, Registration
from channels.phone.sip.transactions import Transactions
from channels.phone.sip.wire import Peer, Wire
from core.call_ports import MediaTransport
from core.config import Phone
from core.errors import ConfigError, NotAnsweredError

log = logging.getLogger(__name__)

_METHODS = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, NOTIFY"
_RETRY_AFTER_S = 10
_NUMBER = re.compile(r"(tel:)?\+?[\d\s().-]*\d[\d\s().-]*")
_BETWEEN_DIGITS = re.compile(r"[\s().-]")


class SipDoor:
    """Take calls over SIP, and make them (a `core.call_ports.Dialer`)."""

    def __init__(
        self, settings: Phone, *, on_call: Callable[[MediaTransport], Awaitable[None]], max_lines: int
    ) -> None:
        """Listen as `settings` say, for at most `max_lines` calls at a time.

        Raises `ConfigError` where they do not fit together.
        """
        _check(settings)
        self._settings = settings
        self._on_call = on_call
        self._max_lines = max_lines
        self._gate = Gate(
            settings.sip_user,
            settings.sip_password.get_secret_value(),
            algorithm=settings.sip_digest,
            trusted=settings.sip_trusted,
        )
        self._wire = Wire(settings.sip_host, settings.sip_port, on_message=self._take_message)
        self._transactions = Transactions(self._wire, self._take)
        self._account = _account(settings)
        self._registration = (
            Registration(
                self._account, self._wire, self._transactions, bound=settings.sip_host, seen_from=self._seen_from
            )
            if self._account
            else None
        )
        self._lines: dict[str, SipLine] = {}
        self._answering: dict[str, tuple[asyncio.Task[None], SipRequest]] = {}
        self._calls: asyncio.TaskGroup | None = None
        self.ready = asyncio.Event()
        """Set while calls are taken."""

    @property
    def port(self) -> int:
        """Return the port in use, once `ready` is set."""
        return self._wire.port

    @property
    def address(self) -> str:
        """Return what to call: "sip:clerk@127.0.0.1:5060"."""
        here = self._seen_from(Peer(self._settings.sip_host, self.port))
        return here.uri

    @property
    def is_registered(self) -> bool:
        """Return whether the provider knows where we are."""
        return self._registration is not None and self._registration.is_registered

    async def run(self) -> None:
        """Take calls until cancelled; open calls are hung up then.

        Raises `ConfigError` when the address cannot be listened on.
        """
        try:
            async with asyncio.TaskGroup() as self._calls:
                await self._wire.open()
                if self._registration:
                    self._calls.create_task(self._registration.keep())
                self.ready.set()
                log.info("SIP listens on %s:%d", self._settings.sip_host, self.port)
                try:
                    await asyncio.Event().wait()
                finally:
                    self.ready.clear()
        finally:
            await self._wire.close()

    async def dial(self, target: str, *, ring_s: float = 30.0) -> SipLine:
        """Call `target`, a SIP address, or a number at the provider; return the line once it was answered.

        Raises `NotAnsweredError`, whose message says why.
        """
        if not self.ready.is_set():
            raise NotAnsweredError(f"{target}: the SIP door is not open")
        if len(self._lines) >= self._max_lines:
            raise NotAnsweredError(f"{target}: all lines are in use")
        uri, is_ours = self._where(target)
        try:
            peer = await find(self._account.uri if is_ours and self._account else uri, bound=self._settings.sip_host)
            async with asyncio.timeout(ring_s):
                await self._wire.reach(peer)
            here = self._seen_from(peer)
        except (OSError, TimeoutError, UnicodeError) as error:
            raise NotAnsweredError(f"{target}: no such address ({error or 'it does not answer'})") from error
        account = self._account if is_ours else None
        ours, proof = (account.address, account.proof) if account else (here.uri, None)
        line = SipLine(
            begin_dialog(ours, uri, here.host), here, self._transactions, caller=parse_uri(uri).user or "", proof=proof
        )
        await self._open(line)
        try:
            await Ringing(target, line, self._transactions, proof).answered(ring_s)
        except BaseException:
            self._forget(line)
            line.end()
            raise
        self._watch(line)
        return line

    def _where(self, target: str) -> tuple[str, bool]:
        """Return the SIP address of a target, and whether our provider calls it for us."""
        target = target.strip()
        if _NUMBER.fullmatch(target):
            target = _BETWEEN_DIGITS.sub("", target)
        domain = self._account.domain if self._account else ""
        if not target or any(sign.isspace() or sign in '<>"' for sign in target):
            raise NotAnsweredError(f"{target!r}: no such address")
        if target.lower().startswith("sips:") or "transport=tls" in target.lower():
            raise NotAnsweredError(f"{target}: SIP over TLS is not spoken here")
        if target.lower().startswith("sip:"):
            return target, parse_uri(target).host == domain
        if "@" in target:
            return f"sip:{target}", parse_uri(f"sip:{target}").host == domain
        if not domain:
            raise NotAnsweredError(f"{target}: a number needs a provider: set phone.sip_register")
        return f"sip:{target.removeprefix('tel:')}@{domain}", True

    def _seen_from(self, peer: Peer) -> Here:
        return seen_from(peer, self._settings.sip_host, self.port, self._settings.sip_public_address)

    def _take_message(self, message: SipRequest | SipResponse, peer: Peer) -> None:
        if isinstance(message, SipRequest) and missing_required_headers(message):
            raise ValueError(f"{message.method} without {', '.join(missing_required_headers(message))}")
        self._transactions.take(message, peer)

    def _take(self, request: SipRequest, peer: Peer) -> None:
        line = self._lines.get(request.call_id or "")
        is_within = bool(request.to_addr and request.to_addr.tag)
        if is_within and request.method != "CANCEL":
            if line is None or not dialog_matches(line.dialog, request):
                self._answer(request, peer, 481, "Call/Transaction Does Not Exist")
            elif not remote_cseq_valid(line.dialog, request):
                self._answer(request, peer, 500, "Server Internal Error")
            else:
                line.take(request, peer)
        elif request.method == "INVITE":
            self._invited(request, peer)
        elif request.method == "CANCEL":
            self._cancelled(request, peer)
        elif request.method == "OPTIONS":
            self._answer(request, peer, 200, "OK", {"Allow": _METHODS, "Accept": SDP})
        elif request.method in ("BYE", "INFO", "UPDATE", "NOTIFY", "PRACK"):
            self._answer(request, peer, 481, "Call/Transaction Does Not Exist")
        else:
            self._answer(request, peer, 405, "Method Not Allowed", {"Allow": _METHODS})

    def _invited(self, request: SipRequest, peer: Peer) -> None:
        needs = [each for value in request.headers.get("require") for each in value.split(",") if each.strip()]
        contacts = request.contact
        if not self._may_enter(request, peer):
            return
        if needs:
            self._refuse(request, peer, 420, "Bad Extension", {"Unsupported": ", ".join(needs)})
        elif not contacts or not request.from_addr:
            self._refuse(request, peer, 400, "Missing Contact")
        elif request.body and (request.content_type or "").partition(";")[0].strip().lower() != SDP:
            self._refuse(request, peer, 415, "Unsupported Media Type", {"Accept": SDP})
        elif self._calls is None or request.call_id in self._lines:
            self._refuse(request, peer, 482, "Loop Detected")
        elif len(self._lines) >= self._max_lines:
            log.warning("a call of %s was refused: %d lines are in use", peer, len(self._lines))
            self._refuse(request, peer, 486, "Busy Here", {"Retry-After": str(_RETRY_AFTER_S)})
        else:
            self._lines[request.call_id or ""] = line = self._line(request, peer)
            self._answering[line.call_id] = self._calls.create_task(self._converse(line, request, peer)), request
            self._transactions.answer(request, line.response(request, 100, "Trying"), peer)

    def _line(self, request: SipRequest, peer: Peer) -> SipLine:
        caller = request.from_addr
        return SipLine(
            create_dialog_from_request(request),
            self._seen_from(peer),
            self._transactions,
            caller=(caller.uri.user if caller else "") or "",
            proof=self._account.proof if self._account and self._is_provider(peer) else None,
        )

    def _may_enter(self, request: SipRequest, peer: Peer) -> bool:
        """Return whether a caller may call; who may not is told so."""
        if self._is_provider(peer):
            return True
        verdict = self._gate.judge(request, peer.host)
        if verdict is Verdict.ASK:
            # Said once: strangers may lie about where they are, and repetitions would flood who is there.
            self._answer(request, peer, 401, "Unauthorized", {"WWW-Authenticate": self._gate.challenge()})
        elif verdict is not Verdict.PROVEN:
            log.warning("a call of %s was refused: %s", peer, verdict.value)
            self._answer(request, peer, 403, "Forbidden")
        return verdict is Verdict.PROVEN

    def _is_provider(self, peer: Peer) -> bool:
        registrar = self._registration.registrar if self._registration else None
        return registrar is not None and registrar.host == peer.host

    async def _converse(self, line: SipLine, request: SipRequest, peer: Peer) -> None:
        try:
            if await self._answered(line, request, peer):
                await hold(line, self._on_call)
        finally:
            self._answering.pop(line.call_id, None)
            self._forget(line)
            if line.dialog.state is DialogState.CONFIRMED:
                await line.hang_up()
            line.end()

    async def _answered(self, line: SipLine, request: SipRequest, peer: Peer) -> bool:
        try:
            await self._open(line)
            body = line.answer(request.text) if request.body else line.offer()
        except NoCodecError as error:
            log.warning("a call of %s was refused: %s", peer, error)
            self._refuse(request, peer, 488, "Not Acceptable Here")
            return False
        except ValueError as error:
            log.warning("a call of %s was refused: its offer is not SDP (%s)", peer, error)
            self._refuse(request, peer, 400, "Bad Session Description")
            return False
        except NotAnsweredError as error:
            self._refuse(request, peer, 503, "Service Unavailable", {"Retry-After": str(_RETRY_AFTER_S)})
            log.warning("a call of %s was refused: %s", peer, error)
            return False
        self._answering.pop(line.call_id, None)
        line.dialog.confirm()
        ack = await self._transactions.settle(request, line.response(request, 200, "OK", body), peer)
        if line.ended.is_set():
            return False
        if ack is None:
            log.warning("call %s ended: the caller never acknowledged the answer", line.call_id)
        elif not request.body:
            try:
                line.agree(ack.text)
            except ValueError as error:
                log.warning("call %s ended: %s", line.call_id, error)
                ack = None
        if ack is None:
            await line.hang_up()
        return ack is not None

    def _cancelled(self, request: SipRequest, peer: Peer) -> None:
        """Take a CANCEL; one that comes after the answer changes nothing, for the caller hangs up then."""
        line = self._lines.get(request.call_id or "")
        if line is None:
            self._answer(request, peer, 481, "Call/Transaction Does Not Exist")
            return
        self._transactions.answer(request, line.response(request, 200, "OK"), peer)
        if line.call_id in self._answering:
            answering, invite = self._answering.pop(line.call_id)
            answering.cancel()
            self._forget(line)
            line.end()
            self._transactions.settle(invite, line.response(invite, 487, "Request Terminated"), peer)

    async def _open(self, line: SipLine) -> None:
        """Take ports for a call; from here on its requests find it."""
        settings = self._settings
        self._lines[line.call_id] = line
        try:
            await line.open(settings.sip_host, settings.rtp_first_port, settings.rtp_last_port)
        except OSError as error:
            self._forget(line)
            raise NotAnsweredError(f"{error}: widen phone.rtp_first_port to phone.rtp_last_port") from error

    def _watch(self, line: SipLine) -> None:
        """Forget a call that we made when it is over."""
        if self._calls:

            async def until_the_end() -> None:
                try:
                    await line.ended.wait()
                finally:
                    await line.hang_up()
                    self._forget(line)

            self._calls.create_task(until_the_end())

    def _forget(self, line: SipLine) -> None:
        self._lines.pop(line.call_id, None)

    def _answer(
        self, request: SipRequest, peer: Peer, status: int, reason: str, headers: dict[str, str] | None = None
    ) -> None:
        self._transactions.answer(request, self._response(request, status, reason, headers), peer)

    def _refuse(
        self, request: SipRequest, peer: Peer, status: int, reason: str, headers: dict[str, str] | None = None
    ) -> None:
        self._transactions.settle(request, self._response(request, status, reason, headers), peer)

    def _response(
        self, request: SipRequest, status: int, reason: str, headers: dict[str, str] | None = None
    ) -> SipResponse:
        tagged = Dialog(call_id=request.call_id or "", local_tag=generate_tag())
        response = tagged.create_response(request, status, reason)
        for name, value in (headers or {}).items():
            response.headers.set_single(name, value)
        return response


def _check(settings: Phone) -> None:
    """Refuse settings of which each alone would be right."""
    if bool(settings.sip_user) != bool(settings.sip_password.get_secret_value()):
        raise ConfigError(
            f"phone.sip_user = {settings.sip_user!r}: a user and a password go together; set both phone.sip_user and "
            "ZHANGGUI_PHONE__SIP_PASSWORD, or neither"
        )
    if settings.rtp_last_port <= settings.rtp_first_port:
        raise ConfigError(
            f"phone.rtp_last_port = {settings.rtp_last_port}: must be above rtp_first_port = {settings.rtp_first_port}"
        )


def _account(settings: Phone) -> Account | None:
    if not settings.sip_register:
        return None
    user = settings.sip_register_user or parse_uri(settings.sip_register).user or ""
    return Account(settings.sip_register, SipDigestAuth(user, settings.sip_register_password.get_secret_value()))
