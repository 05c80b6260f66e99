internal import Records

/// What the input says of an organisation: what an assignment goes by.
struct Organization: Equatable {
    let id: String
    var identifiers: [String] = []
    var name: String?
    var type: Code?
    var city: String?
    var state: String?

    init(id: String) {
        self.id = id
    }

    init(_ resource: JSONValue, id: String) throws(ElementError) {
        self.id = id
        for identifier in try resource.objects("identifier") {
            if let text = try Reference.identifier(identifier) { identifiers.append(text) }
        }
        name = try resource.text("name")
        type = try resource.objects("type").first?.concept()
        let address = try resource.objects("address").first
        city = try address?.text("city")
        state = try address?.text("state")
    }
}
