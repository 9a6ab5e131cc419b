//! Provably fair: the seeded generator, the price path of version 3, and what a proof says (`fairness.md`). Pure.

mod mismatch;
mod path;
mod proof;
mod seedrandom;

pub use mismatch::Mismatch;
pub use path::{Path, UNSEEDED_RUG_MAX, seed_hash};
pub use proof::{
    Claim, CommitmentSeen, Compared, Examined, KNOWN_VERSION, Proof, RecordedPrice, Status,
    examine, prove,
};
pub use seedrandom::SeedRandom;
