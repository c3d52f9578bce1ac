import World

// Numbers as an operator reads them, without Foundation.

/// "26,000".
func grouped(_ n: UInt64) -> String {
    let digits = Array(String(n))
    var text = ""
    for (i, digit) in digits.enumerated() {
        if i > 0, (digits.count - i).isMultiple(of: 3) { text.append(",") }
        text.append(digit)
    }
    return text
}

/// One decimal below ten, none above: "3.2", "41".
private func short(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "?" }
    if abs(value) >= 10 { return grouped(UInt64(abs(value).rounded())) }
    let tenths = Int((abs(value) * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
}

/// "26,000 kg", "1.2 kg", "800 g".
func mass(_ grams: UInt32) -> String {
    grams < 1000 ? "\(grams) g" : short(Double(grams) / 1000) + " kg"
}

/// "41 km", "3.2 km", "850 m".
func distance(_ meters: Double) -> String {
    abs(meters) < 1000 ? short(meters.rounded()) + " m" : short(meters / 1000) + " km"
}

/// "62 %".
func percent(_ share: Double) -> String { short((share * 100).rounded()) + " %" }

/// "45 s", "12 min", "3.5 h".
func duration(_ seconds: Double) -> String {
    if abs(seconds) < 90 { return short(seconds.rounded()) + " s" }
    if abs(seconds) < 5400 { return short((seconds / 60).rounded()) + " min" }
    return short(seconds / 3600) + " h"
}

/// "14:32 UTC".
func clock(_ at: Instant) -> String {
    let minutes = at.nanoseconds / 60_000_000_000
    let ofDay = ((minutes % 1440) + 1440) % 1440
    let (h, m) = (ofDay / 60, ofDay % 60)
    return (h < 10 ? "0\(h)" : "\(h)") + ":" + (m < 10 ? "0\(m)" : "\(m)") + " UTC"
}

/// "1 truck", "3 trucks".
func count(_ n: Int, _ noun: String) -> String {
    grouped(UInt64(max(n, 0))) + " " + noun + (n == 1 ? "" : "s")
}
