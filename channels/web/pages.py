"""The demo shop's page and the widget's files."""

from __future__ import annotations

from html import escape
from itertools import islice
from pathlib import Path
from string import Template

from aiohttp import web

from channels.web.house import HOUSE, House
from channels.web.problems import ProblemError
from core.shop.records import Product, Variant, in_language
from core.wording.formats import price_range

STATIC = Path(__file__).with_name("static")
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_SHOWN = 12
"""Products on the page; more would only push the page's end out of sight."""

_WORDS = {
    "zh": {
        "lang": "zh-CN",
        "tagline": "有问题？点右下角，问掌柜。",
        "lead": "查订单、退换取消、看照片认商品、听语音，中英文都行；办不了的，请人工来。",
        "try": "可以这样问",
        "products": "店里的东西",
        "ask": "问问这个",
        "question": "介绍一下{name}",
        "other": "English",
        "other_address": "/?lang=en",
        "title": "掌柜",
        "demo": "这是演示店铺，商品、顾客和订单都是编出来的。查订单可以用 chen.jing@example.com 试试。",
    },
    "en": {
        "lang": "en",
        "tagline": "A question? Ask the clerk, bottom right.",
        "lead": "Orders, returns, photos, voice messages, in English and Chinese; a person where one is needed.",
        "try": "Things to ask",
        "products": "In the shop",
        "ask": "Ask about it",
        "question": "Tell me about the {name}",
        "other": "中文",
        "other_address": "/?lang=zh",
        "title": "Zhanggui",
        "demo": "A demo shop: products, customers and orders are made up. For an order, try maria.sousa99@example.com.",
    },
}
_EXAMPLES = {
    "zh": ("我的订单什么时候到？", "有什么推荐的？", "怎么退货？", "找人工客服"),
    "en": (
        "When will my order arrive?",
        "What can you recommend?",
        "How do I return something?",
        "Get me a person",
    ),
}


async def home(request: web.Request) -> web.StreamResponse:
    """GET /: return the demo shop's page in the reader's language, with the widget."""
    house = request.app[HOUSE]
    language = _language(request)
    words = _WORDS[language]
    page = Template((STATIC / "home.html").read_text(encoding="utf-8"))
    return web.Response(
        text=page.substitute(
            {key: escape(value) for key, value in words.items()},
            shop=escape(in_language(house.shop_name, language) or words["title"]),
            foot=f"<footer><p>{escape(words['demo'])}</p></footer>" if house.is_demo else "",
            examples="".join(f"<li>{_ask(example, example)}</li>" for example in _EXAMPLES[language]),
            shelf=await _shelf(house, language),
        ),
        content_type="text/html",
        charset="utf-8",
        headers={"Vary": "Accept-Language"},
    )


async def asset(request: web.Request) -> web.StreamResponse:
    """GET /widget.js and the files that it loads; every site that embeds it may read them."""
    name = request.match_info.get("name") or request.path.lstrip("/")
    path = STATIC / name
    if path.parent != STATIC or path.suffix not in _TYPES or not path.is_file():
        raise ProblemError(404, "not_found", "The widget has no such part.")
    return web.FileResponse(
        path,
        headers={
            "Content-Type": f"{_TYPES[path.suffix]}; charset=utf-8",
            "Cache-Control": "public, no-cache",
            "Access-Control-Allow-Origin": "*",
        },
    )


def _language(request: web.Request) -> str:
    asked: str = request.query.get("lang", "") or request.headers.get("Accept-Language", "")
    return "en" if asked[:2].lower() == "en" else "zh"


async def _shelf(house: House, language: str) -> str:
    products = await house.shop.products() if house.shop else ()
    pictured = ((product, variant) for product in products for variant in _pictured(house, product)[:1])
    cards = [_card(product, variant, house.currency, language) for product, variant in islice(pictured, _SHOWN)]
    if not cards:
        return ""
    heading = escape(_WORDS[language]["products"])
    return f'<section><h2>{heading}</h2><ul class="products">{"".join(cards)}</ul></section>'


def _pictured(house: House, product: Product) -> list[Variant]:
    return [variant for variant in product.variants.values() if house.picture(variant.item_id)]


def _card(product: Product, variant: Variant, currency: str, language: str) -> str:
    name = in_language(product.names, language)
    price = price_range([one.price for one in product.variants.values()], currency, language)
    words = _WORDS[language]
    return (
        f'<li class="product"><img src="/v1/products/{escape(variant.item_id)}/picture" alt="" loading="lazy">'
        f"<strong>{escape(name)}</strong><span>{escape(price)}</span>"
        f"{_ask(words['ask'], words['question'].format(name=name))}</li>"
    )


def _ask(label: str, question: str) -> str:
    return f'<button type="button" data-zhanggui-say="{escape(question)}">{escape(label)}</button>'
