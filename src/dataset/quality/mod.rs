//! The quality report of a data set: how complete the recordings are, and whether the games behave as published.

mod bins;
mod checks;
mod lifetimes;
mod moves;
mod self_check;
mod statistics;

pub use checks::{Check, CheckKind, CheckScope, LOOK_BELOW, Verdict, sidebet_chance};
pub use lifetimes::{Lifetimes, SIDEBET_TICKS, SidebetPoint, SurvivalPoint};
pub use self_check::{ObservedGame, SelfCheck};

#[cfg(test)]
mod tests;
