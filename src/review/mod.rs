//! What a session was worth: its round trips, sidebets and figures. Exact decimals for everything that happened; what the
//! published odds expect is a number of its own (`docs/review.md`). Pure.

mod course;
mod csv;
mod expected;
mod figures;
mod interval;
mod scan;
mod session_review;
mod sidebets;
mod slices;
mod trip;
mod trips;
mod what_if;

pub use course::{Course, CoursePoint};
pub use csv::{actions_csv, trips_csv};
pub use expected::OddsExpectation;
pub use figures::{Fall, Figures, Streaks};
pub use interval::Interval;
pub use session_review::SessionReview;
pub use sidebets::SidebetTrip;
pub use slices::{Slice, SliceKind, slices};
pub use trip::{Extreme, Trip, TripEnd, TripFill};
pub use what_if::{Exit, WhatIf, what_if};
