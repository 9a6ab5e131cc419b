//! Provably fair: the seeded generator, the price path of version 3, and the proof of a game (`docs/fairness.md`). Pure.

mod mismatch;
mod path;
mod proof;
mod seedrandom;

pub use mismatch::Mismatch;
pub use path::{Path, UNSEEDED_RUG_MAX, seed_hash};
pub use proof::{
    Claim, CommitmentSource, ComparedFacts, Examination, KNOWN_VERSION, Proof, ProofStatus,
    RecordedPrice, examine, prove,
};
pub use seedrandom::SeedRandom;
