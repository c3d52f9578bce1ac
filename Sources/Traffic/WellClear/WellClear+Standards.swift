extension WellClear {
    /// RTCA DO-365B well clear en route: 0.66 nmi, 450 ft, 35 s modified tau, no time to co-altitude.
    public static var enRoute: WellClear {
        WellClear(
            .modifiedTau, distanceMeters: 1222.32, heightMeters: 137.16, timeSeconds: 35, coAltitudeSeconds: 0
        )
    }
    /// DO-365B volume of the preventive alert en route: as `enRoute`, but 700 ft.
    public static var enRoutePreventive: WellClear {
        WellClear(
            .modifiedTau, distanceMeters: 1222.32, heightMeters: 213.36, timeSeconds: 35, coAltitudeSeconds: 0
        )
    }
    /// DO-365B well clear in the terminal area: 1500 ft, 450 ft.
    public static var terminal: WellClear {
        WellClear(
            .modifiedTau, distanceMeters: 457.2, heightMeters: 137.16, timeSeconds: 0, coAltitudeSeconds: 0)
    }
    /// DO-365B well clear from intruders that do not cooperate: 2200 ft, 450 ft.
    public static var nonCooperative: WellClear {
        WellClear(
            .modifiedTau, distanceMeters: 670.56, heightMeters: 137.16, timeSeconds: 0, coAltitudeSeconds: 0)
    }
    /// ASTM F3442 well clear of a small unmanned aircraft from a crewed one: 2000 ft, 250 ft, no time.
    public static var smallUnmanned: WellClear {
        WellClear(
            .modifiedTau, distanceMeters: 609.6, heightMeters: 76.2, timeSeconds: 0, coAltitudeSeconds: 0)
    }
}
