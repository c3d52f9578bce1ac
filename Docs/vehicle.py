#!/usr/bin/env python3
"""A whole vehicle: speaks wire protocol 1.0 (Docs/Vehicles.md) with a station and flies straight lines.

    python3 -m venv venv && venv/bin/pip install -r Docs/requirements.txt
    venv/bin/python Docs/vehicle.py run/keys/drone-7.secret 127.0.0.1:7447 43.35,77.04,650 [PACE]

Its secret, the station, where it stands (degrees, degrees, metres above sea level), and how many times faster than
the wall its clock runs. A real vehicle also keeps `fence`, `answers`, `progress` and the mission on disk.
"""
import math, pathlib, secrets, signal, struct, subprocess, sys, tempfile, time, zmq
from google.protobuf.message import DecodeError

proto = pathlib.Path(__file__).resolve().parent.parent / "Proto"
with tempfile.TemporaryDirectory() as made:
    subprocess.run(["protoc", f"-I{proto}", f"--python_out={made}", *proto.glob("keruen/v1/*.proto")], check=True)
    sys.path.insert(0, made)
    from keruen.v1.command_pb2 import *
    from keruen.v1.mission_pb2 import *
    from keruen.v1.session_pb2 import *
    from keruen.v1.telemetry_pb2 import *

UP = [Hello, Telemetry, VehicleHeartbeat, CommandAck, MissionAck, MissionProgress, VehicleEvent, VehicleGoodbye]
DOWN = [Welcome, StationHeartbeat, ClockCorrection, Command, MissionPart, ProgressAck, StationGoodbye]
OPTIONS = {
    zmq.LINGER: 0, zmq.IMMEDIATE: 1, zmq.SNDHWM: 4, zmq.RCVHWM: 256, zmq.MAXMSGSIZE: 4129, zmq.TCP_KEEPALIVE: 1,
    zmq.TCP_KEEPALIVE_IDLE: 10, zmq.TCP_KEEPALIVE_INTVL: 5, zmq.TCP_KEEPALIVE_CNT: 3, zmq.TCP_MAXRT: 15000,
    zmq.RECONNECT_IVL: 250, zmq.RECONNECT_IVL_MAX: 8000}
KINDS = {"multirotor": VEHICLE_KIND_MULTIROTOR, "vtol": VEHICLE_KIND_VTOL, "truck": VEHICLE_KIND_TRUCK}
UNDER_WAY = {MODE_MOVING, MODE_HOLDING, MODE_RETURNING}
ANY = UNDER_WAY | {MODE_PARKED, MODE_READY}
ORDERS = {  # command: the modes it is possible in, the mode it leads to
    COMMAND_KIND_START: ({MODE_READY}, MODE_MOVING), COMMAND_KIND_HOLD: (ANY, MODE_HOLDING),
    COMMAND_KIND_RESUME: (UNDER_WAY, MODE_MOVING), COMMAND_KIND_RETURN: (UNDER_WAY, MODE_RETURNING),
    COMMAND_KIND_ABORT: (ANY, MODE_HOLDING)}
OF_MISSION = {COMMAND_KIND_START, COMMAND_KIND_RESUME, COMMAND_KIND_ABORT}
CARGO = {MISSION_ACTION_LOAD: PROGRESS_KIND_LOADED, MISSION_ACTION_UNLOAD: PROGRESS_KIND_UNLOADED}
SPEED, RANGE, ENERGY, DEGREE, SECOND = 15, 30_000, 5_400, 111_195, 10**9  # m/s, m, kJ, m of latitude, ns


def digest(items):  # CRC-32C, as mission.proto says
    crc = 0xFFFFFFFF
    for i in items:
        for byte in struct.pack("<IiiiIII", i.action, i.latitude_e7, i.longitude_e7, i.altitude_mm, i.speed_mm_s,
                                i.duration_ms, i.radius_mm):
            crc ^= byte
            for _ in range(8):
                crc = crc >> 1 ^ 0x82F63B78 * (crc & 1)
    return crc ^ 0xFFFFFFFF


