import RuleEngine
import RuleLanguage

@testable import RuleSource

/// Rules that make no sense and use what rules seldom do, each from `each:` on.
enum OddRules {
    static func text(_ number: Int, _ body: String) -> String {
        """
        id: ODD-\(number)
        title: Odd rule \(number)
        status: draft
        level: low
        result: suspicious
        basis:
          - {law: "none", note: none}
        stage: [during, after]
        \(body)
        """
    }

    static let all = [
        // Many times the middle of amounts, some of which are nothing, or of whole numbers.
        """
        each: claim_line as l
        with:
          peers: claim_line of l.code other where price.currency == l.price.currency
        when: peers.count() >= 2 && ratio(l.price, peers.quantile(price, 50)) > decimal('1.5')
        subject: l.institution
        involved: peers
        say: "{peers.quantile(price, 50)}"
        """,
        """
        each: dispense as d
        with:
          others: dispense of d.patient other where known(days)
        when: ratio(d.days, others.quantile(days, 25)) >= 2
        subject: d.patient
        involved: others
        say: "{others.quantile(days, 25)}"
        """,
        // A window whose end depends on the rows of another.
        """
        each: dispense as d
        with:
          past: dispense of d.patient within 30d before d.date
          since: dispense of d.patient from past.last(date) where known(days)
        when: past.any() && since.sum(days) > 40
        subject: d.patient
        involved: [past, since]
        say: "{since.sum(days)} days"
        """,
        // No ends, other rows, least and most.
        """
        each: dispense as d
        with:
          others: dispense of d.patient other where known(days) && known(drug)
        when: others.max(days) - others.min(days) > 20 && others.distinct(drug) >= 2
        except: ["others.all(days > 3)"]
        subject: d.patient
        involved: others
        amount: d.paid
        say: "{others.count()}"
        """,
        // Nothing in a window that is still open for a while.
        """
        each: encounter as e
        where: known(e.patient) && date(e.from).getMonth() >= 0
        with:
          follow: dispense of e.patient within 10d after date(e.to)
          any: encounter of e.patient overlapping e other
        when: follow.none() && !any.any(otherwise(class, 'y') == 'x')
        subject: e.patient
        involved: any
        say: "none until {date(e.to)}"
        """,
        // Sums of money, quotients of money, lists of codes.
        """
        each: claim as c
        with:
          bills: claim of c.patient within 20d up to date(c.from) where known(total)
          all: bills.sum(total)
        when: "ratio(c.total, all) < decimal('0.60') || c.diagnoses.exists(x, x.code == '1')"
        subject: c.patient
        involved: bills
        amount: c.total
        say: "{all}"
        """,
        // A point in time on the clock, and a stretch of rows on both sides.
        """
        each: access as a
        with:
          span: duration('36h')
          around: access of a.practitioner between a.at - span and a.at + span other
          first: around.first(at)
        when: around.count(patient == a.patient) > 0 && hours(a.at - first) > 1
        subject: a.practitioner
        involved: around
        say: "{around.count()}"
        """,
        // Quantiles of amounts, decimals and periods, and the currency of an amount.
        """
        each: claim_line as l
        with:
          peers: claim_line of l.patient where known(price) && price.currency == l.price.currency
          any: claim_line of l.code where known(price) && known(units)
          middle: peers.quantile(price, 50)
          dear: ratio(l.price, middle) > decimal('0.9')
        when: "dear || any.quantile(price, 100) > middle && any.quantile(units, 25) < l.units"
        subject: l.patient
        involved: [peers]
        amount: middle
        say: "{middle}, {any.quantile(units, 25)}"
        """,
        """
        each: dispense as d
        with:
          past: dispense of d.patient up to d.date where known(days) && known(date)
          gap: past.quantile(d.date - date, 90)
        when: past.quantile(days, 0) < past.quantile(days, 60) && gap > period(1)
        subject: d.patient
        involved: past
        say: "{past.quantile(days, 60)}"
        """,
        // Texts, ages and conditional values.
        """
        each: patient as p
        with:
          lines: claim_line of p.patient where known(date)
          last: lines.last(date)
          large: lines.count(units > decimal('5'))
          some: "known(p.sex) && p.sex.startsWith('f') ? large : lines.count()"
        when: some > 1 && age(p.birth_date, last) >= 0
        subject: p.patient
        involved: lines
        say: "{last}"
        """,
        // Windows over the rows that are judged, which look at other times than their own.
        """
        each: claim_line as l
        where: known(l.code) && l.line > 1
        with:
          past: claim_line of l.patient within 30d up to l.date where line > 1 && known(code)
        when: past.distinct(practitioner) > 1
        subject: l.patient
        involved: past
        say: "{past.distinct(practitioner)}"
        """,
        """
        each: claim_line as l
        with:
          billed: claim_line[from] of l.patient within 3w before l.date
        when: billed.count() >= 2
        subject: l.patient
        involved: billed
        say: "{billed.count()}"
        """,
        """
        each: encounter as e
        where: known(e.to)
        with:
          stays: encounter of e.patient overlapping e.from to e.to earlier where known(to)
          after: encounter of e.patient within 20d after date(e.to) where known(to)
        when: stays.count() >= 1 || after.count() > 1
        subject: e.patient
        involved: [stays, after]
        say: "{stays.count()} and {after.count()}"
        """,
        """
        each: encounter as e
        where: known(e.to)
        with:
          stays: encounter of e.patient overlapping e.from to e.to other where known(to)
        when: stays.any()
        subject: e.patient
        involved: stays
        say: "{stays.count()}"
        """,
        """
        each: claim_line as l
        with:
          twins: claim_line of l.patient and code = l.code and date = l.date earlier
        when: twins.count() > 0
        subject: l.patient
        involved: twins
        say: "{twins.count()}"
        """,
        // Facts of reasoning rules: nothing of them, values of theirs, circles of them.
        """
        each: dispense as d
        with:
          long: long_supply of d.patient within 20d up to d.date other
          lone: lone_supply of d.patient overlapping d
        when: long.count() >= 1 && lone.none()
        subject: d.patient
        involved: [long, lone]
        say: "{long.sum(left)} of {long.count()}"
        """,
        """
        each: linked_supply as d
        where: known(d.days)
        with:
          chain: linked_supply of d.patient within 60d before d.date where days > d.days
        when: chain.any() || d.days > 20
        except: ["chain.all(known(drug))"]
        subject: d.patient
        involved: chain
        say: "{chain.count()} linked"
        """,
        """
        each: encounter as e
        with:
          known: treated of e.patient and e.practitioner earlier
          others: treated of e.practitioner within 30d around date(e.from) other
        when: known.none() && others.distinct(patient) >= 2
        subject: e.practitioner
        violating: e
        involved: others
        say: "{others.count()}"
        """,
        """
        each: lone_supply as d
        with:
          any: lone_supply of d.prescriber other where rest > d.rest
        when: any.max(rest) > 3
        subject: d.patient
        involved: any
        say: "{d.rest}, {any.max(rest)}"
        """,
        // Facts that stand on rows of several kinds.
        """
        each: dispense as d
        with:
          care: cared of d.patient within 20d before d.date where weight > 1
          all: cared of d.patient other
        when: care.count() >= 2 && all.none(weight > 40) || care.max(weight) > 20
        except: ["all.first(weight) == 7"]
        subject: d.patient
        violating: care
        involved: all
        say: "{all.sum(weight)}, {all.last(date)}, {care.days()}, {all.quantile(weight, 50)}"
        """,
        """
        each: claim_line as l
        with:
          near: cared of l.patient within 9d around l.date
          linked: joined_care of l.patient up to l.date
        when: linked.any(weight > 3) && near.recurring(patient, date, 2) > 0
        subject: l.patient
        involved: [near, linked]
        say: "{near.count()} and {linked.count()}, {linked.sum(twice)}"
        """,
    ]

