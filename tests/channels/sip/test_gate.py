"""Who calls proves it, and so do we."""

from __future__ import annotations

import time

import pytest
from aiosipua import SipDigestAuth, SipRequest, SipResponse, parse_auth

from channels.phone.sip.gate import Gate, Verdict, answer_to

CHEN = SipDigestAuth("chen", "secret")
HERE = "127.0.0.1"


def asked(gate: Gate) -> SipResponse:
    response = SipResponse(status_code=401)
    response.headers.set_single("WWW-Authenticate", gate.challenge())
    return response


def proven(gate: Gate, proof: SipDigestAuth = CHEN) -> SipRequest:
    request = SipRequest(method="INVITE", uri="sip:clerk@127.0.0.1")
    header = answer_to(asked(gate), request, proof)
    assert header is not None
    request.headers.set_single(*header)
    return request


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_who_knows_the_password_is_let_in_and_nobody_else(algorithm: str) -> None:
    gate = Gate("chen", "secret", algorithm=algorithm)
    assert gate.judge(SipRequest(method="INVITE", uri="sip:clerk@127.0.0.1"), HERE) is Verdict.ASK
    assert gate.judge(proven(gate), HERE) is Verdict.PROVEN
    assert gate.judge(proven(gate, SipDigestAuth("chen", "guess")), HERE) is Verdict.WRONG
    assert gate.judge(proven(gate, SipDigestAuth("li", "secret")), HERE) is Verdict.WRONG


def test_a_proof_that_was_overheard_opens_nothing() -> None:
    gate = Gate("chen", "secret", algorithm="SHA-256")
    request = proven(gate)
    assert gate.judge(request, HERE) is Verdict.PROVEN
    assert gate.judge(request, HERE) is Verdict.ASK


def test_a_proof_of_another_door_or_of_long_ago_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate("chen", "secret", algorithm="MD5")
    assert gate.judge(proven(Gate("chen", "secret", algorithm="MD5")), HERE) is Verdict.ASK
    request, now = proven(gate), time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3_600)
    assert gate.judge(request, HERE) is Verdict.ASK


@pytest.mark.parametrize("told", ["", "Basic eA==", "Digest", 'Digest nonce="6b.ff", nc=zz', "Digest ,,="])
def test_nonsense_is_no_proof(told: str) -> None:
    request = SipRequest(method="INVITE", uri="sip:clerk@127.0.0.1")
    request.headers.set_single("Authorization", told)
    assert Gate("chen", "secret", algorithm="MD5").judge(request, HERE) is Verdict.ASK


def test_a_count_that_is_no_number_is_wrong_and_no_fault() -> None:
    gate = Gate("chen", "secret", algorithm="MD5")
    request = proven(gate)
    header = (request.get_header("Authorization") or "").replace("00000001", "zz")
    request.headers.set_single("Authorization", header)
    assert gate.judge(request, HERE) is Verdict.WRONG


def test_of_several_challenges_one_that_is_understood_is_answered() -> None:
    response = SipResponse(status_code=407)
    for algorithm in ("SHA-512-256", "SHA-256", "MD5"):
        response.headers.append("Proxy-Authenticate", f'Digest realm="p", nonce="n", algorithm={algorithm}, qop="auth"')
    header = answer_to(response, SipRequest(method="INVITE", uri="sip:a@b"), CHEN)
    assert header is not None
    assert header[0] == "Proxy-Authorization"
    assert parse_auth(header[1]).params["algorithm"] == "SHA-256"


def test_a_challenge_that_nobody_understands_is_not_answered() -> None:
    response = SipResponse(status_code=401)
    response.headers.append("WWW-Authenticate", 'Digest realm="p", nonce="n", algorithm=XYZ')
    assert answer_to(response, SipRequest(method="INVITE", uri="sip:a@b"), CHEN) is None


@pytest.mark.parametrize(
    ("user", "host", "verdict"),
    [
        ("", "127.0.0.1", Verdict.PROVEN),
        ("", "::1", Verdict.PROVEN),
        ("", "192.0.2.1", Verdict.STRANGER),
        ("", "10.1.2.3", Verdict.PROVEN),
        ("chen", "127.0.0.1", Verdict.ASK),
        ("chen", "10.1.2.3", Verdict.PROVEN),
        ("chen", "fe80::1%eth0", Verdict.ASK),
    ],
)
def test_without_a_password_only_this_machine_and_the_trusted_may_call(user: str, host: str, verdict: Verdict) -> None:
    gate = Gate(user, "secret", algorithm="MD5", trusted=("10.0.0.0/8",))
    assert gate.judge(SipRequest(method="INVITE", uri="sip:clerk@127.0.0.1"), host) is verdict
