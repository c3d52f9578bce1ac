import Foundation
import Traffic
import World

/// Who a row is about. Integers sort as numbers; as soon as one name of a file is no 64-bit integer, all sort as
/// text, byte by byte.
enum StateNames {
    case numbers([Int64])
    case texts([String])

    subscript(index: Int) -> String {
        switch self {
        case .numbers(let all): String(all[index])
        case .texts(let all): all[index]
        }
    }
}

/// A CSV file of moving bodies, sorted by name: `id,x,y,z,vx,vy,vz` or `id,lat,lon,alt_m,vx,vy,vz` in any order;
/// further columns are ignored.
struct StateFile {
    static let local = ["id", "x", "y", "z", "vx", "vy", "vz"]
    static let geodetic = ["id", "lat", "lon", "alt_m", "vx", "vy", "vz"]

    private(set) var names = StateNames.numbers([])
    /// By name. For a file in degrees `x` and `y` are longitude and latitude, in degrees.
    private(set) var motions: [Motion] = []
    private(set) var isGeodetic = false

    /// - Parameter path: `-` is standard input.
    init(path: String) throws {
        let data = try DataFile(path: path)
        let file = data.name
        // The number parser stops at a zero behind the last digit.
        let bytes = data.bytes + [0]
        var rows = StateRows(file: file)
        try bytes.withUnsafeBufferPointer { try rows.parse($0) }
        isGeodetic = rows.isGeodetic
        try sort(rows, file)
    }

    private mutating func sort(_ rows: StateRows, _ file: String) throws {
        var order = Array(rows.motions.indices)
        let numbers = rows.names.compactMap { Int64($0) }
        if numbers.count == rows.names.count {
            order.sort { numbers[$0] < numbers[$1] }
            for (a, b) in zip(order, order.dropFirst()) where numbers[a] == numbers[b] {
                throw rows.repeated(a, b)
            }
            names = .numbers(order.map { numbers[$0] })
        } else {
            order.sort { rows.names[$0].utf8.lexicographicallyPrecedes(rows.names[$1].utf8) }
            for (a, b) in zip(order, order.dropFirst()) where rows.names[a] == rows.names[b] {
                throw rows.repeated(a, b)
            }
            names = .texts(order.map { rows.names[$0] })
        }
        motions = order.map { rows.motions[$0] }
    }
}
