extension RegionTables.AgeBand {
    init(_ row: TextTable.Row) throws(SynthesisError) {
        from = try row.number("from")
        to = try row.number("to")
        male = try row.number("male")
        female = try row.number("female")
        guard from <= to else { throw row.failure("to", "it must not be less than 'from'") }
    }
}

extension RegionTables.FacilityKind {
    init(_ row: TextTable.Row) throws(SynthesisError) {
        let kind = try row.text("kind")
        guard kind == "hospital" || kind == "pharmacy" else {
            throw row.failure("kind", "'\(kind)' is neither 'hospital' nor 'pharmacy'")
        }
        isPharmacy = kind == "pharmacy"
        tier = try row.number("tier")
        guard isPharmacy || (1...4).contains(tier) else {
            throw row.failure("tier", "a hospital has a tier from 1 to 4")
        }
        residents = max(try row.number("residents"), 1)
        least = max(try row.number("least"), 1)
        residentsPerDoctor = max(try row.number("residents_per_doctor"), 1)
        doctorsLeast = max(try row.number("doctors_least"), 1)
        nurses = try row.number("nurses")
        institution = try row.text("institution")
        share = try row.number("share")
        departments = try row.words("departments")
        guard !departments.isEmpty else {
            throw row.failure("departments", "there must be one or more")
        }
    }
}

extension RegionTables.Plan {
    init(_ row: TextTable.Row) throws(SynthesisError) {
        name = try row.text("plan")
        payer = try row.text("payer")
        perMille = try row.number("per_mille")
        var rates: [Int] = []
        for tier in 1...4 { rates.append(try row.number("rate\(tier)")) }
        self.rates = rates
        cap = try row.number("cap")
    }
}

extension RegionTables.Drug {
    init(_ row: TextTable.Row) throws(SynthesisError) {
        code = try row.text("drug")
        drugClass = try row.text("class")
        strength = try row.number("strength")
        unit = try row.text("unit")
        perDay = max(try row.number("per_day"), 1)
        price = try row.number("price")
    }
}

extension RegionTables.Service {
    init(_ row: TextTable.Row) throws(SynthesisError) {
        name = try row.text("service")
        code = try row.text("code")
        kind = try row.text("kind")
        var prices: [Int] = []
        for tier in 1...4 { prices.append(try row.number("price\(tier)")) }
        self.prices = prices
        minutes = try row.number("minutes")
    }
}

extension RegionTables.Condition {
    init(
        _ row: TextTable.Row, drugs: [String], services: [String]
    ) throws(SynthesisError) {
        code = try row.text("code")
        fromAge = try row.number("from_age")
        perMille = try row.number("per_mille")
        everyDays = max(try row.number("every_days"), 1)
        department = try row.text("department")
        tier = try row.number("tier")
        drug = try row.place("drug", in: drugs)
        days = try row.number("days")
        test = try row.place("test", in: services)
        guard let care = RegionTables.Care(rawValue: try row.text("care")) else {
            throw row.failure("care", "one of visit, cycle, dialysis and hospice is right")
        }
        self.care = care
    }
}

extension RegionTables.Illness {
    init(
        _ row: TextTable.Row, drugs: [String], services: [String]
    ) throws(SynthesisError) {
        code = try row.text("code")
        perMille = try row.number("per_mille")
        from = try row.number("from")
        to = try row.number("to")
        sex = try row.text("sex")
        var seasons: [Int] = []
        for season in ["winter", "spring", "summer", "autumn"] {
            seasons.append(try row.number(season))
        }
        self.seasons = seasons
        guard let visitClass = VisitClass(rawValue: try row.text("class")) else {
            throw row.failure("class", "one of AMB, EMER and IMP is right")
        }
        self.visitClass = visitClass
        department = try row.text("department")
        tier = try row.number("tier")
        stay = try row.number("stay")
        guard let service = try row.place("service", in: services) else {
            throw row.failure("service", "a service is needed")
        }
        self.service = service
        test = try row.place("test", in: services)
        drug = try row.place("drug", in: drugs)
        days = try row.number("days")
        most = try row.number("most")
    }
}
