import ArgumentParser
import Station
import World

/// An order by its number, or by company and key as `CR01/K-1`.
enum OrderSelector: ExpressibleByArgument {
    case number(OrderID)
    case key(company: String, key: String)

    init?(argument: String) {
        if let number = UInt64(argument), number > 0 {
            self = .number(OrderID(number))
            return
        }
        guard let slash = argument.firstIndex(of: "/") else { return nil }
        let (company, key) = (argument[..<slash], argument[slash...].dropFirst())
        guard [company, key].allSatisfy({ (1...ControlLimits.textMax).contains($0.utf8.count) }) else {
            return nil
        }
        self = .key(company: String(company), key: String(key))
    }

    var request: ControlRequest {
        switch self {
        case .number(let id): .order(id: id)
        case .key(let company, let key): .orderOfKey(company: company, key: key)
        }
    }
}
