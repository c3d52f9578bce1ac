/// As many multiplications and additions as the machine does in registers: `rounds` times 80 vectors of eight, the
/// sum of which is returned so that nobody removes them. For the benchmarks' machine limit.
public func multiplyAndAdd(rounds: Int, factor: Float) -> Float {
    let scale = Eight(repeating: factor)
    var (a, b, c, d, e) = (scale, scale + 1, scale + 2, scale + 3, scale + 4)
    var (f, g, h, i, j) = (scale + 5, scale + 6, scale + 7, scale + 8, scale + 9)
    var k = 0
    while k < rounds {
        var m = 0
        while m < 4 {
            a = a * scale + scale
            b = b * scale + scale
            c = c * scale + scale
            d = d * scale + scale
            e = e * scale + scale
            f = f * scale + scale
            g = g * scale + scale
            h = h * scale + scale
            i = i * scale + scale
            j = j * scale + scale
            m &+= 1
        }
        k &+= 1
    }
    let sum = a + b + c + d + e + f + g + h + i + j
    return sum.sum()
}
