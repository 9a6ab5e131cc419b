// The official Socket.IO client that stays at a table whatever happens and says what it sees, one line each:
// `connect`, `disconnect REASON`, `snapshot GAME TICK` (the first update of a connection), `update GAME TICK`.
// node tests/js/stay.mjs URL
import { io } from "socket.io-client";

const socket = io(process.argv[2], { transports: ["websocket"], reconnectionDelay: 50, reconnectionDelayMax: 200 });
let fresh = false;
socket.on("connect", () => {
  fresh = true;
  console.log("connect");
});
socket.on("disconnect", (reason) => console.log(`disconnect ${reason}`));
socket.on("gameStateUpdate", (update) => {
  console.log(`${fresh ? "snapshot" : "update"} ${update.gameId} ${update.tickCount}`);
  fresh = false;
});
