"""Compares `pianola review --json` with what the session and game files say, computed here without Pianola:
`python3 review.py FOLDER REVIEW.jsonl`. Needs nothing but the standard library.

Checked for each session: the trips with their P&L, MAE and MFE, the sidebets, and that all of them, less what is open, are
the change of the wallet. Prints a line a session, and ends with 1 at the first difference.
"""

import json
import pathlib
import sys
from decimal import Decimal, getcontext

getcontext().prec = 40
ZERO = Decimal(0)


def number(value):
    return Decimal(value) if value is not None else None


def games_of(folder):
    games = {}
    for path in folder.glob("*/games/*.game.json"):
        game = json.loads(path.read_text())
        games[game["meta"]["game_id"]] = [number(price) for price in game["prices"]]
    return games


def tick_of(row):
    """The tick of a row, -1 in the presale."""
    early = row["phase"] in ("Presale", "Cooldown") and not row["executed_tick"]
    orders = ("BUY", "SELL", "SIDEBET_PLACE")
    return -1 if early and row["action"] in orders else row["executed_tick"]


def trips_of(rows):
    trips, fills, held = [], [], ZERO
    for row in rows:
        if row["action"] not in ("BUY", "SELL", "LIQUIDATED"):
            continue
        sign = 1 if row["action"] == "BUY" else -1
        fills.append((tick_of(row), sign, number(row["qty"]), number(row["amount"]), number(row["executed_price"])))
        held += sign * number(row["qty"])
        if held == 0:
            trips.append((row["game_id"], fills))
            fills = []
    return trips, fills


def extremes(fills, prices):
    """The lowest and highest P&L of a trip, if everything held at that moment had been sold."""
    seen = []

    def see(done, price):
        qty = sum((sign * qty for _, sign, qty, _, _ in done), ZERO)
        cash = sum((-sign * amount for _, sign, _, amount, _ in done), ZERO)
        if qty > 0:
            seen.append(cash + qty * price)

    for place, fill in enumerate(fills):
        see(fills[:place], fill[4])
        see(fills[: place + 1], fill[4])
    for tick in range(max(fills[0][0], 0), max(fills[-1][0], 0)):
        see([fill for fill in fills if fill[0] <= tick], prices[tick])
    return min(seen), max(seen)


def check(name, ours, theirs):
    if ours != theirs:
        print(f"{name}: {theirs} in the review, {ours} computed here")
        sys.exit(1)


def main(folder, printed):
    games = games_of(folder)
    reviews = [json.loads(line) for line in printed.read_text().splitlines()]
    total = reviews.pop()
    check("sessions", len(reviews), total["sessions"])
    for review in reviews:
        session = json.loads(pathlib.Path(review["path"]).read_text())
        meta = session["meta"]
        rows = [row for row in session["actions"] if row["status"] == "confirmed"]
        trips, rest = trips_of(rows)
        closed = [trip for trip in review["trips"] if trip["end"] in ("sold", "rugged")]
        check("trips", len(trips), len(closed))
        for (game, fills), trip in zip(trips, closed):
            cost = sum((amount for _, sign, _, amount, _ in fills if sign > 0), ZERO)
            proceeds = sum((amount for _, sign, _, amount, _ in fills if sign < 0), ZERO)
            check("game", game, trip["game_id"])
            check("cost", cost, number(trip["cost"]))
            check("pnl", proceeds - cost, number(trip["pnl"]))
            worst, best = extremes(fills, games[game])
            check("mae", worst, number(trip["mae"]["value"]))
            check("mfe", best, number(trip["mfe"]["value"]))
        bets = [row for row in rows if row["action"] in ("SIDEBET_WIN", "SIDEBET_LOSE")]
        decided = [bet for bet in review["sidebets"] if bet["pnl"] is not None]
        check("sidebets", [number(row["pnl"]) for row in bets], [number(bet["pnl"]) for bet in decided])
        change = number(meta["end_balance"]) - number(meta["start_balance"])
        check("change", change, number(review["change"]))
        realised = sum((number(row["pnl"]) for row in rows if row["pnl"] is not None), ZERO)
        unexplained, opened = number(review["unexplained"]), number(review["opened"])
        check("parts of the change", change, realised + unexplained - opened)
        won = sum(1 for trip in closed if number(trip["pnl"]) > 0)
        check("won", won, review["figures"]["won"])
        print(f"{meta['session_start']}: {len(trips)} trips, {len(bets)} sidebets, open fills {len(rest)}, {change} SOL")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
