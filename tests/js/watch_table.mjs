// Connects the official Socket.IO client to a table and prints what it receives, one JSON object per event.
// node tests/js/watch_table.mjs URL COUNT [websocket|polling]
import { io } from "socket.io-client";

const [url, count, transport = "websocket"] = process.argv.slice(2);
const socket = io(url, { transports: [transport], upgrade: false, reconnection: false });
const texts = []; // the event packets as they came, `2[…]` without the engine's 4, not yet decoded
let left = Number(count);

const end = (code, why) => {
  if (why) console.error(why);
  process.exitCode = code;
  socket.close();
};
setTimeout(() => end(2, `no ${count} events within 30 s`), 30_000).unref();

socket.on("connect_error", (error) => end(1, `connect_error: ${error.message}`));
socket.io.on("open", () => {
  socket.io.engine.on("packet", ({ type, data }) => {
    if (type === "message" && data.startsWith("2[")) texts.push(data.slice(1));
  });
});
socket.onAny((event, ...args) => {
  if (left === 0) return;
  const text = texts.shift();
  const head = JSON.stringify(event);
  // The text of the arguments as it came. `exact`: it is also the text that JavaScript would write.
  const received = "[" + text.slice(1 + head.length).replace(/^,/, "");
  const decoded = JSON.stringify(args);
  if (JSON.stringify(JSON.parse(received)) !== decoded) return end(3, `${head} was decoded differently`);
  console.log(`{"event":${head},"args":${received},"exact":${received === decoded}}`);
  left -= 1;
  if (left === 0) end(0);
});
socket.on("disconnect", (reason) => {
  if (left > 0) end(4, `disconnected: ${reason}`);
});
