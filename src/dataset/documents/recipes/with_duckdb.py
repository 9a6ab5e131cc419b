import duckdb

table = duckdb.sql("""
    WITH steps AS (
        SELECT game_id, unnest(range(len(prices))) AS tick, unnest(prices) AS price
        FROM read_parquet('paths/**/*.parquet', hive_partitioning = true)
        WHERE trainable
    )
    SELECT s.game_id, s.tick, s.price,
           ln(s.price / lag(s.price) OVER (PARTITION BY s.game_id ORDER BY s.tick)) AS log_return,
           g.rug_tick <= s.tick + 40 AS rugs_within_40,
           CASE WHEN g.bucket < 80 THEN 'train' WHEN g.bucket < 90 THEN 'validation' ELSE 'test' END AS split
    FROM steps s
    JOIN read_parquet('games/**/*.parquet', hive_partitioning = true) g ON g.game_id = s.game_id AND g.trainable
    WHERE s.tick < g.rug_tick -- the rug's own price is not proven, and no tick to act at
""")
sums = "count(*), coalesce(sum(rugs_within_40::INT), 0), coalesce(sum(log_return), 0)"
[(rows, near, total)] = table.aggregate(sums).fetchall()
print(f"{rows} rows, {near} near a rug, sum of log returns {total:.6f}")
