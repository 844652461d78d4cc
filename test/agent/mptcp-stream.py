"""One stream by MPTCP: `receive ADDRESS` prints bytes and the longest pause in ms every 50 ms, `send ADDRESS` sends 10 kB each ms."""

import select
import socket
import sys
import time

role, address = sys.argv[1:3]
port, mptcp = 9200, 262
end = socket.socket(socket.AF_INET, socket.SOCK_STREAM, mptcp)
end.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
if role == "receive":
    end.bind((address, port))
    end.listen(1)
    print("ready", flush=True)
    stream, _ = end.accept()
    total, longest, last, told = 0, 0.0, time.monotonic(), 0.0
    while True:
        readable, _, _ = select.select([stream], [], [], 0.05)
        now = time.monotonic()
        if readable:
            data = stream.recv(1 << 20)
            if not data:
                break
            total += len(data)
            longest, last = max(longest, now - last), now
        if now - told > 0.05:
            told = now
            print(total, round(max(longest, now - last) * 1000, 1), flush=True)
else:
    end.connect((address, port))
    while True:
        end.sendall(bytes(10_000))
        time.sleep(0.001)
