"""Answer questions: from a product's record, from a page of the shop, or honestly not at all."""

from __future__ import annotations

from collections.abc import Sequence

from core.dialogue.advice.reasons import budget_words
from core.dialogue.advice.wishing import begin_wish, note_shown, wish_lines
from core.dialogue.choosing import offer_more_or_less, recommend
from core.dialogue.comparing import tell_comparison
from core.dialogue.draft import Draft
from core.dialogue.looking import UNSEEN
from core.dialogue.photo_memory import just_shown
from core.dialogue.photo_words import says
from core.dialogue.products import list_products, tell_assortment, tell_each, tell_product
from core.knowledge.answer_kind import may_answer
from core.knowledge.budget import Budget
from core.knowledge.chunks import citation_of
from core.knowledge.facts import Facts
from core.knowledge.library import ENOUGH_OF_PAGE, Hit
from core.knowledge.naming import product_mentions, properly_named
from core.knowledge.question import Question, read_question
from core.knowledge.recommend import affordable, cheapest_first
from core.shop.records import Page, Product, in_language
from core.types import spoken_text
from core.wording.formats import listing, money

_ENOUGH = 0.5
"""Evidence below this is no evidence: the clerk says that it does not know."""
_ENOUGH_OF_TOPIC = 0.3
"""The same for a page when the intent already says what the question is about."""
_SURE_OF_TOPIC = 0.8
_SURE_OF_PAGE = 0.47
"""Evidence below which a page is called the nearest there is, and not the answer."""
_SAME_THING = 0.6
"""Likeness of a bare noun to a product's name at which they are the same thing in two languages: of 15 Chinese
nouns for goods of an English catalogue 11 come above it, of 14 for goods it lacks none."""
_LEANING = 0.12
"""What the understanding's intent adds to the kind of passage that it expects."""
_UNDERSTOOD = 0.5
"""Probability of the likeliest intent above which the question was clear and only the answer lacks."""
_NAMED = 0.5
"""The part of a question's words that a product's record has, from which it is about the product and no page."""
_WHAT_IT_IS = 0.9
"""Strength of a mention that says what a product is, and not only a word of its name."""
_NEAR = 0.07
"""Products this near to the best are meant as well ("backpacks")."""
_PERHAPS, _OFFERED = 0.28, 3
"""Evidence from which on a page is offered where none answers, and how many are at most."""
_QUOTE_CHARS = 80
_WANTED_CHARS = 40
_VAGUE = frozenset({"time", "window", "order"})
"""Topics that a question about a product may name as well: "how long does the battery last"."""
_PRODUCT_INTENTS = frozenset({"product_question", "product_recommendation", "stock_availability"})
_PAGE_INTENTS = frozenset({"promotion_coupon", "payment_wallet", "account_membership"})


async def answer_question(draft: Draft) -> str:
    """Answer the questions in slot "question", one a line: "answered", or "thin" when the evidence is."""
    asked_of_photo = draft.slots.pop("photo_question", "")
    asked = draft.slots.get("question") or asked_of_photo or spoken_text(draft.message, draft.percept)
    lines = [line for line in asked.split("\n") if line.strip()] or [asked]
    if len(lines) > 1 and await tell_comparison(draft, read_question(" ".join(lines), draft.desk.facts.lexicon)):
        return "answered"
    results = []
    for place, text in enumerate(lines):
        if place:
            draft.turn_page()
        results.append(await _answer(draft, text))
    told = [one.source.partition(":")[2] for bubble in draft.bubbles for one in bubble.citations
            if one.source.startswith("product:")]  # fmt: skip
    if len(lines) > 1 and len(set(told)) > 1:
        draft.list_shown("product_id", list(dict.fromkeys(told)))
    if "answered" not in results:
        return "thin"
    if "thin" in results:
        draft.say("dont_know")
    return "answered"


async def _answer(draft: Draft, text: str) -> str:
    """Answer one question; a list that it brings is a wish to go on with: "a cheaper one", "not that brand"."""
    wish, listed = wish_lines(draft), draft.slots.get("listed", "")
    answered = await _told(draft, text)
    slot, _, values = draft.slots.get("listed", "").partition(":")
    several = slot == "product_id" and "," in values and draft.slots["listed"] != listed
    if several and wish_lines(draft) == wish:
        begin_wish(draft, text)
        note_shown(draft, values.split(","))
    return answered


