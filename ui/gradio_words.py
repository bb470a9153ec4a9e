"""The demo page's words, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Everything that the page itself says."""

    lead: str
    ask: str
    speak: str
    spoken: str
    examples: tuple[str, ...]
    heard: str
    saw: str
    understood: str
    did: str
    took: str
    raw: str
    nothing_yet: str
    nothing_heard: str
    nothing_seen: str
    nothing_done: str
    decided_by: str
    decisions: Mapping[str, str]
    statuses: Mapping[str, str]
    rungs: Mapping[str, str]
    stages: Mapping[str, str]
    sources: Mapping[str, str]
    sure: str
    basis: str
    refused: str
    refusals: Mapping[str, str]
    unreachable: str
    new: str


ZH = Words(
    lead="打字、发商品照片或者说话，旁边看掌柜听到了什么、看到了什么、怎么理解、做了什么。",
    ask="问掌柜……（可以发照片、视频、录音）",
    speak="语音播报回复",
    spoken="掌柜的声音",
    examples=("我的订单什么时候到？", "有什么推荐的？", "怎么退货？", "找人工客服"),
    heard="听到",
    saw="看到",
    understood="理解",
    did="做了",
    took="用时",
    raw="接口返回的原文",
    nothing_yet="先问一句，这里就有内容了。",
    nothing_heard="这条消息没有录音",
    nothing_seen="这条消息没有照片或视频",
    nothing_done="没有动店里的任何东西",
    decided_by="判断来自",
    decisions={"match": "就是它", "ask": "拿不准，问顾客", "unknown": "不认识"},
    statuses={"proposed": "等确认", "done": "已完成", "denied": "不允许", "failed": "失败"},
    rungs={
        "rules": "规则",
        "classifier": "小分类器",
        "model": "大模型",
        "photo": "照片",
        "flow": "流程",
        "channel": "按钮",
    },
    stages={
        "queue": "排队",
        "perceive": "听与看",
        "hear": "听",
        "see": "看",
        "understand": "理解",
        "dialogue": "办事",
        "speak": "合成语音",
        "commit": "落盘",
    },
    sources={"order": "订单", "product": "商品", "page": "店铺说明"},
    sure="把握",
    basis="依据",
    refused="没有收下",
    refusals={
        "empty_message": "消息是空的，请打字、发照片或录音。",
        "text_too_long": "这条消息太长了，请分几次发。",
        "too_large": "文件太大了，请换小一点的。",
        "too_many_pixels": "画面太大了，请换小一点的。",
        "too_many_attachments": "一次发的文件太多了，请分几次发。",
        "not_an_image": "这个文件不是照片，请发 JPEG、PNG 或 WebP。",
        "not_audio": "这个文件不是录音。",
        "not_a_video": "这个文件里没有画面，请发 MP4、WebM 视频或照片。",
        "video_too_long": "视频太长了，请截短一点，或者发一张照片。",
        "unsupported": "这种文件打不开，请发照片、视频或录音。",
        "too_long": "录音太长了，请录短一点。",
        "damaged": "文件坏了，请再发一次。",
        "too_slow": "这个文件打开得太慢，没能看完。请过一会儿再发，或者发短一点的视频、发一张照片。",
        "empty": "文件是空的，请再发一次。",
        "rate_limited": "发得太快了，请稍等一会儿。",
        "busy": "消息有点多，请稍等一会儿。",
        "internal": "店里出了点问题，请再发一次。",
    },
    unreachable="连不上店铺的接口",
    new="新对话",
)

EN = Words(
    lead="Type, send product photos or speak; beside it: what the clerk heard, saw, understood and did.",
    ask="Ask the clerk… (add photos, videos, your voice)",
    speak="Speak the replies",
    spoken="The clerk's voice",
    examples=(
        "When will my order arrive?",
        "What can you recommend?",
        "How do I return something?",
        "Get me a person",
    ),
    heard="Heard",
    saw="Saw",
    understood="Understood",
    did="Did",
    took="Took",
    raw="What the API returned",
    nothing_yet="Ask something, then this fills.",
    nothing_heard="no recording in this message",
    nothing_seen="no photo or video in this message",
    nothing_done="nothing in the shop was touched",
    decided_by="decided by",
    decisions={"match": "this is it", "ask": "unsure, asks the customer", "unknown": "not known"},
    statuses={"proposed": "to be confirmed", "done": "done", "denied": "not allowed", "failed": "failed"},
    rungs={
        "rules": "rules",
        "classifier": "small classifier",
        "model": "large model",
        "photo": "photo",
        "flow": "flow",
        "channel": "button",
    },
    stages={
        "queue": "queue",
        "perceive": "hear and see",
        "hear": "hear",
        "see": "see",
        "understand": "understand",
        "dialogue": "settle",
        "speak": "synthesize",
        "commit": "commit",
    },
    sources={"order": "order", "product": "product", "page": "shop page"},
    sure="sure",
    basis="Source",
    refused="Not accepted",
    refusals={},
    unreachable="The shop's API cannot be reached",
    new="New conversation",
)

WORDS: Mapping[str, Words] = {"zh": ZH, "en": EN}
