extension ControlResponse: Codable {
    private struct Submitted: Codable { var orders: [SubmittedOrder] }
    private struct Done: Codable { var message: String }

    public init(from decoder: any Decoder) throws {
        let (name, top) = try decoder.onlyMember("an answer")
        func value<T: Decodable>(_ type: T.Type = T.self) throws -> T {
            try top.value(MemberName(stringValue: name))
        }
        switch name {
        case "status": self = .status(try value())
        case "vehicles": self = .vehicles(try value())
        case "vehicle": self = .vehicle(try value())
        case "orders": self = .orders(try value())
        case "order": self = .order(try value())
        case "missions": self = .missions(try value())
        case "mission": self = .mission(try value())
        case "submitted": self = .submitted(try value(Submitted.self).orders)
        case "surveyed": self = .surveyed(try value())
        case "near": self = .near(try value())
        case "done": self = .done(try value(Done.self).message)
        case "problem": self = .problem(try value())
        default: throw top.fault(MemberName(stringValue: name), "there is no such answer")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var top = encoder.container(keyedBy: MemberName.self)
        switch self {
        case .status(let status): try top.encode(status, forKey: "status")
        case .vehicles(let page): try top.encode(page, forKey: "vehicles")
        case .vehicle(let vehicle): try top.encode(vehicle, forKey: "vehicle")
        case .orders(let page): try top.encode(page, forKey: "orders")
        case .order(let order): try top.encode(order, forKey: "order")
        case .missions(let page): try top.encode(page, forKey: "missions")
        case .mission(let mission): try top.encode(mission, forKey: "mission")
        case .submitted(let orders): try top.encode(Submitted(orders: orders), forKey: "submitted")
        case .surveyed(let receipt): try top.encode(receipt, forKey: "surveyed")
        case .near(let near): try top.encode(near, forKey: "near")
        case .done(let message): try top.encode(Done(message: message), forKey: "done")
        case .problem(let problem): try top.encode(problem, forKey: "problem")
        }
    }
}
