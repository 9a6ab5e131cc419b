//! The table `quality`.

use serde::{Deserialize, Serialize};

use super::anomalies::AnomalyCounts;
use super::row;
use super::words::Condition;
use crate::game::Time;

row! {
    /// An origin and a UTC day.
    #[derive(Serialize, Deserialize)]
    pub struct QualityRow in Quality {
        /// As in `games`. The day is that of the partition.
        source_origin: String, "", Meta;
        /// Games recorded.
        games_seen: i32, "games", Meta;
        /// Games with every tick and the rug price.
        complete: i32, "games", Meta;
        /// Games proven against their seed.
        proven: i32, "games", Meta;
        /// Games proven, with ticks computed from the seed.
        repaired: i32, "games", Meta;
        /// Games that cannot be proven.
        unverifiable: i32, "games", Meta;
        /// Games that contradict their seed.
        mismatch: i32, "games", Meta;
        /// Games that may be used to train.
        trainable: i32, "games", Meta;
        /// Ticks without a price.
        missing_ticks: i32, "ticks", Meta;
        /// Ticks computed from the seed.
        repaired_ticks: i32, "ticks", Meta;
        /// Games joined after tick 0.
        late_joins: i32, "games", Meta;
        /// Games without a rug.
        no_rug: i32, "games", Meta;
        /// Games known from the server's history alone.
        history_only: i32, "games", Meta;
        /// Games closed by recovery after a crash.
        crash: i32, "games", Meta;
        /// Connections lost during games.
        reconnects: i32, "", Meta;
        /// How often this anomaly was seen
        anomalies: AnomalyCounts, "", Meta;
        /// Price texts that are not the shortest decimal of their double.
        long_prices_n: i32, "prices", Meta;
        /// Further files of games that are counted already.
        duplicates: i32, "files", Meta;
        /// Files that cannot be read.
        unreadable: i32, "files", Meta;
        /// Sessions.
        sessions: i32, "sessions", Meta;
        /// Actions of these sessions.
        actions: i32, "actions", Meta;
        /// Actions with an amount that the decimal columns cannot hold.
        inexact_actions: i32, "actions", Meta;
        /// Differences between our account and the server's.
        drifts: i32, "", Meta;
        /// Pauses between games that are longer than 25 s of the server's time.
        gaps_n: i32, "gaps", Meta;
        /// Their sum.
        gap_s: f64, "s", Meta;
        /// Games that probably ran meanwhile.
        missed_games_est: f64, "games", Meta;
        /// Start of the first game.
        first_start: Option<Time>, "UTC", Meta;
        /// Start of the last game.
        last_start: Option<Time>, "UTC", Meta;
        /// Games that start before the end of the game before: the clock was set back.
        clock_back_n: i32, "games", Meta;
        /// Games whose id names another day than their start.
        id_day_differs_n: i32, "games", Meta;
        /// `complete`, `degraded`, `open` (the day was not over) or `missing`.
        condition: Condition, "", Meta;
    }
}
