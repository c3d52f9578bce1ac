import Foundation
import Station
import World

// Numbers and times as operators read them.

/// "0.3 s", "45 s", "12 min", "3.5 h", "4 d".
func wording(seconds: Double) -> String {
    switch abs(seconds) {
    case ..<10: fixed(seconds, 1) + " s"
    case ..<90: fixed(seconds, 0) + " s"
    case ..<5400: fixed(seconds / 60, 0) + " min"
    case ..<172_800: fixed(seconds / 3600, 1) + " h"
    default: fixed(seconds / 86400, 0) + " d"
    }
}

/// With a fixed number of decimals and no sign on zero.
func fixed(_ value: Double, _ decimals: Int) -> String {
    let text = String(format: "%.\(decimals)f", value)
    return text.hasPrefix("-") && !text.contains { ("1"..."9").contains($0) }
        ? String(text.dropFirst()) : text
}

/// "1.2", "0.35", "26000": no more decimals than there are.
func kilograms(_ grams: UInt32) -> String {
    let (whole, rest) = grams.quotientAndRemainder(dividingBy: 1000)
    guard rest > 0 else { return "\(whole)" }
    var decimals = String(rest + 1000).dropFirst()
    while decimals.last == "0" { decimals.removeLast() }
    return "\(whole).\(decimals)"
}

/// "43.25250,76.91150".
func wording(_ point: PointView) -> String {
    fixed(point.latitudeDegrees, 5) + "," + fixed(point.longitudeDegrees, 5)
}

/// "2026-11-25T09:40:00Z": to the second, as people read it.
func wording(_ time: Timestamp) -> String {
    let second: Int64 = 1_000_000_000
    let ns = time.instant.nanoseconds
    return Instant(nanoseconds: ns - ((ns % second) + second) % second).description
}

/// "2026-11-25T09:40:00Z (3 min ago)".
func wording(_ time: Timestamp?, at now: Timestamp) -> String? {
    guard let time else { return nil }
    let age = now.instant.seconds(since: time.instant)
    return wording(time) + " (" + (age < 0 ? "in " + wording(seconds: -age) : wording(seconds: age) + " ago")
        + ")"
}

/// "120 delivered, 20 carried": in the order of `names`, then the others; none of zero.
func wording(_ counts: [String: Int], order names: [String]) -> String {
    let others = counts.keys.filter { !names.contains($0) }.sorted()
    let parts = (names + others).compactMap { name in
        counts[name].flatMap { $0 > 0 ? "\($0) \(name)" : nil }
    }
    return parts.joined(separator: ", ")
}
