"""A drone that flies straight lines: python vehicle.py SECRET_FILE [HOST:PORT [PACE]]"""
import math
import struct
import sys
import time

import google_crc32c
import zmq
from keruen.v1 import command_pb2 as c, mission_pb2 as m, session_pb2 as s, telemetry_pb2 as t

UP = [s.Hello, t.Telemetry, s.VehicleHeartbeat, c.CommandAck, m.MissionAck, m.MissionProgress]
DOWN = [s.Welcome, s.StationHeartbeat, s.ClockCorrection, c.Command, m.MissionPart, m.ProgressAck]
PARKED, READY, MOVING, HOLDING = 1, 2, 3, 4  # Mode
ORDERS = {1: MOVING, 2: HOLDING, 3: MOVING}  # CommandKind START, HOLD, RESUME
DONE = {5: 3, 6: 4}  # MissionAction LOAD, UNLOAD: ProgressKind LOADED, UNLOADED
SPEED, SCALE, SECOND = 15, (0.0111, 0.0081, 0.001), 10**9  # m/s, m per unit of place, ns
key = dict(line.encode().split(b" ", 1) for line in open(sys.argv[1]).read().splitlines())
station, pace = sys.argv[2:] + ["127.0.0.1:7447", 1][len(sys.argv) - 2:]
push, sub = (zmq.Context.instance().socket(kind) for kind in (zmq.PUSH, zmq.SUB))
for topic in 0, int(key[b"id"]):
    sub.subscribe(struct.pack("<I", topic))
for number, socket in enumerate((push, sub), int(station.split(":")[1])):
    socket.curve_secretkey, socket.curve_serverkey = key[b"secret"], key[b"station"]
    socket.curve_publickey, socket.immediate = zmq.curve_public(key[b"secret"]), 1
    socket.connect(f"tcp://{station.split(':')[0]}:{number}")
me = s.Hello(boot=int(time.time()), vehicle_id=int(key[b"id"]), kind=1, capabilities=1,
             payload_capacity_g=5000, cargo_volume_l=30, range_m=30_000,
             cruise_speed_mm_s=SPEED * 1000, energy_capacity_kj=5400)
place, mode = [433_500_000, 770_400_000, 650_000], PARKED  # degrees x 10,000,000 and mm
welcome, offset, sent, parts, items, progress = None, 0, [0, 0], {}, [], {}
leg, arrived_at, repeat_at, telemetry_at, now = 0, 0, 0, 0, time.monotonic_ns() * int(pace)


def send(message):
    kind = UP.index(type(message)) + 1
    sent[kind == 2] += 1  # telemetry is counted apart
    message.boot, message.sequence = me.boot, sent[kind == 2]
    if push.poll(0, zmq.POLLOUT):
        push.send(bytes([75, 1, kind, 0]) + message.SerializeToString())


def report(kind):  # said again until acknowledged
    index = me.mission | leg << 52
    progress[index, kind] = m.MissionProgress(mission=index, kind=kind, at_ns=now + offset)


while True:
    frame = sub.recv() if sub.poll(5) else bytes(8)
    now, before = time.monotonic_ns() * int(pace), now
    d = DOWN[frame[6] - 65].FromString(frame[8:]) if 65 <= frame[6] <= 70 else None
    if getattr(d, "fence", me.fence) > me.fence:  # a station that does not know us yet
        me.fence, welcome = d.fence, None
    match d if getattr(d, "fence", me.fence) == me.fence else None:  # not one that was replaced
        case s.Welcome(accepted=True):
            welcome, offset = d, offset or d.station_time_ns - now
        case s.StationHeartbeat() if welcome:
            send(s.VehicleHeartbeat(nonce=d.nonce, station_time_ns=d.station_time_ns,
                                    received_at_ns=now, sent_at_ns=now))
        case s.ClockCorrection():
            offset = d.offset_ns
        case m.ProgressAck():
            progress.pop((d.mission, d.kind), None)
        case m.MissionPart():
            parts[d.digest, d.part] = d.items
            found = [i for n in range(d.parts) for i in parts.get((d.digest, n), [])]
            rows = [[getattr(i, field.name) for field in i.DESCRIPTOR.fields] for i in found]
            code = google_crc32c.value(b"".join(struct.pack("<IiiiIII", *row) for row in rows))
            if mode in (PARKED, READY) and me.mission != d.mission and code == d.digest:
                me.mission, me.mission_digest, mode, leg, parts = d.mission, code, READY, 0, {}
                items = [i for i in found if i.action != m.MISSION_ACTION_CONTINGENCY]
            result = 2 if me.mission == d.mission else 1 if mode in (PARKED, READY) else 5
            send(m.MissionAck(mission=d.mission, part=d.part, result=result,  # COMPLETE, PART, BUSY
                              digest=me.mission_digest))
        case c.Command():
            is_timely = d.not_after_ns > now + offset
            is_good = is_timely and items and d.mission in (0, me.mission) and d.kind in ORDERS
            if is_good and d.kind == c.COMMAND_KIND_START:
                report(m.PROGRESS_KIND_STARTED)
            mode = ORDERS[d.kind] if is_good else mode
            for stage in (2, 4, 5) if is_good else (3,):  # ACCEPTED, STARTED, DONE or REJECTED
                send(c.CommandAck(command_id=d.command_id, stage=stage, at_ns=now + offset,
                                  rejection=0 if is_good else c.REJECTION_REASON_UNSUPPORTED))
    north = east = up = 0  # mm/s
    if mode == MOVING:
        goal = items[leg].latitude_e7, items[leg].longitude_e7, items[leg].altitude_mm
        way = [(b - a) * meters for a, b, meters in zip(place, goal, SCALE)]
        length = math.hypot(*way)
        if length > 0.01:
            north, east, up = (int(1000 * SPEED * part / length) for part in way)
            share = min(1, SPEED * (now - before) / SECOND / length)
            place, arrived_at = [a + (b - a) * share for a, b in zip(place, goal)], now
        elif now >= arrived_at + items[leg].duration_ms * 10**6:
            report(DONE.get(items[leg].action, m.PROGRESS_KIND_LEG_DONE))
            leg, arrived_at = leg + 1, now
            if leg == len(items):
                report(m.PROGRESS_KIND_COMPLETED)
                leg, items, mode = 0, [], PARKED
    if now >= repeat_at:
        repeat_at = now + SECOND
        for message in list(progress.values())[:16] if welcome else [me]:
            send(message)
    if welcome and now >= telemetry_at:
        telemetry_at = now + welcome.telemetry_interval_ms * 10**6
        latitude, longitude, altitude = map(round, place)
        send(t.Telemetry(measured_at_ns=now + offset, latitude_e7=latitude, longitude_e7=longitude,
                         altitude_mm=altitude, velocity_north_mm_s=north, velocity_east_mm_s=east,
                         velocity_up_mm_s=up, accuracy_cm=150 | 250 << 16, energy_kj=5400,
                         status=mode | 2 << 8 | 3 << 12, mission=me.mission | leg << 52))
