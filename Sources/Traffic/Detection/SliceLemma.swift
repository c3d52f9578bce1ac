/// Why looking at bodies only at the middle of a few slices of time misses nothing.
///
/// **Lemma 1 (reach).** Let two bodies move at constant velocities for t in [m - h, m + h + L]. If they are
/// closer than D horizontally at some time of it, then at m they are closer than D + (|v1| + |v2|) (h + L).
/// *Proof.* The distance changes at most as fast as |v1 - v2| <= |v1| + |v2|.
///
/// **Lemma 2 (well clear).** If at time t a pair is horizontally in violation of a well-clear volume with DTHR,
/// TTHR (any of the three time variables), then it is within DTHR horizontally at some time of [t, t + TTHR];
/// likewise vertically within ZTHR at some time of [t, t + TCOA].
/// *Proof.* In violation means within DTHR at t, or dcpa <= DTHR and 0 <= tvar <= TTHR. In the second case the
/// pair converges and enters the circle at tep >= t. For the variable tep this is the claim; and outside the circle
/// tep <= tcpa since the chord is entered before its middle, and tep <= taumod: with r the entry root,
/// taumod = (D^2 - s.s)/(s.v) = 2 r r'/(r + r') for the roots r <= r' of |s + v t| = D, their harmonic mean,
/// which is at least r. Co-altitude at tcoa <= TCOA is vertical distance zero.
/// So for the filter every volume is a cylinder (DTHR, ZTHR) and a slice that lasts TTHR longer (TCOA vertically).
///
/// **Lemma 3 (once).** Slices partition [0, T]. A pair whose time inside begins at t0 is inside or on the limit
/// at t0, so by lemma 1 its bodies are in reach in the slice that holds t0; it is reported in that slice only.
///
/// **Lemma 4 (rounding).** The filter computes in float32. Bodies' middle positions are computed in double about
/// the world's centre and rounded once: error at most 2^-24 E per axis for extent E. Velocities are rounded to
/// multiples of 2^-12 m/s or a relative 2^-24, whichever is coarser: way error at most w (2^-13 + 2^-24 V) per axis
/// for a window w. With both axes and both bodies the computed segment lies within
/// delta = 2^-21 (E + V w + R) + 2^-11 w of the true one, including the evaluation error of s x u, which is below
/// 2^-22 |s| |u| with |s| <= R. The comparisons' own rounding is relative, below 2^-20. So with
/// (D + delta)(1 + 2^-18) in place of D no pair is lost. Rounded velocities are 0 or at least 2^-12, so no square
/// leaves the normal range. The closer look at cylinders (`keepMeeting`) takes the same rounded numbers, for which
/// there is a time inside, and allows for its own rounding.
enum SliceLemma {
    /// What to use for D: see lemma 4. `extent`: largest coordinate about the centre, `speed`: sum of both largest
    /// speeds, `window`: half slice with lead, `reach`: largest distance at the middle.
    static func widened(
        _ distance: Double, extent: Double, speed: Double, window: Double, reach: Double
    ) -> Float {
        let delta = 0x1p-21 * (extent + speed * window + reach) + 0x1p-11 * window
        return Float((distance + delta) * (1 + 0x1p-18))
    }

    /// Velocity as the filter has it: a multiple of 2^-12 m/s.
    @inline(__always)
    static func velocity(_ metersPerSecond: Double) -> Float {
        // Adding 1.5 * 2^40 leaves 12 binary places.
        let magic = 0x1.8p40
        return Float((metersPerSecond + magic) - magic)
    }
}
