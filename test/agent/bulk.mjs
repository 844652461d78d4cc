/** Bulk traffic: `node bulk.mjs receive ADDRESS`, and `node bulk.mjs send ADDRESS CONNECTIONS`, as fast as it goes until killed. */

import { connect, createServer } from "node:net";

const port = 9_100;
const [, , role, address, connections] = process.argv;
const chunk = Buffer.alloc(65_536);

if (role === "receive") createServer((socket) => socket.on("error", () => {}).resume()).listen(port, address);
else for (let index = 0; index < Number(connections); index++) send();

function send() {
  const socket = connect(port, address);
  const fill = () => {
    while (socket.write(chunk));
  };
  socket.on("connect", fill).on("drain", fill);
  socket.on("error", () => setTimeout(send, 200));
}
