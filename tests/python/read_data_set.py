"""Reads every table of a data set with one tool, by folder and by glob, joins them as they are, runs recipes of its
documents, and prints what it found as one JSON object.

    python read_data_set.py polars|duckdb|pandas|spark DIR RECIPE.py…
"""

import glob
import json
import math
import os
import sys
from decimal import Decimal
from functools import reduce

PARTITION = ["date", "origin"]
# The orders that the server executed, each with its game and the tick at which it was executed.
JOIN = """
    SELECT count(*) AS rows, sum(a.amount) AS amount,
           sum(CASE WHEN t.price = a.executed_price THEN 1 ELSE 0 END) AS same_price
    FROM games g JOIN actions a ON g.game_id = a.game_id
    JOIN ticks t ON t.game_id = a.game_id AND t.tick = a.executed_tick
"""
SESSIONS = "SELECT session_id, count(*) AS actions, sum(pnl) AS pnl FROM actions GROUP BY session_id"
DAYS = "SELECT date, count(*) AS games FROM games WHERE origin <> 'live' AND date >= '2000-01-01' GROUP BY date"


def pattern(folder, table):
    return os.path.join(folder, table, "*", "*", "*.parquet")


class Polars:
    def __init__(self, folder, tables):
        import polars as pl

        self.pl = pl
        self.by_folder = {name: pl.read_parquet(os.path.join(folder, name)) for name in tables}
        self.by_glob = {name: pl.read_parquet(pattern(folder, name), hive_partitioning=True) for name in tables}

    def counts(self, frames):
        return {name: frame.height for name, frame in frames.items()}

    def results(self):
        pl = self.pl
        games, actions, ticks = (self.by_folder[name] for name in ("games", "actions", "ticks"))
        joined = games.join(actions, on="game_id").join(
            ticks, left_on=["game_id", "executed_tick"], right_on=["game_id", "tick"], suffix="_of_tick"
        )
        same_price = (joined["price_of_tick"] == joined["executed_price"]).sum()
        sessions = actions.group_by("session_id").agg(pl.len(), pl.col("pnl").sum())
        some = games.filter((pl.col("origin") != "live") & (pl.col("date") >= pl.date(2000, 1, 1)))
        days = some.group_by("date").agg(pl.len())
        return (joined.height, joined["amount"].sum(), same_price), sessions.rows(), days.rows()

    def rows(self, table, columns):
        return table.select(columns).rows()


class DuckDb:
    def __init__(self, folder, tables):
        import duckdb

        self.db = duckdb.connect()
        self.by_folder = {name: self.read(os.path.join(folder, name)) for name in tables}
        self.by_glob = {name: self.read(pattern(folder, name)) for name in tables}

    def read(self, path):
        return self.db.sql("FROM read_parquet(?, hive_partitioning = true)", params=[path])

    def counts(self, relations):
        return {name: relation.count("*").fetchall()[0][0] for name, relation in relations.items()}

    def results(self):
        for name, relation in self.by_folder.items():
            relation.create_view(name)
        joined, sessions, days = (self.db.sql(query).fetchall() for query in (JOIN, SESSIONS, DAYS))
        return joined[0], sessions, days

    def rows(self, table, columns):
        return table.select(*columns).fetchall()


class Pandas:
    def __init__(self, folder, tables):
        import pandas as pd

        def parts(name):
            return [pd.read_parquet(file) for file in sorted(glob.glob(pattern(folder, name)))]

        self.by_folder = {name: pd.read_parquet(os.path.join(folder, name)) for name in tables}
        self.by_glob = {name: pd.concat(parts(name), ignore_index=True) for name in tables}

    def counts(self, frames):
        return {name: len(frame) for name, frame in frames.items()}

    def results(self):
        games, actions, ticks = (self.by_folder[name] for name in ("games", "actions", "ticks"))
        joined = games.merge(actions, on="game_id").merge(
            ticks, left_on=["game_id", "executed_tick"], right_on=["game_id", "tick"], suffixes=("", "_of_tick")
        )
        same_price = (joined["price_of_tick"] == joined["executed_price"]).sum()
        sessions = [
            (session, len(rows), sum(rows["pnl"].dropna(), Decimal(0)))
            for session, rows in actions.groupby("session_id")
        ]
        some = games[(games["origin"] != "live") & (games["date"].astype(str) >= "2000-01-01")]
        days = some.groupby("date", observed=True).size().items()
        return (len(joined), sum(joined["amount"].dropna(), Decimal(0)), same_price), sessions, days

    def rows(self, table, columns):
        return list(table[columns].itertuples(index=False))


