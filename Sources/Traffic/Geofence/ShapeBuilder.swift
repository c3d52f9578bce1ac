/// Lays out a polygon's raster and edge tree.
struct ShapeBuilder {
    private let rings: FenceOutline.Rings
    private var view: ShapeView
    private let edges: [FenceEdge]

    init(_ rings: FenceOutline.Rings) {
        self.rings = rings
        view = ShapeView(polygon: rings)
        edges = (0..<rings.xs.count - 1).filter(rings.isEdge).map {
            FenceEdge(ax: rings.xs[$0], ay: rings.ys[$0], bx: rings.xs[$0 + 1], by: rings.ys[$0 + 1])
        }
    }

    /// Memory that whoever keeps the view must free.
    func finish(isWide: Bool) -> (ShapeView, [UnsafeMutableRawPointer]) {
        var view = view
        var memory: [UnsafeMutableRawPointer] = []
        func keep<T>(_ values: [T]) -> UnsafePointer<T> {
            let block = UnsafeMutablePointer<T>.allocate(capacity: max(values.count, 1))
            block.initialize(from: values, count: values.count)
            memory.append(UnsafeMutableRawPointer(block))
            return UnsafePointer(block)
        }
        view.isWide = isWide
        view.edges = keep(edges)
        view.edgeCount = edges.count
        let tree = EdgeTree(edges, view)
        view.originX = tree.originX
        view.originY = tree.originY
        view.leaves = keep(tree.leaves)
        view.nodes = keep(tree.nodes)
        view.levelStarts = keep(tree.levelStarts)
        view.levels = tree.levelStarts.count
        let raster = EdgeRaster(edges, view)
        view.columns = raster.columns
        view.rows = raster.rows
        view.cellsPerNanometerX = raster.cellsPerNanometerX
        view.cellsPerNanometerY = raster.cellsPerNanometerY
        view.cells = keep(raster.cells)
        view.borderCells = keep(raster.borderCells)
        view.cellEdges = keep(raster.cellEdges)
        return (view, memory)
    }
}

/// Edges in ring order, eight to a leaf, eight leaves or nodes to a node: neighbours on the ring are near each other.
private struct EdgeTree {
    let originX: Double
    let originY: Double
    var leaves: [Float] = []
    var nodes: [Float] = []
    var levelStarts: [Int32] = []

    private typealias Box = (minX: Float, minY: Float, maxX: Float, maxY: Float)
    /// So far away that nothing is near, and its square still a number.
    private static let far: Float = 1e15

    init(_ edges: [FenceEdge], _ view: ShapeView) {
        let (originX, originY) = ((view.minX + view.maxX) * 0.5, (view.minY + view.maxY) * 0.5)
        (self.originX, self.originY) = (originX, originY)
        var boxes: [Box] = []
        for start in stride(from: 0, to: edges.count, by: 8) {
            var planes = [Float](repeating: 0, count: 48)
            var box: Box = (.infinity, .infinity, -.infinity, -.infinity)
            for lane in 0..<8 {
                guard start + lane < edges.count else {
                    planes[lane] = Self.far
                    planes[8 + lane] = Self.far
                    planes[32 + lane] = 1
                    continue
                }
                let edge = edges[start + lane]
                let (ax, ay) = ((edge.ax - originX) * 1e-9, (edge.ay - originY) * 1e-9)
                let (bx, by) = ((edge.bx - originX) * 1e-9, (edge.by - originY) * 1e-9)
                let (hx, hy) = ((bx - ax) * 0.5, (by - ay) * 0.5)
                let half = (hx * hx + hy * hy).squareRoot()
                planes[lane] = Float((ax + bx) * 0.5)
                planes[8 + lane] = Float((ay + by) * 0.5)
                planes[16 + lane] = Float(hx)
                planes[24 + lane] = Float(hy)
                planes[32 + lane] = Float(-hy / half)
                planes[40 + lane] = Float(hx / half)
                box.minX = min(box.minX, Float(min(ax, bx)))
                box.minY = min(box.minY, Float(min(ay, by)))
                box.maxX = max(box.maxX, Float(max(ax, bx)))
                box.maxY = max(box.maxY, Float(max(ay, by)))
            }
            leaves += planes
            boxes.append(box)
        }
        repeat {
            levelStarts.append(Int32(nodes.count / 32))
            var parents: [Box] = []
            for start in stride(from: 0, to: boxes.count, by: 8) {
                var planes = [Float](repeating: 0, count: 32)
                var parent: Box = (.infinity, .infinity, -.infinity, -.infinity)
                for lane in 0..<8 {
                    guard start + lane < boxes.count else {
                        planes[lane] = Self.far
                        planes[8 + lane] = Self.far
                        continue
                    }
                    let box = boxes[start + lane]
                    planes[lane] = (box.minX + box.maxX) * 0.5
                    planes[8 + lane] = (box.minY + box.maxY) * 0.5
                    planes[16 + lane] = (box.maxX - box.minX) * 0.5
                    planes[24 + lane] = (box.maxY - box.minY) * 0.5
                    parent.minX = min(parent.minX, box.minX)
                    parent.minY = min(parent.minY, box.minY)
                    parent.maxX = max(parent.maxX, box.maxX)
                    parent.maxY = max(parent.maxY, box.maxY)
                }
                nodes += planes
                parents.append(parent)
            }
            boxes = parents
        } while boxes.count > 1
    }
}
