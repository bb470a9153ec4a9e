"""What two sides agree on."""

from __future__ import annotations

import pytest

from channels.phone.sip.offer import NoCodecError, make_answer, make_offer, understand

HEAD = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"


def test_our_own_offer_is_understood() -> None:
    _, media = understand(make_offer("192.0.2.9", 17_000))
    assert (media.host, media.port, media.rtcp_port) == ("192.0.2.9", 17_000, 17_001)
    assert (media.codec, media.payload_type, media.key_type, media.ptime_ms) == ("PCMU", 0, 101, 20)
    assert not media.is_held


def test_other_lines_are_refused_in_their_place_and_numbers_are_the_callers() -> None:
    offer, media = understand(
        HEAD + "m=video 5000 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
        "m=audio 6000 RTP/SAVP 0\r\nm=audio 7000 RTP/AVP 18 97 96\r\na=rtpmap:97 pcma/8000\r\n"
        "a=rtpmap:96 telephone-event/8000\r\na=ptime:30\r\na=rtcp:7100\r\n"
    )
    assert (media.codec, media.payload_type, media.key_type, media.ptime_ms) == ("PCMA", 97, 96, 30)
    assert (media.port, media.rtcp_port) == (7_000, 7_100)
    answer = make_answer(offer, media, "192.0.2.9", 17_000)
    assert [line for line in answer.split("\r\n") if line.startswith("m=")] == [
        "m=video 0 RTP/AVP 96",
        "m=audio 0 RTP/SAVP 0",
        "m=audio 17000 RTP/AVP 97 96",
    ]


@pytest.mark.parametrize(
    ("line", "answered", "is_held"),
    [
        ("a=sendonly", "a=recvonly", True),
        ("a=inactive", "a=inactive", True),
        ("a=recvonly", "a=sendonly", False),
        ("a=sendrecv", "a=sendrecv", False),
        ("c=IN IP4 0.0.0.0", "a=inactive", True),
        ("a=ptime:0", "a=sendrecv", False),
        ("a=maxptime:abc", "a=sendrecv", False),
    ],
)
def test_the_direction_is_answered(line: str, answered: str, is_held: bool) -> None:
    offer, media = understand(HEAD + "m=audio 7000 RTP/AVP 0\r\n" + line + "\r\n")
    assert media.is_held == is_held
    assert answered in make_answer(offer, media, "192.0.2.9", 17_000)


def test_a_call_may_be_held_for_the_whole_session() -> None:
    assert understand(HEAD + "a=sendonly\r\nm=audio 7000 RTP/AVP 0\r\n")[1].is_held


@pytest.mark.parametrize(
    "body",
    [
        HEAD,
        HEAD + "m=audio 0 RTP/AVP 0\r\n",
        HEAD + "m=audio 7000 RTP/AVP 9 18\r\n",
        HEAD + "m=audio 7000 RTP/AVP 96\r\na=rtpmap:96 PCMU/16000\r\n",
        HEAD + "m=audio 7000 UDP/TLS/RTP/SAVPF 0\r\n",
        "m=audio 7000 RTP/AVP 0\r\n",
        "",
        "nonsense",
    ],
)
def test_where_nothing_is_spoken_by_both_it_is_said(body: str) -> None:
    with pytest.raises(NoCodecError):
        understand(body)


@pytest.mark.parametrize("body", ["v=x\r\n", HEAD + "m=audio port RTP/AVP 0", HEAD + "m=audio 70000 RTP/AVP 0\r\n"])
def test_what_is_not_sdp_is_a_clear_error(body: str) -> None:
    with pytest.raises(ValueError, match=r"invalid literal|not a port"):
        understand(body)


@pytest.mark.parametrize(
    ("spoilt", "why"),
    [
        (HEAD.replace("c=IN IP4 192.0.2.1", "c=IN IP4 slow.example.com") + "m=audio 7000 RTP/AVP 0\r\n", "address"),
        (HEAD + "m=audio 7000 RTP/AVP 0\r\na=rtcp:70000\r\n", "not a port"),
        (HEAD + "m=audio 65535 RTP/AVP 0\r\n", "not a port"),
    ],
)
def test_sound_is_sent_to_addresses_only_for_a_name_would_be_looked_up_with_every_packet(spoilt: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        understand(spoilt)
