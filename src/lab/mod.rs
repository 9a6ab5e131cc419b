//! The lab: plays strategies on many games and says what they are worth (`docs/lab.md`). Pure but for the worker threads
//! of `rayon`, over which it spreads the games.
//!
//! The quick way ([`fast`]) counts money in whole lamports and prices as doubles. The exact way ([`exact`]) is the
//! runner and the account that the practice table's players have; a sample of the games is played in both.

mod check;
mod csv;
mod estimate;
mod exact;
mod fast;
mod games;
mod money;
mod numbers;
mod outcome;
mod player;
mod progress;
mod report;
mod rules;
mod run;
mod session;
mod settings;
mod verdict;

pub use check::ExactSample;
pub use csv::csv;
pub use estimate::{Estimate, GameSums, Spread};
pub use exact::{ExactPlayer, LabRow};
pub use games::{LabGames, RecordedGame, fold_new_games};
pub use progress::LabProgress;
pub use report::{Fan, Kelly, LabReport, StrategyResult};
pub use run::{in_pool, run};
pub use settings::{LabError, LabSettings, LabStrategy, MAX_GAMES, MAX_STRATEGIES};
pub use verdict::verdict;
