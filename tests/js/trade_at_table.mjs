// Logs the official Socket.IO client in at a table, buys in the presale and prints what came of it as JSON.
// node tests/js/trade_at_table.mjs URL [websocket|polling]
import { io } from "socket.io-client";

const [url, transport = "websocket"] = process.argv.slice(2);
const socket = io(url, { transports: [transport], upgrade: false, reconnection: false });
const traceparent = "00-0123456789abcdef0123456789abcdef-1111111111111111-01";
const trace = { __trace: true, traceparent };
const own = []; // names and arguments since the order, without the stream of the table
const packets = []; // texts of the ack packets
const inexact = []; // texts that JavaScript would have written otherwise
let ordered = false;
let authenticated;

const end = (code, why) => {
  if (why) console.error(why);
  process.exitCode = code;
  socket.close();
};
setTimeout(() => end(2, "not within 30 s"), 30_000).unref();

socket.on("connect_error", (error) => end(1, `connect_error: ${error.message}`));
socket.io.on("open", () => {
  socket.io.engine.on("packet", ({ type, data }) => {
    if (type !== "message") return;
    if (data.startsWith("3")) packets.push(data);
    // JavaScript would write it as it came.
    const json = data.replace(/^\d+/, "");
    if (json && JSON.stringify(JSON.parse(json)) !== json) inexact.push(data);
  });
});
socket.on("connect", () => socket.emit("authenticate", trace, { token: "a token from node" }));
socket.on("usernameStatus", (...args) => (authenticated = args));
socket.onAny((event, ...args) => {
  if (ordered && event !== "gameStateUpdate") own.push({ event, args });
});
socket.on("gameStateUpdate", (update) => {
  if (!authenticated || ordered || update.allowPreRoundBuys !== true) return;
  ordered = true;
  socket.emit("buyOrder", trace, { amount: 0.123456789 }, (...ack) => {
    const told = own.splice(0);
    // Everything behind the first ack has come when the refusal of another order has.
    socket.emit("buyOrder", { amount: 0 }, (refused) => {
      // The second answer to it comes with the next update of the game, at the latest.
      socket.once("gameStateUpdate", () => {
        console.log(JSON.stringify({ authenticated, told, ack, refused, packets, inexact }));
        end(0);
      });
    });
  });
});
socket.on("disconnect", (reason) => {
  if (reason !== "io client disconnect") end(4, `disconnected: ${reason}`);
});
