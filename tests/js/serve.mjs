// The official Socket.IO server: tells a number every 20 ms and answers `ask` with what it was asked.
// node tests/js/serve.mjs PORT; prints `listening`, then a line for each client that comes and each `ask`.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http);
let number = 0;
setInterval(() => io.emit("number", { number: (number += 1) }), 20);
io.on("connection", (socket) => {
  console.log("client");
  socket.on("ask", (what, answer) => {
    console.log(`ask ${what}`);
    answer({ heard: what });
  });
});
http.listen(Number(process.argv[2]), "127.0.0.1", () => console.log("listening"));
