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
    ]
}