class Spark:
    def __init__(self, folder, tables):
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
        builder = builder.config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        self.spark = builder.config("spark.sql.shuffle.partitions", "2").getOrCreate()
        self.by_folder = {name: self.spark.read.parquet(os.path.join(folder, name)) for name in tables}
        self.by_glob = {
            name: self.spark.read.option("basePath", os.path.join(folder, name)).parquet(pattern(folder, name))
            for name in tables
        }

    def counts(self, frames):
        # One job for all: each costs a second.
        named = {name: frame.selectExpr(f"'{name}' AS name") for name, frame in frames.items()}
        counted = [frame.groupBy("name").count() for frame in named.values()]
        return dict(reduce(type(counted[0]).union, counted).collect())

    def results(self):
        for name, frame in self.by_folder.items():
            frame.createOrReplaceTempView(name)
        joined, sessions, days = (self.spark.sql(query).collect() for query in (JOIN, SESSIONS, DAYS))
        return joined[0], sessions, days

    def rows(self, table, columns):
        return table.select(*columns).collect()


def shapes(reader):
    """Returns columns and number of rows of each table; fails if folder and glob are not the same table."""
    counts = reader.counts(reader.by_folder)
    assert reader.counts(reader.by_glob) == counts
    found = {}
    for name, frame in reader.by_folder.items():
        columns = list(frame.columns)
        # The partition comes last. pandas reads the glob file by file, and a file does not know what its path names.
        assert sorted(columns[-2:]) == PARTITION, (name, columns)
        of_glob = columns[:-2] if isinstance(reader, Pandas) else columns
        assert list(reader.by_glob[name].columns) == of_glob, name
        found[name] = {"columns": columns[:-2], "rows": counts[name]}
    return found


def run_recipe(reader, recipe):
    """Runs a recipe in the folder of the data set; returns the sums of the table that it makes."""
    variables = {}
    with open(recipe, encoding="utf-8") as file:
        exec(compile(file.read(), recipe, "exec"), variables)
    table = variables["table"]
    rows = [tuple(row) for row in reader.rows(table, ["game_id", "tick", "price", "log_return", "rugs_within_40"])]
    assert "rug_tick" not in table.columns, "the rug tick is known only after the game"
    # pandas has NaN for a missing number.
    returns = [row[3] for row in rows if row[3] is not None and not math.isnan(row[3])]
    return {
        "rows": len(rows),
        "games": len({row[0] for row in rows}),
        "ticks": sum(int(row[1]) for row in rows),
        "prices": math.fsum(row[2] for row in rows),
        "returns": len(returns),
        "sum_of_returns": math.fsum(returns),
        "labels": sum(1 for row in rows if row[4]),
    }


def main():
    tool, folder, *recipes = sys.argv[1:]
    # The recipes name the tables alone. Java keeps the folder in which it was started.
    os.chdir(folder)
    folder = os.getcwd()
    reader_of = {"polars": Polars, "duckdb": DuckDb, "pandas": Pandas, "spark": Spark}[tool]
    entries = (name for name in os.listdir(folder) if not name.startswith("."))
    tables = sorted(name for name in entries if os.path.isdir(os.path.join(folder, name)))
    reader = reader_of(folder, tables)
    found = {"tables": shapes(reader)}
    (joined, amount, same_price), sessions, days = reader.results()
    found["joined"] = {"rows": int(joined), "same_price": int(same_price), "amount": str(amount)}
    found["sessions"] = {session: {"actions": int(actions), "pnl": str(pnl)} for session, actions, pnl in sessions}
    found["days"] = {str(day): int(games) for day, games in days}
    stdout, sys.stdout = sys.stdout, sys.stderr
    found["recipes"] = [run_recipe(reader, recipe) for recipe in recipes]
    stdout.write(json.dumps(found) + "\n")


main()
