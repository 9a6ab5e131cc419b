"""Tiers of recordings of the Python original, counted without Pianola: `python3 tiers.py FILE…`.

A: every tick from 0 to the rug, no conflict, every step inside v3's bounds. B: joined late, else clean. C: holes.
D: no rug. E: a conflict, a step outside the bounds, or no game in the file. The worst one that applies counts.
Prints one line a file: name, tier, first tick, rug, ticks, holes, ticks after the rug, repeats, conflicts, broken lines,
steps outside the bounds, start in UTC.
"""

import datetime
import json
import math
import pathlib
import sys
import zoneinfo

NEW_YORK = zoneinfo.ZoneInfo("America/New_York")


def is_v3_step(before, after):
    change = after / before - 1
    spread = 0.005 * min(10, math.sqrt(before))
    small = -0.02 - spread - 1e-9 <= change <= 0.03 + spread + 1e-9
    big = 0.15 - 1e-9 <= abs(change) <= 0.25 + 1e-9
    god = before <= 100 and abs(after / before - 10) < 1e-9
    return small or big or god


def read(path):
    broken = repeats = conflicts = 0
    lines_of, prices = {}, {}
    countdown, rug, start, ids = False, None, None, []
    after_rug = set()
    for line in path.read_bytes().splitlines():
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            assert isinstance(row, dict)
        except (ValueError, AssertionError):
            broken += 1
            continue
        ids.append(row["game_id"])
        at = datetime.datetime.fromisoformat(row["timestamp"])
        if row["type"] != "tick":
            continue
        tick, price = row["tick"], row["price"]
        if tick in lines_of:
            repeats += 1
            conflicts += lines_of[tick] != price
        else:
            lines_of[tick] = price
        if not row["active"] and not row["rugged"]:
            countdown = True
            continue
        if rug is not None:
            if tick > rug:
                after_rug.add(tick)
            continue
        prices.setdefault(tick, price)
        start = start or at
        if row["rugged"]:
            rug = tick
    if not ids:
        return {"tier": "E", "broken": broken}
    first = min(prices, default=None)
    last = rug if rug is not None else max(prices, default=None)
    begin = 0 if countdown else first
    holes = 0 if first is None else sum(tick not in prices for tick in range(begin, last + 1))
    drawn = {tick: price for tick, price in prices.items() if tick != rug}
    violations = sum(tick + 1 in drawn and not is_v3_step(drawn[tick], drawn[tick + 1]) for tick in drawn)
    violations += drawn.get(0, 1) != 1
    if conflicts or violations:
        tier = "E"
    elif rug is None:
        tier = "D"
    elif holes:
        tier = "C"
    elif first:
        tier = "B"
    else:
        tier = "A"
    utc = start and start.replace(tzinfo=NEW_YORK).astimezone(datetime.timezone.utc)
    return {
        "tier": tier, "first": first, "rug": rug, "ticks": len(prices), "holes": holes, "after_rug": len(after_rug),
        "repeats": repeats, "conflicts": conflicts, "broken": broken, "violations": violations,
        "start": utc and utc.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z", "id": ids[0],
    }


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(json.dumps({"file": pathlib.Path(name).name, **read(pathlib.Path(name))}))
