// Writes tests/fixtures/vectors.json: doubles of the npm package `seedrandom` and price paths drawn with it.
// node tests/js/vectors.mjs > tests/fixtures/vectors.json
import { createHash } from "node:crypto";
import { path } from "./path.mjs";
import seedrandom from "seedrandom";

const bits = (double) => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, double);
  return view.getBigUint64(0).toString(16).padStart(16, "0");
};
const sha = (text) => createHash("sha256").update(text).digest("hex");

const texts = ["", "a", "hello.", "\u0000", "ä€🎲", "x".repeat(255), "y".repeat(256), "z".repeat(700) + "é"];
for (let n = 0; n < 40; n++) texts.push(`${sha("seed " + n)}-20251215-${sha("id " + n).slice(0, 16)}`);

const doubles = texts.map((text) => {
  const draw = seedrandom(text);
  return { text, bits: Array.from({ length: 40 }, () => bits(draw())) };
});
const paths = Array.from({ length: 300 }, (_, n) => {
  const seed = sha("path " + n), id = `20251215-${sha("game " + n).slice(0, 16)}`;
  const prices = path(seed, id);
  return { seed, id, hash: sha(seed), ticks: prices.length, last: prices.at(-1), peak: Math.max(...prices), sha: sha(prices.join(",")) };
});
console.log(JSON.stringify({ doubles, paths }, null, 1));
