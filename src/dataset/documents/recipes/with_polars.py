import polars as pl

games = pl.scan_parquet("games/**/*.parquet").filter("trainable").select("game_id", "bucket", "rug_tick")
paths = pl.scan_parquet("paths/**/*.parquet").filter("trainable").select("game_id", price="prices")
price, tick, bucket = pl.col("price"), pl.col("tick"), pl.col("bucket")
table = (
    paths.join(games, on="game_id")
    .with_columns(tick=pl.int_ranges(pl.col("rug_tick") + 1))
    .explode("price", "tick")
    .filter(tick < pl.col("rug_tick"))  # the rug's own price is not proven, and no tick to act at
    .with_columns(
        log_return=(price / price.shift().over("game_id", order_by="tick")).log(),
        rugs_within_40=pl.col("rug_tick") <= tick + 40,
        split=pl.when(bucket < 80).then(pl.lit("train")).when(bucket < 90).then(pl.lit("validation")).otherwise(pl.lit("test")),
    )
    .drop("bucket", "rug_tick")  # the rug tick is known only afterwards
    .collect()
)
print(f"{table.height} rows, {table['rugs_within_40'].sum()} near a rug, sum of log returns {table['log_return'].sum():.6f}")
