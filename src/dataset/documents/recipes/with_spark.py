from pyspark.sql import SparkSession, Window, functions as F

spark = SparkSession.builder.master("local[*]").getOrCreate()
games = spark.read.parquet("games").where("trainable").select("game_id", "bucket", "rug_tick")
paths = spark.read.parquet("paths").where("trainable").select("game_id", F.posexplode("prices").alias("tick", "price"))
by_game = Window.partitionBy("game_id").orderBy("tick")
table = (
    paths.join(games, "game_id")
    .where("tick < rug_tick")  # the rug's own price is not proven, and no tick to act at
    .withColumn("log_return", F.log(F.col("price") / F.lag("price").over(by_game)))
    .withColumn("rugs_within_40", F.expr("rug_tick <= tick + 40"))
    .withColumn("split", F.expr("CASE WHEN bucket < 80 THEN 'train' WHEN bucket < 90 THEN 'validation' ELSE 'test' END"))
    .drop("bucket", "rug_tick")  # the rug tick is known only afterwards
)
rows, near, total = table.selectExpr("count(*)", "coalesce(sum(int(rugs_within_40)), 0)", "coalesce(sum(log_return), 0D)").first()
print(f"{rows} rows, {near} near a rug, sum of log returns {total:.6f}")
