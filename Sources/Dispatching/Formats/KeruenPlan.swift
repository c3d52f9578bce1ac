import World

/// Plans for problems of our own format: names, times and costs.
struct KeruenPlan {
    let problem: DispatchProblem
    let names: KeruenNames

    private static let stopMembers = ["do", "shipment", "station", "place", "arrive", "start", "leave"]
    private static let routeMembers = ["vehicle", "begin", "end", "km", "cost", "stops"]

    func read(_ document: JSONDocument.Node, _ fields: inout JSONFields) throws(DataError) -> PlanFile {
        let object = try fields.object(document, "the plan")
        let time = KeruenTime(zero: names.zero)
        var plan = DispatchPlan()
        for (r, node) in try object.array("routes").enumerated() {
            let route = try fields.object(node, "routes[\(r)]")
            try route.allow(Self.routeMembers)
            var made = DispatchPlan.Route(vehicle: try named(route, "vehicle", names.vehicles), stops: [])
            made.startMilliseconds = try moment(route, "begin", time)
            made.endMilliseconds = try moment(route, "end", time)
            for (i, node) in try route.array("stops").enumerated() {
                let stop = try fields.object(node, "routes[\(r)].stops[\(i)]")
                try stop.allow(Self.stopMembers)
                guard let action = DispatchPlan.Stop.Action(rawValue: try stop.text("do") ?? "") else {
                    throw fields.error(node, stop.path("do"), "is none of pickup, delivery, energy")
                }
                let index =
                    action == .energy
                    ? try named(stop, "station", names.stations)
                    : try named(stop, "shipment", names.shipments)
                made.stops.append(
                    DispatchPlan.Stop(
                        action, index, arrivalMilliseconds: try moment(stop, "arrive", time),
                        startMilliseconds: try moment(stop, "start", time),
                        departureMilliseconds: try moment(stop, "leave", time)))
            }
            plan.routes.append(made)
        }
        for (i, node) in try object.list("unserved").enumerated() {
            let name = try fields.text(node, "unserved[\(i)]")
            guard let index = names.shipments.index(name) else {
                throw fields.error(node, "unserved[\(i)]", "\"\(name)\" is no shipment of the problem")
            }
            plan.unserved.append(index)
        }
        plan.unserved.sort()
        var file = PlanFile(plan: plan)
        file.statedVehicles = try object.integer("vehicles", in: 0...Int(Int32.max))
        file.statedDistance = try object.number("km", in: 0...1e15)
        return file
    }

    /// 0 when it is left out, as in a plan without times.
    private func moment(_ object: JSONObject, _ name: String, _ time: KeruenTime) throws(DataError) -> Int64 {
        guard let node = object[name] else { return 0 }
        return try time.milliseconds(node, object.fields, object.path(name))
    }

    private func named(_ object: JSONObject, _ member: String, _ table: NameTable) throws(DataError) -> Int {
        guard let name = try object.text(member) else { throw object.missing(member) }
        guard let index = table.index(name) else {
            throw object.fields.error(
                object.node, object.path(member), "\"\(name)\" is not in the problem")
        }
        return index
    }

    /// With the times the checker has, which are the plan's own where it states any.
    func text(_ plan: DispatchPlan, _ verdict: PlanVerdict) -> String {
        let time = KeruenTime(zero: names.zero)
        var text = "{\"routes\": ["
        for (r, route) in plan.routes.enumerated() where verdict.timetables.indices.contains(r) {
            let table = verdict.timetables[r]
            text += text.hasSuffix("[") ? "\n" : ",\n"
            text += "  {\"vehicle\": \(JSONText.quoted(problem.vehicles[route.vehicle].name)), "
            text += "\"begin\": \(time.text(table.begin)), \"end\": \(time.text(table.end)), "
            text +=
                "\"km\": \(Double(table.millimeters) / 1e6), \"cost\": \(Double(table.cost) / 1e6), \"stops\": ["
            for (i, stop) in route.stops.enumerated() where table.stops.indices.contains(i) {
                let times = table.stops[i]
                text += (i == 0 ? "\n    " : ",\n    ") + "{\"do\": \"\(stop.action.rawValue)\", "
                text += named(stop)
                text += "\"arrive\": \(time.text(times.arrival)), \"start\": \(time.text(times.start)), "
                text += "\"leave\": \(time.text(times.departure))}"
            }
            text += "]}"
        }
        let totals = verdict.totals
        text += "\n],\n \"unserved\": ["
        text += plan.unserved.map { JSONText.quoted(problem.shipments[$0].name) }.joined(separator: ", ")
        text += "],\n \"vehicles\": \(totals.vehicles), \"km\": \(Double(totals.millimeters) / 1e6), "
        text += "\"cost\": \(Double(totals.cost) / 1e6), "
        text += "\"late_minutes\": \(Double(totals.lateMilliseconds) / 60_000), "
        return text + "\"refusal_cost\": \(Double(totals.refusalCost) / 1e6)}\n"
    }

    private func named(_ stop: DispatchPlan.Stop) -> String {
        switch stop.action {
        case .energy:
            let station = problem.stations[stop.index]
            return "\"station\": \(JSONText.quoted(station.name)), \"place\": \(place(station.location)), "
        case .pickup, .delivery:
            let shipment = problem.shipments[stop.index]
            let visit = stop.action == .pickup ? shipment.pickup : shipment.delivery
            let name = "\"shipment\": \(JSONText.quoted(shipment.name)), "
            return name + (visit.map { "\"place\": \(place($0.location)), " } ?? "")
        }
    }

    private func place(_ location: Int) -> String { JSONText.quoted(names.places.all[location]) }
}

enum JSONText {
    /// In quotes, with what RFC 8259 wants escaped.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            default:
                if scalar.value < 32 {
                    let digits = String(scalar.value, radix: 16)
                    quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    quoted.unicodeScalars.append(scalar)
                }
            }
        }
        return quoted + "\""
    }
}
