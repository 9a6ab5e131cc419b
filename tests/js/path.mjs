// The published price path of version v3, on the npm package (the reference for ours).
import seedrandom from "seedrandom";

export function path(serverSeed, gameId) {
  const draw = seedrandom(`${serverSeed}-${gameId}`);
  let price = 1;
  const prices = [price];
  for (let tick = 0; tick < 5000; tick++) {
    if (draw() < 0.005) break;
    price = next(price, draw);
    prices.push(price);
  }
  return prices;
}

function next(price, draw) {
  if (draw() < 0.00001 && price <= 100) return price * 10;
  let change;
  if (draw() < 0.125) {
    const size = 0.15 + draw() * (0.25 - 0.15);
    change = draw() > 0.5 ? size : -size;
  } else {
    const drift = -0.02 + draw() * (0.03 - -0.02);
    const volatility = 0.005 * Math.min(10, Math.sqrt(price));
    change = drift + volatility * (2 * draw() - 1);
  }
  return Math.max(0, price * (1 + change));
}
