//! The tables `paths` and `ticks`: the prices of a game as a list, and tick by tick.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{BooleanBuilder, Float64Builder, Int32Builder, StringBuilder};

use super::words::TickSource;
use super::{Row, row};
use crate::dataset::columns::{Column, Table};

row! {
    /// The prices of a game.
    pub struct PathRow in Paths {
        /// The server's id of the game.
        game_id: Arc<str>, "", Before;
        /// As in `games`. Filter by it; as a feature it is a leak.
        trainable: bool, "", After;
        /// Number of ticks including the rug: the length of `prices`.
        n_ticks: i32, "ticks", After;
        /// Prices by tick, the rug last; null for a missing tick. The price at index t is known at tick t.
        prices: Vec<Option<f64>>, "x", During;
        /// Arrival of each tick's own message after `start_time`, by a clock that is never set; null if its price came
        /// from elsewhere.
        arrival_ms: Vec<Option<i32>>, "ms", During;
    }
}

row! {
    /// A tick. But for the filter `trainable`, no column knows the future of the tick.
    pub struct TickRow in Ticks {
        /// The server's id of the game.
        game_id: Arc<str>, "", Before;
        /// Number of the tick, from 0.
        tick: i32, "tick", During;
        /// Price; null if it is missing.
        price: Option<f64>, "x", During;
        /// Where the price comes from: `live`, `partial`, `snapshot`, `history`, `seed`, `missing`, or `unknown` where
        /// the file counts several sources without naming the ticks.
        source: TickSource, "", Meta;
        /// The game ends with this tick.
        is_rug: bool, "", During;
        /// Arrival of the tick's own message after the start of the game; null if the price came from elsewhere.
        arrival_ms: Option<i32>, "ms", During;
        /// As in `games`. Filter by it; as a feature it is a leak.
        trainable: bool, "", After;
    }
}

/// The ticks of a game: many rows of `ticks` at once, without a value of their own for each.
#[derive(Debug, Clone, PartialEq)]
pub struct GameTicks {
    /// The prices.
    pub path: PathRow,
    /// The source of each.
    pub sources: Vec<TickSource>,
    /// The tick of the rug.
    pub rug_tick: Option<i32>,
}

impl Row for GameTicks {
    const TABLE: Table = Table::Ticks;

    fn columns() -> Vec<Column> {
        TickRow::columns()
    }

    fn arrays(games: &[Self]) -> Vec<ArrayRef> {
        let rows = games.iter().map(|game| game.path.prices.len()).sum();
        let mut ids = StringBuilder::with_capacity(rows, rows * 26);
        let mut ticks = Int32Builder::with_capacity(rows);
        let mut prices = Float64Builder::with_capacity(rows);
        let mut sources = StringBuilder::with_capacity(rows, rows * 8);
        let mut rugs = BooleanBuilder::with_capacity(rows);
        let mut arrivals = Int32Builder::with_capacity(rows);
        let mut trainable = BooleanBuilder::with_capacity(rows);
        for Self {
            path,
            sources: of_ticks,
            rug_tick,
        } in games
        {
            let n = path.prices.len();
            let own_arrivals = path.arrival_ms.iter().copied();
            let own_arrivals = own_arrivals.chain(std::iter::repeat(None));
            for (((price, source), arrival), tick) in
                path.prices.iter().zip(of_ticks).zip(own_arrivals).zip(0..)
            {
                ids.append_value(&*path.game_id);
                ticks.append_value(tick);
                prices.append_option(*price);
                sources.append_value(source.as_str());
                rugs.append_value(*rug_tick == Some(tick));
                arrivals.append_option(arrival);
            }
            trainable.append_n(n, path.trainable);
        }
        vec![
            Arc::new(ids.finish()),
            Arc::new(ticks.finish()),
            Arc::new(prices.finish()),
            Arc::new(sources.finish()),
            Arc::new(rugs.finish()),
            Arc::new(arrivals.finish()),
            Arc::new(trainable.finish()),
        ]
    }
}
