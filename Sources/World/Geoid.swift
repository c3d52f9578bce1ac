/// Height of mean sea level above the WGS84 ellipsoid (the undulation N), from a grid: h = H + N.
///
/// Interpolated by polynomials of degree 5 through six by six points. On the 15' grid of EGM96 that gives the published
/// values of the full model within 3 mm, where bilinear interpolation is up to 40 cm off in Kazakhstan. The model itself
/// is within a metre of the levelled heights of a country, more in mountains.
public struct Geoid: Sendable {
    /// Degrees of the first point, the south-western one, and between points.
    private let south: Double
    private let west: Double
    private let stepNorth: Double
    private let stepEast: Double
    private let rows: Int
    private let columns: Int
    /// Metres, row by row from the south.
    private let undulation: [Float]

    /// Largest file read; the whole world at 15' has 4.2 MB.
    static let maximumBytes = 8_000_000

    /// Metres of the geoid above the ellipsoid; nil outside the grid and within two steps of its border.
    public func undulationMeters(at coordinate: Coordinate) -> Double? {
        let y = (coordinate.latitudeDegrees - south) / stepNorth
        let x = (coordinate.longitudeDegrees - west) / stepEast
        guard y >= 2, x >= 2, y < Double(rows - 3), x < Double(columns - 3) else { return nil }
        let (row, column) = (Int(y), Int(x))
        let across = Self.weights(x - Double(column))
        let along = Self.weights(y - Double(row))
        var sum = 0.0
        undulation.withUnsafeBufferPointer { grid in
            for k in 0..<6 {
                let start = (row + k - 2) * columns + column - 2
                var line = 0.0
                for l in 0..<6 { line += across[l] * Double(grid[start + l]) }
                sum += along[k] * line
            }
        }
        return sum
    }

    /// Lagrange's weights of six points at -2 ... 3 for a point between 0 and 1; 0 in the last two lanes.
    private static func weights(_ t: Double) -> SIMD8<Double> {
        let (a, b, c, d, e, f) = (t + 2, t + 1, t, t - 1, t - 2, t - 3)
        return SIMD8(
            -b * c * d * e * f / 120, a * c * d * e * f / 24, -a * b * d * e * f / 12,
            a * b * c * e * f / 12, -a * b * c * d * f / 24, a * b * c * d * e / 120, 0, 0)
    }

    /// The altitude above mean sea level of a height above the ellipsoid; nil where the grid does not reach, or when it
    /// does not fit.
    public func meanSeaLevel(
        _ height: Altitude<Ellipsoid>, at coordinate: Coordinate
    ) -> Altitude<MeanSeaLevel>? {
        offset(height.millimeters, -1, at: coordinate).map { Altitude(millimeters: $0) }
    }

    /// The height above the ellipsoid of an altitude above mean sea level; nil as above.
    public func ellipsoid(
        _ altitude: Altitude<MeanSeaLevel>, at coordinate: Coordinate
    ) -> Altitude<Ellipsoid>? {
        offset(altitude.millimeters, 1, at: coordinate).map { Altitude(millimeters: $0) }
    }

    private func offset(_ millimeters: Int32, _ sign: Double, at coordinate: Coordinate) -> Int32? {
        guard let meters = undulationMeters(at: coordinate) else { return nil }
        return Int32(exactly: Double(millimeters) + (sign * meters * 1000).rounded())
    }

    /// From a NOAA GTX grid: latitude and longitude of the south-western point, the two steps (big-endian doubles,
    /// degrees), rows, columns (big-endian 32-bit integers), then rows of big-endian floats from the south, metres.
    init(file: String, gtx bytes: [UInt8]) throws {
        func refuse(_ problem: String) -> DataError { DataError(file: file, problem: problem) }
        guard bytes.count >= 40, bytes.count <= Self.maximumBytes else {
            throw refuse("is no GTX grid: \(bytes.count) bytes, expected 40 to \(Self.maximumBytes)")
        }
        func word32(_ offset: Int) -> UInt32 {
            bytes.withUnsafeBytes {
                UInt32(bigEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            }
        }
        func double(_ offset: Int) -> Double {
            Double(bitPattern: UInt64(word32(offset)) << 32 | UInt64(word32(offset + 4)))
        }
        (south, west, stepNorth, stepEast) = (double(0), double(8), double(16), double(24))
        (rows, columns) = (Int(word32(32)), Int(word32(36)))
        guard (-90...90).contains(south), (-180...360).contains(west), (0.001...10).contains(stepNorth),
            (0.001...10).contains(stepEast), (6...100_000).contains(rows), (6...100_000).contains(columns)
        else { throw refuse("is no GTX grid: its first 40 bytes make no sense") }
        guard bytes.count == 40 + 4 * rows * columns else {
            throw refuse("has \(bytes.count) bytes where \(rows) x \(columns) points need a different number")
        }
        undulation = bytes.withUnsafeBytes { raw in
            stride(from: 40, to: raw.count, by: 4).map {
                Float(bitPattern: UInt32(bigEndian: raw.loadUnaligned(fromByteOffset: $0, as: UInt32.self)))
            }
        }
        // The geoid stays within -107 and 86 m of the ellipsoid; -88.8888 marks a missing value.
        guard undulation.allSatisfy({ (-120...100).contains($0) && $0 != -88.8888 }) else {
            throw refuse("holds a value that is missing or no undulation in metres")
        }
    }
}