async def _told(draft: Draft, text: str) -> str:
    pressed = draft.desk.facts.pages.get(draft.heard.get("page", ""))
    if pressed is not None:
        tell_page(draft, pressed)
        return "answered"
    pending = draft.slots.pop("pending_question", "")
    question = read_question(text, draft.desk.facts.lexicon)
    if pending and not question.aspects and not question.topics and (question.things or "product_id" in draft.heard):
        text = f"{text} {pending}"
        question = read_question(text, draft.desk.facts.lexicon)
    await draft.desk.facts.library()
    if await tell_comparison(draft, question) or await offer_more_or_less(draft, question):
        return "answered"
    if says("all", text) and await _tell_shown(draft, question):
        return "answered"
    product = _spoken_of(draft, question)
    if product is not None:
        await tell_product(draft, product, question)
        return "answered"
    if await _among_listed(draft, question):
        return "answered"
    chosen = [p for p in draft.desk.facts.products.values() if p.category == draft.heard.get("category")]
    if chosen:
        await _list_affordable(draft, chosen, question)
        return "answered"
    if _asks_for_assortment(question) and draft.desk.facts.products:
        tell_assortment(draft, "assortment")
        return "answered"
    if "cheapest" in question.aspects and question.lists and not question.subject and draft.desk.facts.products:
        list_products(draft, cheapest_first(tuple(draft.desk.facts.products.values())), "products_by_price_all")
        return "answered"
    unseen = bool(UNSEEN & set(draft.percept.flags))  # the customer was asked for another photo, or for words
    named = question.aspects or question.features or question.colours or question.sizes or question.points
    of_photo = unseen and named and not question.things and not question.topics
    if (of_photo or _lacks_subject(question)) and draft.desk.facts.products:
        draft.slots["pending_question"] = text
        if not unseen:
            draft.say("ask_which_product")
        draft.outcome = "asked"
        return "answered"
    return await _from_evidence(draft, text, question)


async def _from_evidence(draft: Draft, text: str, question: Question) -> str:
    facts = draft.desk.facts
    choosing = _likely(draft) == "product_recommendation" or question.budget is not None
    hits = await facts.search(text, prefix="product:", k=20, forgiving=choosing)
    own = _of_own_name(draft, question, hits)
    products = own or _of_named_things(draft, question, hits)
    if _wants_advice(draft, question) and await recommend(draft, text, question):
        return "answered"
    page, page_score, enough = await _page(draft, text)
    leaning = _leaning(draft, question)
    best_product = products[0].score + max(leaning, 0.0) if products else 0.0
    best_page = page_score + max(-leaning, 0.0)
    sells = bool(question.things and products) and _VAGUE.issuperset(question.topics)
    named = sells and (bool(own) or any(hit.coverage >= _NAMED for hit in products[:1]))
    if best_page >= enough and best_page > best_product and page is not None and not named:
        if page_score < _SURE_OF_PAGE:
            draft.say("nearest_page")
        tell_page(draft, page)
        return "answered"
    if not sells and best_product < _ENOUGH:
        products = await _of_unknown_words(draft, question)
        if not products:
            told = choosing and await recommend(draft, text, question)
            return "answered" if told else _without_evidence(draft, question)
    if (choosing or (question.have and not question.aspects)) and await recommend(
        draft, text, question, asked=choosing
    ):
        return "answered"
    await _tell_products(draft, products, question)
    return "answered"


async def _of_unknown_words(draft: Draft, question: Question) -> list[Hit]:
    """Return the product that words outside the lexicon mean, in whatever language its name is written."""
    if question.topics or not question.unknown:
        return []
    named = max(question.unknown, key=len)[:_WANTED_CHARS]
    hits = await draft.desk.facts.search(named, prefix="product:", k=20)
    best = max(hits, key=lambda hit: hit.likeness, default=None)
    return [best] if best is not None and best.likeness >= _SAME_THING else []


async def _page(draft: Draft, text: str) -> tuple[Page | None, float, float]:
    """Return the best page, its score, and the score that is enough for it."""
    facts = draft.desk.facts
    hits, enough = await facts.search(text, prefix="page:", k=1), ENOUGH_OF_PAGE
    intents = draft.understanding.intents
    weak = not hits or hits[0].score < enough
    if weak and intents and intents[0].name in _PAGE_INTENTS and intents[0].probability >= _SURE_OF_TOPIC:
        named = await facts.search(draft.word(f"topic.{intents[0].name}"), prefix="page:", k=1)
        hits, enough = sorted([*hits, *named], key=lambda hit: -hit.score), _ENOUGH_OF_TOPIC
    hits = [hit for hit in hits if may_answer(text, "\n".join(words for words, _ in hit.passage.fields), facts.lexicon)]
    if not hits:
        return None, 0.0, enough
    return facts.pages.get(hits[0].passage.id.partition(":")[2]), hits[0].score, enough


