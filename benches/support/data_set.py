"""The same tables written by pyarrow, and both read by DuckDB and Polars: time and size side by side, on one thread.

    python data_set.py RECORDINGS DIR
"""

import glob
import json
import os
import sys
import tempfile
import time

for name in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "ARROW_NUM_THREADS"):
    os.environ[name] = "1"

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

ROUNDS = 5
SCALARS = ("start_time", "end_time", "duration_ticks", "complete", "server_seed")
TABLES = ("games", "paths", "ticks")
# Returns of the trainable games, from the lists and from the rows.
LISTS = """
    SELECT count(r), sum(r) FROM (
        SELECT unnest(list_transform(range(2, n_ticks), lambda i: ln(prices[i] / prices[i - 1]))) AS r
        FROM read_parquet('{0}/paths/*/*/*.parquet') WHERE trainable)
"""
ROWS = """
    SELECT count(r), sum(r) FROM (
        SELECT CASE WHEN tick > 0 AND NOT is_rug THEN ln(price / lag(price) OVER ()) END AS r
        FROM read_parquet('{0}/ticks/*/*/*.parquet') WHERE trainable)
"""
ONE_GAME = """
    SELECT count(*), max(price) FROM read_parquet('{0}/ticks/*/*/*.parquet', hive_partitioning = true)
    WHERE date = DATE '{1}' AND game_id = '{2}'
"""


def best(run):
    """Returns the result of a query and the quickest of some runs, in seconds."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        result = run()
        times.append(time.perf_counter() - start)
    return result, min(times)


def size(folder):
    return sum(os.path.getsize(file) for file in glob.glob(f"{folder}/*/*/*.parquet"))


def rewrite(source, target, **options):
    """Lets pyarrow write the tables as they are."""
    start = time.perf_counter()
    for table in TABLES:
        for file in glob.glob(f"{source}/{table}/*/*/*.parquet"):
            to = os.path.join(target, os.path.relpath(file, source))
            os.makedirs(os.path.dirname(to), exist_ok=True)
            pq.write_table(pq.ParquetFile(file).read(use_threads=False), to, **options)
    return time.perf_counter() - start


def from_json(recordings, target):
    """Makes the three tables of the JSON files with pyarrow, without any proof."""
    start = time.perf_counter()
    for day in sorted(os.listdir(recordings)):
        games = [json.load(open(file, encoding="utf-8")) for file in glob.glob(f"{recordings}/{day}/games/*.game.json")]
        if not games:
            continue
        games.sort(key=lambda game: game["meta"]["start_time"])
        prices = [[None if price is None else float(price) for price in game["prices"]] for game in games]
        ids = [game["meta"]["game_id"] for game in games]
        arrivals = [game["arrivals"] for game in games]
        scalars = {key: [game["meta"][key] for game in games] for key in SCALARS}
        flat = {
            "game_id": [id for id, path in zip(ids, prices) for _ in path],
            "tick": pa.array([tick for path in prices for tick in range(len(path))], pa.int32()),
            "price": [price for path in prices for price in path],
            "arrival_ms": pa.array([at for list in arrivals for at in list], pa.int32()),
        }
        lists = {"game_id": ids, "prices": prices, "arrival_ms": pa.array(arrivals, pa.list_(pa.int32()))}
        for table, columns in (("games", {"game_id": ids, **scalars}), ("paths", lists), ("ticks", flat)):
            folder = f"{target}/{table}/origin=live/date={day}"
            os.makedirs(folder)
            pq.write_table(pa.table(columns), f"{folder}/part-0.parquet", compression="zstd")
    return time.perf_counter() - start


def polars_returns(folder):
    price = pl.col("price")
    ticks = pl.scan_parquet(f"{folder}/ticks/*/*/*.parquet").filter("trainable")
    returns = pl.when((pl.col("tick") > 0) & ~pl.col("is_rug")).then((price / price.shift()).log()).alias("r")
    return ticks.select(returns).select(pl.col("r").count(), pl.col("r").sum().alias("sum")).collect().row(0)


def main():
    recordings, ours = sys.argv[1:]
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    db = duckdb.connect(config={"threads": 1})
    ticks = db.sql(f"SELECT count(*) FROM '{ours}/ticks/*/*/*.parquet'").fetchall()[0][0]
    day, game = db.sql(
        f"SELECT date::VARCHAR, game_id FROM read_parquet('{ours}/games/*/*/*.parquet', hive_partitioning = true) "
        "ORDER BY start_time LIMIT 1 OFFSET 500"
    ).fetchall()[0]
    with tempfile.TemporaryDirectory() as folder:
        print(f"pyarrow from the JSON, no proof: {from_json(recordings, folder + '/json'):.1f} s")
        default, zstd = f"{folder}/default", f"{folder}/zstd"
        rewrite(ours, default)
        rewrite(ours, zstd, compression="zstd", compression_level=3)
        sets = {"ours": ours, "pyarrow": default, "pyarrow, zstd": zstd}
        for name, place in sets.items():
            sizes = ", ".join(f"{table} {size(f'{place}/{table}') / 1e6:.1f} MB" for table in TABLES)
            print(f"{name}: {sizes}; {size(f'{place}/ticks') / ticks:.2f} bytes a tick")
            queries = {
                "DuckDB, returns from paths": lambda: db.sql(LISTS.format(place)).fetchall()[0],
                "DuckDB, returns from ticks": lambda: db.sql(ROWS.format(place)).fetchall()[0],
                "DuckDB, one game by id and date": lambda: db.sql(ONE_GAME.format(place, day, game)).fetchall()[0],
                "Polars, returns from ticks": lambda: polars_returns(place),
            }
            for query, run in queries.items():
                result, seconds = best(run)
                print(f"  {query}: {seconds * 1e3:.0f} ms {result}")


main()
