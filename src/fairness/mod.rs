//! Provably fair: the seeded generator, the price path of version 3, and the proof of a game (`docs/fairness.md`). Pure.

mod arc4;
mod generator;
mod lanes;
mod mismatch;
mod path;
mod proof;
mod seedrandom;
mod step;
mod tick;

pub use generator::{EARLIER_GAMES, GameGenerator, GameSeed, GeneratedGame};
pub use mismatch::Mismatch;
pub use path::{
    BIG_MOVE_CHANCE, BIG_MOVE_MAX, BIG_MOVE_MIN, DRIFT_MAX, DRIFT_MIN, GOD_CANDLE_CHANCE,
    GOD_CANDLE_FACTOR, GOD_CANDLE_MAX_PRICE, Path, RUG_CHANCE, UNSEEDED_RUG_MAX, seed_hash,
    sha256_hex,
};
pub use proof::{
    Claim, CommitmentSource, ComparedFacts, Examination, KNOWN_VERSION, Proof, ProofStatus,
    RecordedPrice, examine, examine_all, prove,
};
pub use seedrandom::SeedRandom;
pub use step::{SmallMove, Step};
