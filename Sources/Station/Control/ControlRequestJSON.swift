import Controller
import World

extension ControlRequest: Codable {
    public init(from decoder: any Decoder) throws {
        let (name, top) = try decoder.onlyMember("a request")
        func members(_ known: String...) throws -> Members {
            try top.object(MemberName(stringValue: name), Set(known))
        }
        switch name {
        case "status":
            _ = try members()
            self = .status
        case "vehicles":
            self = .vehicles(
                try VehicleFilter(members("company", "kind", "mode", "link", "isGrounded", "after", "limit")))
        case "vehicle": self = .vehicle(selector: try members("selector").text("selector"))
        case "orders":
            self = .orders(try OrderFilter(members("state", "company", "isLate", "after", "limit")))
        case "order": self = .order(id: try members("id").value("id"))
        case "orderOfKey":
            let m = try members("company", "key")
            self = .orderOfKey(company: try m.text("company"), key: try m.text("key"))
        case "submitOrders":
            let m = try members("orders")
            let orders: [OrderRequest] = try m.value("orders")
            guard orders.count <= ControlLimits.ordersPerRequest else {
                throw m.fault(
                    "orders", "\(orders.count) orders; send at most \(ControlLimits.ordersPerRequest) at once"
                )
            }
            self = .submitOrders(orders)
        case "cancelOrder":
            let m = try members("id", "by")
            self = .cancelOrder(id: try m.value("id"), by: try m.text("by"))
        case "missions":
            self = .missions(try MissionFilter(members("state", "vehicle", "isOpen", "after", "limit")))
        case "mission": self = .mission(id: try members("id").value("id"))
        case "operatorAction":
            let m = try members("action", "vehicle", "by")
            self = .operatorAction(
                try m.word("action"), vehicle: try m.value("vehicle"), by: try m.text("by"))
        case "missionAction":
            let m = try members("action", "mission", "by")
            self = .missionAction(try m.word("action"), mission: try m.value("mission"), by: try m.text("by"))
        case "surveillance":
            let m = try members("contacts")
            let contacts: [ReportedContact] = try m.value("contacts")
            guard contacts.count <= ControlLimits.contactsPerRequest else {
                throw m.fault(
                    "contacts",
                    "\(contacts.count) contacts; send at most \(ControlLimits.contactsPerRequest) at once")
            }
            self = .surveillance(contacts)
        case "near": self = .near(selector: try members("selector").text("selector"))
        case "revokeKey": self = .revokeKey(vehicle: try members("vehicle").value("vehicle"))
        case "reloadKeys":
            _ = try members()
            self = .reloadKeys
        case "shutdown":
            _ = try members()
            self = .shutdown
        default: throw top.fault(MemberName(stringValue: name), "there is no such request")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var top = encoder.container(keyedBy: MemberName.self)
        func members(_ name: MemberName) -> KeyedEncodingContainer<MemberName> {
            top.nestedContainer(keyedBy: MemberName.self, forKey: name)
        }
        switch self {
        case .status: _ = members("status")
        case .vehicles(let filter):
            var m = members("vehicles")
            try filter.encode(to: &m)
        case .vehicle(let selector):
            var m = members("vehicle")
            try m.encode(selector, forKey: "selector")
        case .orders(let filter):
            var m = members("orders")
            try filter.encode(to: &m)
        case .order(let id):
            var m = members("order")
            try m.encode(id, forKey: "id")
        case .orderOfKey(let company, let key):
            var m = members("orderOfKey")
            try m.encode(company, forKey: "company")
            try m.encode(key, forKey: "key")
        case .submitOrders(let orders):
            var m = members("submitOrders")
            try m.encode(orders, forKey: "orders")
        case .cancelOrder(let id, let by):
            var m = members("cancelOrder")
            try m.encode(id, forKey: "id")
            try m.encode(by, forKey: "by")
        case .missions(let filter):
            var m = members("missions")
            try filter.encode(to: &m)
        case .mission(let id):
            var m = members("mission")
            try m.encode(id, forKey: "id")
        case .operatorAction(let action, let vehicle, let by):
            var m = members("operatorAction")
            try m.encode(action, forKey: "action")
            try m.encode(vehicle, forKey: "vehicle")
            try m.encode(by, forKey: "by")
        case .missionAction(let action, let mission, let by):
            var m = members("missionAction")
            try m.encode(action, forKey: "action")
            try m.encode(mission, forKey: "mission")
            try m.encode(by, forKey: "by")
        case .surveillance(let contacts):
            var m = members("surveillance")
            try m.encode(contacts, forKey: "contacts")
        case .near(let selector):
            var m = members("near")
            try m.encode(selector, forKey: "selector")
        case .revokeKey(let vehicle):
            var m = members("revokeKey")
            try m.encode(vehicle, forKey: "vehicle")
        case .reloadKeys: _ = members("reloadKeys")
        case .shutdown: _ = members("shutdown")
        }
    }
}

extension VehicleFilter {
    init(_ members: Members) throws {
        var mode: VehicleMode?
        if let name: String = try members.optional("mode") {
            mode = VehicleMode(name: name)
            if mode == nil {
                let names = VehicleMode.all.map { "\($0)" }.joined(separator: ", ")
                throw members.fault("mode", "it is none of \(names)")
            }
        }
        self.init(
            company: try members.optional("company"), kind: try members.optionalWord("kind"), mode: mode,
            link: try members.optionalWord("link"), isGrounded: try members.optional("isGrounded"),
            page: try members.page())
    }

    func encode(to members: inout KeyedEncodingContainer<MemberName>) throws {
        try members.encodeIfPresent(company, forKey: "company")
        try members.encodeIfPresent(kind, forKey: "kind")
        try members.encodeIfPresent(mode.map { "\($0)" }, forKey: "mode")
        try members.encodeIfPresent(link, forKey: "link")
        try members.encodeIfPresent(isGrounded, forKey: "isGrounded")
        try members.page(page)
    }
}

extension OrderFilter {
    init(_ members: Members) throws {
        self.init(
            state: try members.optionalWord("state"), company: try members.optional("company"),
            isLate: try members.optional("isLate"), page: try members.page())
    }

    func encode(to members: inout KeyedEncodingContainer<MemberName>) throws {
        try members.encodeIfPresent(state, forKey: "state")
        try members.encodeIfPresent(company, forKey: "company")
        try members.encodeIfPresent(isLate, forKey: "isLate")
        try members.page(page)
    }
}

extension MissionFilter {
    init(_ members: Members) throws {
        self.init(
            state: try members.optionalWord("state"), vehicle: try members.optional("vehicle"),
            isOpen: try members.optional("isOpen"), page: try members.page())
    }

    func encode(to members: inout KeyedEncodingContainer<MemberName>) throws {
        try members.encodeIfPresent(state, forKey: "state")
        try members.encodeIfPresent(vehicle, forKey: "vehicle")
        try members.encodeIfPresent(isOpen, forKey: "isOpen")
        try members.page(page)
    }
}
