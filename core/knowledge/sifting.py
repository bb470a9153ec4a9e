"""Records and pages without what in them speaks to the clerk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from core.knowledge.instructions import sift
from core.shop.records import Page, Product, Texts


def sifted_page(page: Page) -> Page:
    """Return a page whose titles, questions and text hold no instruction to the clerk."""
    titles, bodies = _sifted(page.titles), _sifted(page.bodies)
    questions = {
        language: tuple(filter(None, (sift(one).text for one in asked))) for language, asked in page.questions.items()
    }
    if titles is page.titles and bodies is page.bodies and questions == dict(page.questions):
        return page
    return replace(page, titles=titles, bodies=bodies, questions=MappingProxyType(questions))


def sifted_product(product: Product) -> Product:
    """Return a product whose descriptions and facts hold no instruction to the clerk.

    Reviews stay as they are: `core.knowledge.reviews` leaves whole ones out.
    """
    descriptions = _sifted(product.descriptions)
    attributes = {name: _sifted(texts) for name, texts in product.attributes.items()}
    told = {name: texts for name, texts in attributes.items() if any(texts.values())}
    same = all(attributes[name] is texts for name, texts in product.attributes.items())
    if descriptions is product.descriptions and same:
        return product
    return replace(product, descriptions=descriptions, attributes=MappingProxyType(told))


def _sifted(texts: Texts) -> Mapping[str, str]:
    kept = {language: sift(text).text for language, text in texts.items()}
    return (
        texts if kept == dict(texts) else MappingProxyType({language: text for language, text in kept.items() if text})
    )
