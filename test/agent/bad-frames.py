"""VXLAN frames that the receiver's interface counts as errors: marked as congested (ECN), of a sender that does not know ECN."""

import socket
import struct
import sys
import time

address, network, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
end.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, 3)
ethernet = b"\xff" * 6 + b"\x02" * 6 + b"\x08\x00"
inner = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 28, 0, 0, 64, 17, 0, bytes([10, 9, 9, 9]), bytes([10, 9, 9, 8])) + bytes(8)
frame = struct.pack(">II", 0x08000000, network << 8) + ethernet + inner
until = time.monotonic() + seconds
while time.monotonic() < until:
    end.sendto(frame, (address, 4789))
    time.sleep(0.01)
