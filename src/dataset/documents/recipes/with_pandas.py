import numpy as np
import pandas as pd

trainable = [("trainable", "==", True)]
games = pd.read_parquet("games", columns=["game_id", "bucket", "rug_tick"], filters=trainable)
paths = pd.read_parquet("paths", columns=["game_id", "prices"], filters=trainable)
table = paths.rename(columns={"prices": "price"}).explode("price", ignore_index=True)
table["price"] = table["price"].astype(float)
table["tick"] = table.groupby("game_id").cumcount()
table = table.merge(games, on="game_id")
table = table[table["tick"] < table["rug_tick"]]  # the rug's own price is not proven, and no tick to act at
table["log_return"] = np.log(table["price"]).groupby(table["game_id"]).diff()
table["rugs_within_40"] = table["rug_tick"] <= table["tick"] + 40
table["split"] = pd.cut(table["bucket"], [-1, 79, 89, 99], labels=["train", "validation", "test"])
table = table.drop(columns=["bucket", "rug_tick"])  # the rug tick is known only afterwards
print(f"{len(table)} rows, {table['rugs_within_40'].sum()} near a rug, sum of log returns {table['log_return'].sum():.6f}")
