"""Direct SIP and RTP: a softphone, a PBX or a provider's trunk calls with nothing between.

aiosipua parses and writes SIP, SDP and digests, and knows what a dialog is; aiortp parses and writes RTP and
RTCP. Its user agents are not used: they neither repeat a request that was lost nor acknowledge a refusal, take a
repeated INVITE for a new call, and know no INFO; its playout assumes packets of 20 ms.
"""

from channels.phone.sip.door import SipDoor

__all__ = ["SipDoor"]
