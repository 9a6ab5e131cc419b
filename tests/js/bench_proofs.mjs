// Price paths per second with the npm package, for `cargo bench --bench proofs` to stand beside.
import { createHash } from "node:crypto";
import { path } from "./path.mjs";

const games = Array.from({ length: 2000 }, (_, n) => {
  const hex = createHash("sha256").update("bench " + n).digest("hex");
  return [hex, `20251215-${hex.slice(0, 16)}`];
});
let ticks = 0, done = 0;
for (const [seed, id] of games) ticks += path(seed, id).length; // warm
const start = process.hrtime.bigint();
while (process.hrtime.bigint() - start < 3_000_000_000n) {
  for (const [seed, id] of games) path(seed, id);
  done += games.length;
}
const seconds = Number(process.hrtime.bigint() - start) / 1e9;
console.log(`npm seedrandom: ${Math.round(done / seconds)} games/s (mean ${(ticks / games.length).toFixed(0)} ticks)`);
