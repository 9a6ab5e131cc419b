//! What a session was worth: its round trips, sidebets and figures. Exact decimals for everything that happened; what the
//! published odds expect is a number of its own (`docs/review.md`). Pure but for the worker threads of `rayon`.

mod course;
mod csv;
mod exact_sum;
mod expected;
mod exposure;
mod figure_sums;
mod figures;
mod fresh_games;
mod index;
mod interval;
mod luck;
mod scan;
mod session_review;
mod sidebets;
mod slices;
mod split_mix;
mod trip;
mod trips;
mod what_if;
mod what_if_total;

pub use course::Course;
pub use csv::{actions_csv, trips_csv};
pub use expected::{OddsExpectation, has_odds};
pub use exposure::holding_cost;
pub use exposure::{bet_value, mean_of};
pub use figures::Figures;
pub use fresh_games::{FRESH_GAMES, FreshResult, FreshRun, fresh_games};
pub use index::{ResultPoint, ReviewAnswer, ReviewFilter, ReviewIndex, SliceSum, TripRow};
pub use interval::Interval;
pub use luck::{BandLevel, LUCK_SAMPLES, Luck, LuckPoint};
pub use session_review::SessionReview;
pub use sidebets::SidebetTrip;
pub use slices::{Slice, SliceKind, slices};
pub use trip::{Extreme, Trip, TripEnd, TripFill};
pub use what_if::{Exit, what_if};
pub use what_if_total::{SHIFTS, WhatIfTotal, what_if_of, what_if_total};