def _spoken_of(draft: Draft, question: Question) -> Product | None:
    """Return the product that was chosen just now, or that "it" means when the words name no other."""
    facts = draft.desk.facts
    if "product_id" in draft.heard:
        return facts.product(draft.heard["product_id"])
    product = facts.product(draft.slots.get("product_id", ""))
    if product is None or question.budget or "cheapest" in question.aspects:
        return None
    if any(topic not in product.attributes for topic in question.topics if topic not in _VAGUE):
        return None
    asks = question.aspects or question.colours or question.sizes or question.topics
    others = set(question.subject) - set(question.features)
    told_of = question.points or question.aspects or (question.features and not question.lists)
    if told_of and not question.things and not (question.aspects and question.have and not question.points):
        return product if not any(_is_in_a_name(draft, token) for token in others) else None
    on_it = not question.lists if question.features else bool(asks)
    return product if on_it and not others else None


async def _tell_shown(draft: Draft, question: Question) -> bool:
    """Answer of each of the things that photos have just shown what is asked of all; False where they are not meant."""
    guesses = [thing.guesses[0] for thing in just_shown(draft) if thing.is_sure]
    products = list({one.product_id: draft.desk.facts.products[one.product_id] for one in guesses}.values())
    if len(products) < 2 or question.things:
        return False
    return await tell_each(draft, products, question, chosen={one.product_id: one.options for one in guesses})


def _is_in_a_name(draft: Draft, token: str) -> bool:
    return any(key.startswith("product:") for key in draft.desk.facts.named(token))


async def _among_listed(draft: Draft, question: Question) -> bool:
    """Answer "the cheapest", "anything under 100" from the products that the customer sees, or from its like."""
    if question.subject or question.topics or not (question.budget or "cheapest" in question.aspects):
        return False
    slot, _, values = draft.slots.get("listed", "").partition(":")
    facts, keys = draft.desk.facts, values.split(",") if slot == "product_id" else []
    listed = [product for key in keys if (product := facts.product(key))]
    shown = facts.product(draft.slots.get("product_id", ""))
    if not listed and shown:
        alike = [product for product in facts.products.values() if product.category == shown.category != ""]
        list_products(draft, cheapest_first(alike or [shown]), "products_by_price")
        return True
    if not listed:
        return False
    if question.budget:
        await _list_affordable(draft, listed, question)
    else:
        await tell_product(draft, cheapest_first(listed)[0], question)
    return True


async def _list_affordable(draft: Draft, products: Sequence[Product], question: Question) -> None:
    """List products within the customer's budget; say so when there are none, and show the nearest."""
    budget = question.budget or _remembered_budget(draft)
    fitting = affordable(products, budget) if budget else list(products)
    if "cheapest" in question.aspects:
        fitting = cheapest_first(fitting)
    if len(fitting) == 1:
        await tell_product(draft, fitting[0], question)
        return
    if fitting:
        list_products(draft, fitting, "products_found", only=budget.holds if budget else lambda _: True)
        return
    if budget and not budget.low:
        draft.say("none_affordable", limit=money(budget.high, draft.desk.currency, draft.language))
    elif budget:
        draft.say("none_between", range=budget_words(draft, budget.low, budget.high))
    list_products(draft, cheapest_first(products), "products_nearest")


def _remembered_budget(draft: Draft) -> Budget | None:
    low, _, high = draft.slots.pop("budget", "").partition(":")
    return Budget(float(low), float(high)) if high else None


def _of_named_things(draft: Draft, question: Question, hits: list[Hit]) -> list[Hit]:
    """Keep the products that are what the question names: a laptop bag is no answer to "do you sell laptops"."""
    hits = [hit for hit in hits if _suits(draft, hit, question)]
    if not question.things:
        return hits
    named = frozenset().union(*(draft.desk.facts.named(thing) for thing in question.things))
    return [hit for hit in hits if hit.passage.id in named]


def _of_own_name(draft: Draft, question: Question, hits: list[Hit]) -> list[Hit]:
    """Keep the products that the question calls by a name of their own, whatever else it names."""
    own = properly_named(question.text, tuple(draft.desk.facts.products.values()), draft.desk.facts.lexicon)
    keys = {f"product:{product.product_id}" for product in own}
    return [hit for hit in hits if hit.passage.id in keys]


def _suits(draft: Draft, hit: Hit, question: Question) -> bool:
    """Return whether a product is for those who are named (men, women, children), or for nobody in particular."""
    product = draft.desk.facts.product(hit.passage.id.partition(":")[2])
    if product is None or not question.audience:
        return True
    words = " / ".join([*product.names.values(), product.category, *product.category_names.values()])
    its = set(draft.desk.facts.lexicon.concepts(words, "audience"))
    return not its or bool(its & set(question.audience))