    static let reasoning: [Derivation] = {
        let names = reasoningTexts.compactMap(RuleReader.reasoningName)
        let reader = RuleReader(schema: .facts(tables: []), reasoning: names)
        return reasoningTexts.compactMap { try? reader.derivation($0, file: "reasoning.yaml") }
    }()

    private static let reasoningTexts = [
        // Three that derive one kind, two of them from rows of one kind.
        """
        derives: cared
        rule: visited
        each: encounter as e
        where: known(e.from)
        with:
          billed: claim_line of e.patient within 3d around e.from
        when: billed.any() || known(e.class)
        gives: {date: date(e.from), weight: billed.count()}
        """,
        """
        derives: cared
        rule: supplied
        each: dispense as d
        when: d.days > 1
        gives: {weight: d.days}
        """,
        """
        derives: cared
        rule: long
        each: long_supply as d
        gives: {weight: d.left + 20}
        """,
        // One that looks at these, and comes back to itself.
        """
        derives: joined_care
        each: cared as c
        with:
          next: cared of c.patient within 5d before c.date
          before: joined_care of c.patient within 9d before c.date
        when: next.any(weight > 1) || before.any()
        gives: {twice: c.weight * 2}
        """,
        """
        derives: long_supply
        each: dispense as d
        where: d.days > 3
        with:
          next: dispense of d.patient within 10d after d.date where known(drug) && drug == d.drug
        when: next.none()
        gives: {left: d.days - 3}
        """,
        // What no other supply that is long stands beside.
        """
        derives: lone_supply
        each: dispense as d
        with:
          beside: long_supply of d.patient overlapping d other
        when: beside.none() && known(d.days)
        gives:
          rest: d.days + beside.count(left > 2)
        """,
        // A supply that follows a long one, or one that is linked.
        """
        derives: linked_supply
        each: dispense as d
        with:
          first: long_supply of d.patient within 15d before d.date
          before: linked_supply of d.patient within 15d before d.date where known(days)
          told: linked_visit of d.patient before d.date
        when: first.any() || before.any(days > 1) || told.any()
        """,
        // Two reasoning rules in a circle.
        """
        derives: linked_visit
        each: encounter as e
        with:
          supply: linked_supply of e.patient within 10d up to date(e.from)
        when: supply.any() && known(e.class)
        """,
        // Facts of another's, and a predicate's worth of conditions.
        """
        derives: treated
        each: linked_visit as e
        where: known(e.practitioner)
        with:
          tied: relationship of e.patient and e.practitioner overlapping e
        when: tied.none(otherwise(type, 'x') == 'x')
        """,
    ]
}
