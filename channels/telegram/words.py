"""What the bot itself says: what it takes, what it could not take, and the choice of voice."""

from __future__ import annotations

from core.types import Language

_WORDS: dict[str, dict[Language, str]] = {
    "start": {
        "zh": "您好，我是掌柜。可以直接打字、发商品照片、视频或语音给我。发送 /voice 我会用语音回复，/text 改回文字。",
        "en": "Hello, I am the shop's clerk. Write to me, send a product photo, a video or a voice note. "
        "Send /voice for spoken replies, /text for written ones.",
    },
    "voice_on": {
        "zh": "好的，之后我会用语音回复您。发送 /text 可改回文字。",
        "en": "All right, I will answer with voice notes. Send /text to go back.",
    },
    "voice_off": {"zh": "好的，之后我只用文字回复。", "en": "All right, I will answer in writing only."},
    "what_i_take": {
        "zh": "这种消息我还看不懂。请发文字、照片、视频或语音给我。",
        "en": "I cannot read this kind of message. Please send text, a photo, a video or a voice note.",
    },
    "text_too_long": {
        "zh": "这条消息太长了，请分成几条、每条不超过 {limit} 字发给我。",
        "en": "That message is too long for me. Please send it in pieces of at most {limit} characters.",
    },
    "busy": {
        "zh": "消息太多了，我先把前面的处理完，请稍等再发。",
        "en": "I am still working on your earlier messages; please send this one again in a moment.",
    },
    "too_many": {
        "zh": "一次最多发 {limit} 个文件，请分几次发给我。",
        "en": "Please send at most {limit} files at once.",
    },
    "not_now": {
        "zh": "这条消息我刚才没有收好，请再发一次。",
        "en": "I could not take that just now; please send it again.",
    },
    "too_large": {"zh": "文件太大了，请发小一点的。", "en": "The file is too large; please send a smaller one."},
    "too_many_pixels": {
        "zh": "这张图片尺寸太大了，请缩小后再发。",
        "en": "The picture is too large in pixels; please send a smaller one.",
    },
    "too_long": {
        "zh": "录音太长了，请控制在几分钟以内。",
        "en": "The recording is too long; please keep it to a few minutes.",
    },
    "video_too_long": {
        "zh": "视频太长了，请截取一分钟以内的一段，或者拍一张照片发给我。",
        "en": "The video is too long; please send a part of it, up to a minute, or a photo instead.",
    },
    "not_a_video": {
        "zh": "这个文件里没有我能看的画面，请发 MP4 视频或照片。",
        "en": "I find no moving pictures in that file; please send an MP4 video, or a photo.",
    },
    "not_an_image": {
        "zh": "这个文件不是图片，请直接发照片。",
        "en": "That file is not a picture; please send a photo.",
    },
    "not_audio": {
        "zh": "这个文件里没有声音，请直接发语音。",
        "en": "That file holds no sound; please send a voice note.",
    },
    "unsupported": {
        "zh": "这种文件我打不开，请发 JPEG、PNG 照片、MP4 视频或语音。",
        "en": "I cannot open this kind of file; please send a JPEG or PNG photo, an MP4 video, or a voice note.",
    },
    "damaged": {"zh": "文件好像坏了，请重新发一次。", "en": "The file seems to be damaged; please send it again."},
    "too_slow": {
        "zh": "这个文件打开得太慢，没能看完。请过一会儿再发，或者发短一点的视频、发一张照片。",
        "en": "That file took too long to open; please send it again in a moment, or a shorter video, or a photo.",
    },
    "empty": {"zh": "文件是空的，请重新发一次。", "en": "The file is empty; please send it again."},
}


def words(key: str, language: Language | None, **values: object) -> str:
    """Return the sentence in Chinese or English; every key, media codes included, is in both."""
    sentence = _WORDS.get(key, _WORDS["unsupported"])
    return sentence["zh" if (language or "").startswith("zh") else "en"].format(**values)
