"""The phases of a month, in their one fixed order: when each thing happens.

Within a phase all decide on the state at its start, then all is settled.
"""

from collections.abc import Callable

import numpy as np

from sim.arrays import EPSILON
from sim.mechanisms.ledger import REST_OF_WORLD, highest, total
from sim.model.foresight import red_lines, threats
from sim.model.roles import Ally, Country, Leader, Patron
from sim.model.state import State, between
from sim.model.welfare import belligerent_welfare, show_value, supplier_welfare


def shock(world: State) -> None:
    """Draw the month's shocks: the war, a ceasefire, the oil price, ordinary trade, incursions, tests."""
    draw, month = world.noise, world.month
    world.war_deviation = world.war_persistence * world.war_deviation + world.war_volatility * draw.normal("war", 0, month)
    ends = (draw.event("ceasefire", 0, month, world.ceasefire_hazard) < world.ceasefire_hazard) | (month >= world.ceasefire_month)
    world.at_war = world.at_war * (1.0 - ends)
    world.war_intensity = world.at_war * np.maximum(world.war_mean + world.war_deviation, 0.0)
    oil_shock = world.oil_volatility * draw.normal("oil_price", 0, month)
    world.oil_deviation = world.oil_persistence * world.oil_deviation + oil_shock
    world.oil_price = world.oil_mean * np.exp(world.oil_deviation)
    world.commerce.demand.shock(draw, month)
    for belligerent in world.belligerents:
        belligerent.meet_incursion(draw.uniform("incursion", belligerent.slot, month), month, world.at_war)
    for supplier in world.suppliers:
        theirs = [pair.troops_abroad for pair in world.partnerships.values() if pair.supplier is supplier]
        rate = supplier.test_mean(world.beijing_level(supplier), total([world.nothing, *theirs]))
        burst = supplier.test_burst(draw.normal("test_burst", supplier.slot, month))
        supplier.tests = draw.poisson("tests", supplier.slot, month, rate * burst)


def observe(world: State) -> None:
    """Let everybody see last month's ties, with leaks and errors."""
    for pair in world.partnerships.values():
        error = np.maximum(1.0 + world.intelligence_noise * world.noise.normal("intelligence", pair.slot, world.month), 0.0)
        pair.show(world.noise.uniform("leak", pair.slot, world.month), error)


def press(world: State) -> None:
    """Let every rule see, respond and press; then firms comply, favours arrive, and all bear the cost."""
    for patron in world.patrons:
        patron.harm_felt = world.nothing
        for partner in world.partners:
            shock = world.noise.normal("stance", between(patron, partner), world.month)
            patron.feel(partner, world.sight(patron, partner), shock)
            patron.harm_felt = patron.harm_felt + patron.displeasure_worth * patron.displeasure(partner.name)
    for country in world.countries.values():
        country.pressing_cost = country.other_harm = world.nothing
    for partner in world.partners:
        partner.meeting = world.nothing
    for rule in world.rules.values():
        rule.press(world)
        if rule.channel.direct:
            rule.target.other_harm = rule.target.other_harm + rule.harm()
        rule.presser.pressing_cost = rule.presser.pressing_cost + rule.upkeep()
        if rule.channel.meets:
            draws = world.noise.uniform("meeting", between(rule.presser, rule.target), world.month)
            rule.target.meeting = rule.target.meeting + (draws < rule.cut)
        if rule.channel.paid:
            world.ledger.move("money", rule.presser.name, rule.target.name, np.minimum(rule.favour(), rule.presser.treasury))
    for presser in {rule.presser.name: rule.presser for rule in world.rules.values()}.values():
        world.ledger.move("money", presser.name, REST_OF_WORLD, np.minimum(presser.pressing_cost, presser.treasury))
    for patron in world.patrons:
        patron.comply(world.hindrance("firms", (patron,)))


def bargain(world: State) -> None:
    """Let every pair of partners choose its package, all on the state at the start of the phase."""
    rules = list(world.rules.values())
    oil_price = world.oil_price / world.oil_mean
    alignment = world.alignment()
    draws_choice = world.setting.variants.bargaining == "logit"
    offers = total([leader.offer for leader in world.leaders]) if world.leaders else world.nothing
    for belligerent in world.belligerents:
        belligerent.plan(world.hindrance("front", (belligerent,)))
    for pair in world.partnerships.values():
        others = [
            p.munitions_effective for p in world.partnerships.values() if p.belligerent is pair.belligerent and p is not pair
        ]
        elsewhere = total(others) if others else world.nothing
        dependence = world.commerce.on_patron(pair.supplier.name)
        stance = pair.stance(world.month, world.at_war, world.war_intensity, oil_price, elsewhere, dependence)
        table = pair.table(stance)
        pair.red_line = red_lines(pair, rules, table, world.month)
        terms = pair.terms(table, alignment, threats(pair, rules, world.month))
        partners: tuple[Country, ...] = (pair.belligerent, pair.supplier)
        paying = world.hindrance("payments", partners)
        friction = 1.0 - (1.0 - pair.belligerent.payment_friction) * (1.0 - paying)
        siblings = sum(p.belligerent is pair.belligerent for p in world.partnerships.values())
        favours = [rule.favour() for rule in rules if rule.channel.carrot and rule.target is pair.supplier]
        outside = total([offers, *favours])
        draws = world.noise.uniform("choice", pair.slot, world.month) if draws_choice else world.nothing
        purse = pair.purse(friction, 1.0 / siblings)
        pair.agree(world.setting.variants.bargaining, stance, terms, table, purse, outside, draws)