def _without_evidence(draft: Draft, question: Question) -> str:
    """Say what is not sold, ask what is needed, or leave it to admitting ignorance."""
    facts, likely = draft.desk.facts, _likely(draft)
    about_goods = likely in _PRODUCT_INTENTS or question.lists
    lacking = [thing for thing in question.things if not facts.named(thing)]
    if lacking and about_goods:
        kind, _, name = lacking[0].partition(":")
        draft.say("not_sold", wanted=facts.lexicon.word(kind, name, draft.language))
        return "answered"
    if question.have and question.unknown and not question.topics and likely in (*_PRODUCT_INTENTS, "greeting"):
        draft.say("nothing_found", wanted=question.unknown[-1][:_WANTED_CHARS])
        return "answered"
    if (likely == "product_recommendation" or question.budget) and facts.products:
        if question.budget:
            draft.slots["budget"] = f"{question.budget.low}:{question.budget.high}"
        tell_assortment(draft, "ask_need")
        return "answered"
    return "thin"


def _asks_for_assortment(question: Question) -> bool:
    """Return whether it is "what do you sell": it asks what there is and names nothing."""
    named = question.subject or question.topics or question.aspects or question.colours or question.sizes
    return question.lists and not question.points and not named and not question.budget


def _lacks_subject(question: Question) -> bool:
    """Return whether something is asked of a product that nobody named: "how much is it?"."""
    asked = question.aspects or question.colours or question.sizes or question.points
    return bool(asked) and not question.subject and not question.topics and not question.budget


def _wants_advice(draft: Draft, question: Question) -> bool:
    """Return whether a recommendation is asked for beyond doubt, so that no page of the shop can be meant."""
    intents = draft.understanding.intents
    sure = bool(intents) and intents[0].name == "product_recommendation" and intents[0].probability >= _SURE_OF_TOPIC
    return sure and not question.topics and not question.things


def _likely(draft: Draft) -> str:
    return draft.understanding.intents[0].name if draft.understanding.intents else ""


def _leaning(draft: Draft, question: Question) -> float:
    """Return how much the question leans to products (positive) or to pages (negative)."""
    if _likely(draft) in _PRODUCT_INTENTS:
        return _LEANING
    if question.topics and not question.aspects:
        return -_LEANING
    return _LEANING if question.aspects and not question.topics else 0.0


async def _tell_products(draft: Draft, hits: list[Hit], question: Question) -> None:
    facts = draft.desk.facts
    several = [thing for thing in question.things if facts.named(thing)]
    if len(several) > 1:
        best = [next((hit for hit in hits if hit.passage.id in facts.named(thing)), None) for thing in several]
        near = [hit for hit in dict.fromkeys(best) if hit is not None]
    else:
        near = [h for h in hits if h.score >= hits[0].score - _NEAR and h.coverage >= hits[0].coverage - _NEAR]
    found = [product for hit in near if (product := facts.product(hit.passage.id.partition(":")[2]))]
    found = properly_named(question.text, found, facts.lexicon) or _named_as_such(question.text, found, facts) or found
    if question.budget or "cheapest" in question.aspects:
        every = [product for hit in hits if (product := facts.product(hit.passage.id.partition(":")[2]))]
        await _list_affordable(draft, every if question.things else found, question)
    elif len(found) > 1 and not await tell_each(draft, found, question):
        list_products(draft, found, "products_found")
    elif len(found) == 1:
        await tell_product(draft, found[0], question)


def _named_as_such(text: str, products: Sequence[Product], facts: Facts) -> list[Product]:
    """Return the products that a text calls what they are: of "can the lamp charge my phone" the lamp alone."""
    mentions = product_mentions(text, products, facts.lexicon)
    named = {one.product_id for one in mentions if one.strength >= _WHAT_IT_IS}
    return [product for product in products if product.product_id in named]


def tell_page(draft: Draft, page: Page) -> None:
    """Quote a page and cite it."""
    body = in_language(page.bodies, draft.language)
    draft.long_text(body if draft.language in page.bodies else draft.word("foreign_text", text=body))
    draft.cite(citation_of(page), body[:_QUOTE_CHARS])


async def admit_ignorance(draft: Draft) -> str:
    """Say that the clerk does not know, or did not understand; what follows is `core.dialogue.repair`'s.

    Where pages come near without answering for certain, they are offered to be read.
    """
    draft.missed = True
    intents = draft.understanding.intents
    understood = bool(intents) and intents[0].probability >= _UNDERSTOOD
    draft.say("dont_know" if understood else "not_understood")
    hits = await draft.desk.facts.search(draft.slots.get("question", ""), prefix="page:", k=_OFFERED)
    near = [hit for hit in hits if hit.score >= max(_PERHAPS, hits[0].score - _NEAR)]
    pages = [page for hit in near if (page := draft.desk.facts.pages.get(hit.passage.id.partition(":")[2]))]
    if pages:
        titles = [in_language(page.titles, draft.language) for page in pages]
        draft.say("perhaps_pages", pages=listing(titles, draft.language))
        draft.buttons(*((title, f"page:{page.id}") for title, page in zip(titles, pages, strict=True)))
    return ""
