import Foundation

/// Why a file of starting states cannot be used.
public struct FlowStatesProblem: Error, CustomStringConvertible {
    public var description: String
}

extension FlowWorld {
    /// At most this many drones, and this many metres and metres a second.
    public static let mostDrones = 200_000
    static let farthestMeters = 1e6
    static let highestMeters = 2e4
    static let fastestMetersPerSecond = 25.0

    /// Reads `id,x,y,z,pref_vx,pref_vy`, with that header, columns in any order, others passed over.
    public init(csv text: Substring, file: String) throws(FlowStatesProblem) {
        self.init()
        var columns: [Int] = []
        var names = Set<Substring>()
        var line = 0
        for row in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            line += 1
            let fields = row.split(separator: ",", omittingEmptySubsequences: false).map {
                Substring($0.trimmingCharacters(in: .whitespaces))
            }
            if row.allSatisfy(\.isWhitespace) { continue }
            if columns.isEmpty {
                for name in ["id", "x", "y", "z", "pref_vx", "pref_vy"] {
                    let places = fields.indices.filter { fields[$0] == name }
                    guard let place = places.first, places.count == 1 else {
                        throw FlowStatesProblem(
                            description:
                                "\(file):\(line): column \(name) is \(places.isEmpty ? "missing" : "there twice"); "
                                + "the header is id,x,y,z,pref_vx,pref_vy")
                    }
                    columns.append(place)
                }
                continue
            }
            func number(_ column: Int, _ name: String, _ most: Double) throws(FlowStatesProblem) -> Double {
                guard columns[column] < fields.count else {
                    throw FlowStatesProblem(description: "\(file):\(line): column \(name) is missing")
                }
                guard let value = Double(fields[columns[column]]), value.isFinite, abs(value) <= most else {
                    throw FlowStatesProblem(
                        description:
                            "\(file):\(line):\(columns[column] + 1): \(name) is not a number of at most \(most)"
                    )
                }
                return value
            }
            guard columns[0] < fields.count, !fields[columns[0]].isEmpty,
                names.insert(fields[columns[0]]).inserted
            else {
                throw FlowStatesProblem(description: "\(file):\(line): the id is empty or was there before")
            }
            let x = try number(1, "x", Self.farthestMeters)
            let y = try number(2, "y", Self.farthestMeters)
            let z = try number(3, "z", Self.highestMeters)
            let vx = try number(4, "pref_vx", Self.fastestMetersPerSecond)
            let vy = try number(5, "pref_vy", Self.fastestMetersPerSecond)
            guard vx * vx + vy * vy <= Self.fastestMetersPerSecond * Self.fastestMetersPerSecond else {
                throw FlowStatesProblem(description: "\(file):\(line): wanted speed above 25 m/s")
            }
            guard count < Self.mostDrones else {
                throw FlowStatesProblem(description: "\(file):\(line): more than \(Self.mostDrones) drones")
            }
            append(x: x, y: y, z: z, wantedX: vx, wantedY: vy)
        }
        guard count > 0 else { throw FlowStatesProblem(description: "\(file): no drones in it") }
    }

    /// The same world as such a file, all digits.
    public var csv: String {
        var text = "id,x,y,z,pref_vx,pref_vy\n"
        for i in 0..<count { text += "\(i + 1),\(x[i]),\(y[i]),\(z[i]),\(wantedX[i]),\(wantedY[i])\n" }
        return text
    }
}