class Vehicle:
    def __init__(self, secret, station, place, pace="1"):
        self.key = dict(line.split(maxsplit=1) for line in open(secret).read().splitlines())
        self.host, self.port = station.split(":")
        self.lat, self.lon, self.alt = map(float, place.split(","))
        self.pace, self.start, self.monotonic = float(pace), time.time_ns(), time.monotonic_ns()
        self.boot, self.sent, self.queue, self.sockets = secrets.randbelow(2**32 - 1) + 1, {True: 0, False: 0}, [], ()
        self.offset, self.fence, self.answers, self.progress, self.running = 0, 0, {}, {}, None
        self.mission, self.digest, self.items, self.parts, self.todo = 0, 0, [], {}, []
        self.leg = self.done = 0
        self.mode, self.stood, self.flown, self.payload, self.velocity = MODE_PARKED, 0, 0, 0, (0, 0, 0)
        self.heard = self.hello_at = self.telemetry_at = self.lost = 0
        self.patience, self.lost_after = 5, math.inf
        self.connect()

    def clock(self):  # nanoseconds; may be wrong, never steps
        return self.start + int((time.monotonic_ns() - self.monotonic) * self.pace)

    def now(self):  # the same, corrected
        return self.clock() + self.offset

    def connect(self):
        """Both sockets anew: libzmq never tries again after a refused key, and this heals all else too."""
        for socket in self.sockets:
            socket.close()
        self.sockets = self.push, self.sub = [zmq.Context.instance().socket(kind) for kind in (zmq.PUSH, zmq.SUB)]
        for topic in 0, int(self.key["id"]):
            self.sub.subscribe(struct.pack("<I", topic))
        for port, socket in enumerate(self.sockets, int(self.port)):
            for option, value in OPTIONS.items():
                socket.setsockopt(option, value)
            socket.curve_serverkey, socket.curve_secretkey = self.key["station"].encode(), self.key["secret"].encode()
            socket.curve_publickey = zmq.curve_public(self.key["secret"].encode())
            socket.connect(f"tcp://{self.host}:{port}")
        self.open, self.renew_at = False, time.monotonic() + self.patience

    def send(self, message):
        """Acknowledgements, progress and events wait in order for the socket; all else is said now or never."""
        waits = isinstance(message, (CommandAck, MissionAck, MissionProgress, VehicleEvent))
        if self.queue and not waits:
            return
        is_telemetry = isinstance(message, Telemetry)
        self.sent[is_telemetry] += 1
        message.boot, message.sequence = self.boot, self.sent[is_telemetry]
        self.queue.append(bytes([0x4B, 1, UP.index(type(message)) + 1, 0]) + message.SerializeToString())
        self.flush()
        del self.queue[256 if waits else 0:]

    def flush(self):
        try:
            while self.queue:
                self.push.send(self.queue[0], zmq.NOBLOCK)
                del self.queue[0]
        except zmq.Again:
            pass

    def hear(self, frame):
        magic, major, number, flags = frame[4:8].ljust(4, b"\0")
        if (magic, major, flags) != (0x4B, 1, 0) or number - 65 not in range(len(DOWN)):
            return
        try:
            m = DOWN[number - 65].FromString(frame[8:])
        except DecodeError:
            return
        fence = getattr(m, "fence", self.fence)
        if fence > self.fence:  # another station, or the same one restarted: it has not met us yet
            self.fence, self.open = fence, False
        is_old = fence < self.fence
        if not is_old:
            self.heard, self.patience, self.renew_at = self.clock(), 5, time.monotonic() + 5
        match m:
            case Command():
                self.obey(m, is_old)
            case MissionPart():
                self.send(MissionAck(mission=m.mission, part=m.part, result=self.take(m, is_old), digest=m.digest))
            case ProgressAck():
                self.progress.pop((m.mission, m.kind), None)
            case ClockCorrection():
                self.offset = m.offset_ns
            case StationHeartbeat() if self.open and not is_old:
                t = self.clock()
                self.send(VehicleHeartbeat(nonce=m.nonce, station_time_ns=m.station_time_ns, received_at_ns=t,
                                           sent_at_ns=t))
            case StationGoodbye():
                self.open, self.hello_at = False, self.clock() + SECOND
            case Welcome() if m.boot == self.boot and not m.accepted:
                self.hello_at = self.clock() + 30 * SECOND
                print("refused:", m.refusal, flush=True)
            case Welcome() if m.boot == self.boot and not is_old:
                self.open, self.interval = True, m.telemetry_interval_ms * 10**6
                self.lost_after = m.link_lost_after_ms * 10**6
                self.offset = self.offset or m.station_time_ns - self.clock()
                for entry in self.progress.values():
                    entry[:2] = 0, SECOND
                if self.lost:
                    self.send(VehicleEvent(kind=EVENT_KIND_LINK_LOST, at_ns=self.now(), value=self.lost))
                self.lost = 0

    def take(self, m, is_old):
        """One part of a mission; what is held changes only when all parts are there and the digest agrees."""
        if is_old:
            return MISSION_ACK_RESULT_FENCE
        if (m.mission, m.digest) == (self.mission, self.digest):
            return MISSION_ACK_RESULT_COMPLETE
        if self.mode in UNDER_WAY:
            return MISSION_ACK_RESULT_BUSY
        key = m.mission, m.fence, m.digest
        self.parts = {old: part for old, part in self.parts.items() if old[0] == key} | {(key, m.part): m.items}
        if len(self.parts) < m.parts:
            return MISSION_ACK_RESULT_PART
        items, self.parts = [item for part in sorted(self.parts) for item in self.parts[part]], {}
        if digest(items) != m.digest:
            return MISSION_ACK_RESULT_DIGEST
        if not items or any(item.action not in MissionAction.values() for item in items):
            return MISSION_ACK_RESULT_INVALID
        self.mission, self.items, self.digest, self.mode = m.mission, items, m.digest, MODE_READY
        self.leg = self.done = 0
        return MISSION_ACK_RESULT_COMPLETE

    def answer(self, command, stage, rejection=0):
        self.answers[command] = stage, rejection
        self.send(CommandAck(command_id=command, stage=stage, rejection=rejection, at_ns=self.now()))

    def obey(self, m, is_old):
        if m.command_id in self.answers:  # heard before: the newest stage again, and nothing else
            return self.answer(m.command_id, *self.answers[m.command_id])
        self.answer(m.command_id, COMMAND_STAGE_RECEIVED)
        modes, mode = ORDERS.get(m.kind, (None, None))
        why = (REJECTION_REASON_FENCE if is_old else REJECTION_REASON_EXPIRED if m.not_after_ns < self.now() else
               REJECTION_REASON_UNSUPPORTED if modes is None else
               REJECTION_REASON_MISSION if m.kind in OF_MISSION and m.mission != self.mission else
               REJECTION_REASON_MODE if self.mode not in modes else None)
        if why is not None:
            return self.answer(m.command_id, COMMAND_STAGE_REJECTED, why)
        self.answer(m.command_id, COMMAND_STAGE_ACCEPTED)
        self.answer(m.command_id, COMMAND_STAGE_STARTED)
        self.running = m.command_id
        if m.kind == COMMAND_KIND_ABORT:
            self.finish(PROGRESS_KIND_ABORTED, MODE_HOLDING if self.mode in UNDER_WAY else MODE_PARKED)
        else:
            self.enter(mode)
            if mode != MODE_RETURNING:
                self.answer(m.command_id, COMMAND_STAGE_DONE)

    def enter(self, mode):
        starts = self.mode == MODE_READY and mode == MODE_MOVING
        if starts:
            self.report(PROGRESS_KIND_STARTED)
        elif self.mode not in UNDER_WAY:
            return
        if mode == MODE_MOVING:
            self.todo = [(leg, item) for leg, item in enumerate(self.items)
                         if leg >= self.done and item.action != MISSION_ACTION_CONTINGENCY]
        elif mode == MODE_RETURNING and self.mode != mode:
            self.todo = [(leg, item) for leg, item in enumerate(self.items)
                         if item.action == MISSION_ACTION_CONTINGENCY]
        self.mode = mode

    def report(self, kind):
        packed = self.mission | self.leg << 52
        self.progress[packed, kind] = [0, SECOND, MissionProgress(
            mission=packed, kind=kind, at_ns=self.now(), payload_g=self.payload)]

    def finish(self, kind, mode):
        if self.mode in UNDER_WAY:
            self.report(kind)
        self.mode, self.todo = mode, []
        if kind == PROGRESS_KIND_ABORTED:
            self.mission, self.digest, self.items, self.leg = 0, 0, [], 0
        if self.answers.get(self.running, (0,))[0] == COMMAND_STAGE_STARTED:
            self.answer(self.running, COMMAND_STAGE_DONE)

    def fly(self, seconds):
        """Straight to the place of the next item, stand there as long as it says, then to the one after it."""
        self.velocity = 0, 0, 0
        if self.mode not in (MODE_MOVING, MODE_RETURNING):
            return
        if not self.todo:
            return self.finish(PROGRESS_KIND_COMPLETED if self.mode == MODE_MOVING else PROGRESS_KIND_ABORTED,
                               MODE_PARKED)
        self.leg, item = self.todo[0]
        east = (item.longitude_e7 / 1e7 - self.lon) * DEGREE * math.cos(math.radians(self.lat))
        north = (item.latitude_e7 / 1e7 - self.lat) * DEGREE
        up = 0 if self.key["kind"] == "truck" else item.altitude_mm / 1e3 - self.alt
        length = math.hypot(east, north, up)
        if length > 0.01:
            share = min(1, SPEED * seconds / length)
            self.velocity = [int(1000 * SPEED * part / length) for part in (east, north, up)]
            self.lon += (item.longitude_e7 / 1e7 - self.lon) * share
            self.lat, self.alt = self.lat + north * share / DEGREE, self.alt + up * share
            self.flown += length * share
            return
        self.stood += seconds
        if self.stood * 1000 >= item.duration_ms:
            if item.action in CARGO:
                self.payload = 1000 * (item.action == MISSION_ACTION_LOAD)  # what its scale says
            if self.mode == MODE_MOVING:
                self.report(CARGO.get(item.action, PROGRESS_KIND_LEG_DONE))
                self.done = self.leg + 1
            self.todo, self.stood = self.todo[1:], 0

    def hello(self):
        self.send(Hello(
            vehicle_id=int(self.key["id"]), kind=KINDS[self.key["kind"]], minor_min=0, minor_max=0, fence=self.fence,
            capabilities=1 << CAPABILITY_HOLD | 1 << CAPABILITY_RETURN, model="vehicle.py", software="1.0",
            payload_capacity_g=5_000, cargo_volume_l=30, cruise_speed_mm_s=SPEED * 1000, energy_capacity_kj=ENERGY,
            range_m=RANGE, mission=self.mission | self.leg << 52, mission_digest=self.digest,
            last_command_id=max(self.answers, default=0)))

    def telemetry(self):
        east, north, up = self.velocity
        heading = int(math.degrees(math.atan2(east, north)) * 100) % 36_000
        self.send(Telemetry(
            measured_at_ns=self.now(), latitude_e7=int(self.lat * 1e7), longitude_e7=int(self.lon * 1e7),
            altitude_mm=int(self.alt * 1e3), velocity_east_mm_s=east, velocity_north_mm_s=north, velocity_up_mm_s=up,
            accuracy_cm=150 | 250 << 16, attitude=heading << 32, energy_kj=int(ENERGY * max(0, 1 - self.flown / RANGE)),
            status=self.mode | ALTITUDE_DATUM_MEAN_SEA_LEVEL << 8 | 3 << 12, link=0, payload_g=self.payload,
            mission=self.mission | self.leg << 52))

    def run(self):
        last = self.clock()
        while True:
            if self.sub.poll(5):
                self.hear(self.sub.recv())
            self.flush()
            now = self.clock()
            self.fly((now - last) / 1e9)
            last = now
            if self.heard and now - self.heard > self.lost_after and not self.lost:
                self.lost, self.open = (now - self.heard) // SECOND or 1, False
                if self.mode in (MODE_MOVING, MODE_HOLDING):
                    self.enter(MODE_RETURNING)
            if time.monotonic() > self.renew_at:
                self.patience = min(30, self.patience * (2 + secrets.randbelow(10) / 100))
                self.connect()
            if not self.open and now >= self.hello_at:
                self.hello_at = now + SECOND
                self.hello()
            for entry in self.progress.values() if self.open else ():
                due, pause, message = entry
                if now >= due:
                    entry[:2] = now + pause, min(2 * pause, 30 * SECOND)
                    self.send(message)
            if self.open and now >= self.telemetry_at:
                self.telemetry_at = now + self.interval
                self.telemetry()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    vehicle = Vehicle(*sys.argv[1:])
    try:
        vehicle.run()
    except KeyboardInterrupt:
        vehicle.send(VehicleGoodbye(reason=GOODBYE_REASON_SHUTDOWN))
        zmq.Context.instance().destroy(500)
