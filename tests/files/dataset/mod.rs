//! The build of a data set: what it makes of recordings, what it leaves untouched, and what a fault leaves.

mod copies;
mod faults;
mod imports;
mod incremental;
mod kept_days;
mod options;
mod recordings;
