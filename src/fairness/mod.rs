//! Provably fair: the seeded generator, the price path of version 3, and what a proof says (`fairness.md`). Pure.

mod path;
mod proof;
mod seedrandom;

pub use path::{Path, UNSEEDED_RUG_MAX, seed_hash};
pub use proof::{Claim, CommitmentSeen, Mismatch, Proof, Status, prove};
pub use seedrandom::SeedRandom;
