"""
One stream by MPTCP. `receive ADDRESS` prints bytes and the longest pause in ms every 50 ms; `send ADDRESS` sends 10 kB each ms until
its input ends. Both print `end`, their bytes and the SHA-256 of them at the end.
"""

import hashlib
import select
import socket
import sys
import time

role, address = sys.argv[1:3]
port, mptcp = 9200, 262
end = socket.socket(socket.AF_INET, socket.SOCK_STREAM, mptcp)
end.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
total, hash = 0, hashlib.sha256()
if role == "receive":
    end.bind((address, port))
    end.listen(1)
    print("ready", flush=True)
    stream, _ = end.accept()
    longest, last, told = 0.0, time.monotonic(), 0.0
    while True:
        readable, _, _ = select.select([stream], [], [], 0.05)
        now = time.monotonic()
        if readable:
            data = stream.recv(1 << 20)
            if not data:
                break
            total += len(data)
            hash.update(data)
            longest, last = max(longest, now - last), now
        if now - told > 0.05:
            told = now
            print(total, round(max(longest, now - last) * 1000, 1), flush=True)
else:
    end.connect((address, port))
    turn = 0
    while not select.select([sys.stdin], [], [], 0)[0]:
        block = turn.to_bytes(8, "big") * 1_250
        end.sendall(block)
        hash.update(block)
        total, turn = total + len(block), turn + 1
        time.sleep(0.001)
    end.shutdown(socket.SHUT_WR)
print("end", total, hash.hexdigest(), flush=True)
