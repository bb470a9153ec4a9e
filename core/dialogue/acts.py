"""All acts and checks that flows may name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.dialogue.advice.advise import advise
from core.dialogue.advice.buying import ask_option, ask_which_goods, give_cart_link, settle_variant
from core.dialogue.advice.cross_selling import note_told, offer_beside_cart, offer_beside_order, show_offered
from core.dialogue.advice.personal import leave_own_orders, tell_whether, use_own_orders
from core.dialogue.business import offer_ticket, quote_policy, suggest_ticket, tell_progress, tell_tickets
from core.dialogue.callback import number_to_ring, offer_callback, settle_callback, write_callback
from core.dialogue.handoff import hand_off
from core.dialogue.identity import identify, is_verified, say_locked, say_wrong_identity
from core.dialogue.linking import give_code
from core.dialogue.orders import choose_order, list_orders, own_order, remember_wish, show_order
from core.dialogue.own_telling import tell_records, which_records
from core.dialogue.page_first import answer_instead, tell_rule
from core.dialogue.photo import look_at_photo
from core.dialogue.questions import admit_ignorance, answer_question
from core.dialogue.read_address import ask_about_address
from core.dialogue.relations import answer_from_graph
from core.dialogue.run import ActOf, CheckOf
from core.dialogue.settling import ask_for_lacking, carry_out, gather, leave_undone, note_request, read_out
from core.dialogue.still_returnable import list_returnable
from core.dialogue.tickets.collecting import begin_ticket
from core.dialogue.tickets.extras import (
    heard_complaint,
    name_who_can,
    next_topic,
    note_words,
    offer_a_person,
    own_phone,
    secure,
    tell_address,
    without_order,
)
from core.dialogue.tickets.goods import list_items, name_items
from core.dialogue.tickets.writing import look_for_ticket, write_ticket

ACTS: Mapping[str, ActOf] = MappingProxyType(
    {
        act.__name__: act
        for act in (
            number_to_ring,
            offer_callback,
            settle_callback,
            write_callback,
            admit_ignorance,
            advise,
            ask_option,
            ask_which_goods,
            give_cart_link,
            settle_variant,
            note_told,
            offer_beside_cart,
            offer_beside_order,
            show_offered,
            leave_own_orders,
            tell_whether,
            use_own_orders,
            answer_from_graph,
            answer_instead,
            answer_question,
            ask_about_address,
            ask_for_lacking,
            carry_out,
            gather,
            leave_undone,
            note_request,
            read_out,
            choose_order,
            give_code,
            hand_off,
            identify,
            list_orders,
            list_returnable,
            look_at_photo,
            offer_ticket,
            quote_policy,
            remember_wish,
            say_locked,
            say_wrong_identity,
            show_order,
            suggest_ticket,
            tell_progress,
            tell_tickets,
            write_ticket,
            tell_records,
            tell_rule,
            which_records,
            begin_ticket,
            heard_complaint,
            list_items,
            look_for_ticket,
            name_items,
            name_who_can,
            next_topic,
            note_words,
            offer_a_person,
            own_phone,
            secure,
            tell_address,
            without_order,
        )
    }
)
CHECKS: Mapping[str, CheckOf] = MappingProxyType({check.__name__: check for check in (is_verified, own_order)})
