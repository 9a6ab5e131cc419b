//! Seeds that were revealed elsewhere: they prove recordings of the Python original, which has none.

use std::collections::BTreeMap;

use super::original::PythonRecording;
use super::verify::{RevealedSeed, verify_text};
use crate::fairness::{Claim, CommitmentSource, KNOWN_VERSION, prove};
use crate::game::EndReason;
use crate::protocol::GameId;

/// Revealed seeds by their game.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RevealedSeeds(BTreeMap<GameId, RevealedSeed>);

impl RevealedSeeds {
    /// Adds the seeds of a list in any form that `pianola verify` reads; returns how many rows have one. A seed that does
    /// not fit the hash of its own row is left out.
    pub fn add_list(&mut self, text: &[u8]) -> usize {
        let mut added = 0;
        verify_text("", text, &mut |verdict| {
            if let Ok(game) = verdict.result
                && game.proof.mismatch.is_none()
                && let Some(seed) = game.revealed
            {
                self.0.insert(game.game_id, seed);
                added += 1;
            }
        });
        added
    }

    /// Returns the seed of a game.
    pub fn get(&self, id: &GameId) -> Option<&RevealedSeed> {
        self.0.get(id)
    }
}

impl PythonRecording {
    /// Compares the game with its seed, if one is known, and fills the holes before its last tick from the price path.
    pub fn prove(&mut self, seeds: &RevealedSeeds) {
        let file = &mut self.file;
        let Some(revealed) = seeds.0.get(&file.meta.game_id) else {
            return;
        };
        let last = file.prices.len().checked_sub(1);
        let saw_rug = file.meta.end_reason == Some(EndReason::Rug);
        let (proof, holes) = prove(&Claim {
            game_id: &file.meta.game_id,
            prices: &file.prices,
            rug_tick: last
                .filter(|_| saw_rug)
                .and_then(|tick| u32::try_from(tick).ok()),
            peak: None,
            version: Some(revealed.version.as_deref().unwrap_or(KNOWN_VERSION)),
            commitment: revealed.hash.as_deref(),
            commitment_seen: CommitmentSource::File,
            revealed_hash: None,
            seed: Some(&revealed.seed),
            repaired: false,
        });
        let meta = &mut file.meta;
        meta.server_seed = Some(revealed.seed.clone());
        meta.server_seed_hash.clone_from(&revealed.hash);
        meta.game_version.clone_from(&revealed.version);
        meta.proof = proof;
        for (tick, price) in holes {
            if let Some(slot) = file.prices.get_mut(tick as usize) {
                *slot = Some(price);
                meta.repaired_ticks.push(tick);
                meta.sources.seed += 1;
            }
        }
        let is_whole = file.prices.iter().all(Option::is_some);
        meta.complete = saw_rug && is_whole;
        meta.peak_exact = is_whole && saw_rug;
        meta.peak_multiplier = file.prices.iter().flatten().max().copied();
    }
}