def deliver(world: State) -> None:
    """Move what was agreed, less what is interdicted."""
    for pair in world.partnerships.values():
        partners: tuple[Country, ...] = (pair.belligerent, pair.supplier)
        interdiction = world.hindrance("shipments", partners)
        snub = world.hindrance("summits", partners)
        pair.deliver(world.noise, world.month, interdiction, snub, world.war_intensity, world.at_war)
    for supplier in world.suppliers:
        theirs = [p for p in world.partnerships.values() if p.supplier is supplier]
        supplier.orders = total([p.munitions_agreed for p in theirs]) if theirs else world.nothing
        supplier.cover_received = highest([*(p.cover_given for p in theirs), *(q.cover for q in world.patrons)], world.nothing)


def trade(world: State) -> None:
    """Move ordinary commerce along its lanes, less what is withheld."""
    world.commerce.trade(world.oil_price / world.oil_mean)


def consume(world: State) -> None:
    """Let guns fire, factories produce, economies burn oil and treasuries be spent."""
    for belligerent in world.belligerents:
        theirs = [p for p in world.partnerships.values() if p.belligerent is belligerent]
        belligerent.components_from_patrons = world.commerce.components_from_patrons(belligerent.name)
        belligerent.components_received = world.commerce.receive_components(belligerent.name)
        belligerent.produce()
        delivered = total([p.munitions_delivered for p in theirs]) if theirs else world.nothing
        effective = total([p.munitions_effective for p in theirs]) if theirs else world.nothing
        used = belligerent.fight(world.war_intensity, delivered, effective)
        for pair in theirs:
            pair.share_fire(used, belligerent.fire_now)
    for maker in (*world.suppliers, *world.allies):
        maker.produce()
    for country in world.countries.values():
        given = [p.oil_delivered for p in world.partnerships.values() if p.belligerent is country]
        got = [p.oil_delivered for p in world.partnerships.values() if p.supplier is country]
        country.burn_oil(
            total([world.commerce.exported("oil", country.name), *given]),
            total([world.commerce.imported("oil", country.name), *got]),
        )
        country.balance_budget()


def learn(world: State) -> None:
    """Update beliefs, tension and alignment."""
    for partner in world.partners:
        for presser in partner.beliefs:
            rules = [
                r
                for r in world.rules.values()
                if r.target is partner and r.presser.name == presser and r.response.contingent and not r.channel.carrot
            ]
            if not rules:
                continue
            # What it did is held against what it would have done by now with a resolve of one.
            full = total([r.full_level for r in rules])
            occasion = np.minimum(highest([r.occasion() for r in rules], world.nothing), 1.0)
            act = np.minimum(total([r.level for r in rules]) / np.maximum(full, EPSILON), 1.0)
            belief, weight = partner.beliefs[presser]
            partner.beliefs[presser] = world.learn(belief, weight, occasion * (full > EPSILON), act, partner.belief_rate)
    alignment = world.alignment()
    tests = total([s.tests for s in world.suppliers]) if world.suppliers else world.nothing
    for supplier in world.suppliers:
        received = [p.technology for p in world.partnerships.values() if p.supplier is supplier]
        lost = world.commerce.imports_lost(supplier.name)
        supplier.live(alignment, total(received) if received else world.nothing, lost)
    mastered = highest([s.technology_mastered for s in world.suppliers], world.nothing) / 100.0
    tie = highest([p.visible_tie for p in world.partnerships.values()], world.nothing)
    for ally in world.allies:
        ally.align(tests, mastered, tie)


def record(world: State) -> None:
    """Account for welfare; everything else is read where it stands."""
    threat = total([a.threat for a in world.allies]) / len(world.allies) if world.allies else world.nothing
    shows = {pair.name: show_value(pair) for pair in world.partnerships.values()}
    for country in world.countries.values():
        tie = world.nothing
        for pair in world.partnerships.values():
            if country is pair.belligerent:
                tie = tie + belligerent_welfare(pair, shows[pair.name])
            elif country is pair.supplier:
                tie = tie + supplier_welfare(pair, shows[pair.name])
        if isinstance(country, Patron):
            tie = tie - country.harm_felt
        elif isinstance(country, Ally):
            tie = tie - country.threat_harm * country.threat
        elif isinstance(country, Leader):
            tie = tie - country.threat_harm * threat
        country.welfare = world.commerce.gains(country.name) + tie - country.pressing_cost - country.other_harm


Phase = Callable[[State], None]
PHASES: tuple[Phase, ...] = (shock, observe, press, bargain, deliver, trade, consume, learn, record)
