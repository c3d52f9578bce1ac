import Glibc

extension Location {
    /// The mean radius of the earth (IUGG). Planning needs no ellipsoid.
    public static let earthRadiusMillimeters = 6_371_008_800.0

    /// A place on the mean sphere, earth-centred, in whole millimetres.
    public init(latitudeDegrees: Double, longitudeDegrees: Double, altitudeMeters: Double = 0) {
        let radius = Self.earthRadiusMillimeters + 1000 * altitudeMeters
        let (phi, lambda) = (latitudeDegrees * .pi / 180, longitudeDegrees * .pi / 180)
        self.init(
            x: (radius * cos(phi) * cos(lambda)).rounded(), y: (radius * cos(phi) * sin(lambda)).rounded(),
            z: (radius * sin(phi)).rounded())
    }
}
