//! The quality report of a data set: how complete the recordings are, and whether the games behave as published.
//!
//! A build makes [`DayFacts`] of each partition while it reads the games, and keeps them: they are small, so that no old
//! tick is read again. From the facts of all partitions come the rows of the table `quality` ([`Coverage`]: a gap over
//! midnight changes two of them) and the [`Report`] with its text, JSON and page.
//!
//! All sums of the self-checks are whole numbers: any order of merging gives the same.

mod bins;
mod checks;
mod coverage;
mod day;
mod html;
mod lifetimes;
mod moves;
mod numbers;
mod own_results;
mod report;
mod self_check;
mod statistics;
mod text;

pub use checks::{Check, CheckKind, CheckScope, Verdict, sidebet_chance};
pub use coverage::Coverage;
pub use day::DayFacts;
pub use own_results::OwnResults;
pub use report::Report;
pub use self_check::{ObservedGame, SelfCheck};

#[cfg(test)]
mod tests;
