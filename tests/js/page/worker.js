// The game's connection in a worker of the page, shared or not: see index.html.
importScripts("/socket.io.min.js");
const table = new URLSearchParams(location.search).get("table");
const socket = io(table, { transports: ["websocket"] });
let events = 0;
const ports = self.postMessage ? [self] : [];
self.onconnect = (event) => ports.push(event.ports[0]);
socket.onAny(() => {
  events += 1;
  for (const port of ports) port.postMessage(events);
});
