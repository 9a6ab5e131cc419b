//! A game file against its seed, and what the file says of itself against what is found.

use rust_decimal::Decimal;

use super::{Checked, Disagreement, Ending};
use crate::fairness::{
    Claim, CommitmentSeen, Compared, Examined, KNOWN_VERSION, Mismatch, Path, Proof, Status,
    examine,
};
use crate::protocol::{Tick, number};
use crate::recording::{GameFile, Original};

/// Proves a game file again. Its hash is a commitment if the file says that it was seen before the reveal.
pub(super) fn check_file(file: &GameFile) -> Checked {
    let meta = &file.meta;
    let known_rug = meta.complete || meta.end_time.is_some();
    let was_seen = meta.proof.commitment == CommitmentSeen::Seen;
    let hash = meta.server_seed_hash.as_deref();
    // With holes, or when the end is missing, the stated peak may be a lower bound.
    let rug = file.prices.len().saturating_sub(1);
    let is_whole = known_rug && file.prices[..rug].iter().all(Option::is_some);
    let Examined {
        proof,
        compared,
        path,
    } = examine(&Claim {
        game_id: &meta.game_id,
        prices: &file.prices,
        rug_tick: as_tick(rug).filter(|_| known_rug && !file.prices.is_empty()),
        peak: meta.peak_multiplier.filter(|_| is_whole),
        version: meta.game_version.as_deref(),
        commitment: hash.filter(|_| was_seen),
        commitment_seen: CommitmentSeen::Seen,
        revealed_hash: hash.filter(|_| !was_seen),
        seed: meta.server_seed.as_deref(),
        repaired: !meta.repaired_ticks.is_empty(),
    });
    let path = path.as_ref();
    let rug_tick = path.and_then(Path::rug_tick);
    let found = Found {
        file,
        proof: &proof,
        path,
    };
    let disagreements = found.disagreements();
    let proof = with_recorded_finding(file, proof);
    Checked {
        game_id: meta.game_id.clone(),
        ticks: u32::try_from(file.prices.len()).unwrap_or(u32::MAX),
        peak: meta.peak_multiplier,
        proof,
        compared,
        prices: true,
        ending: rug_tick.map_or(Ending::Given, |rug| Ending::of(&file.prices, rug)),
        disagreements,
    }
}

/// A recording of the Python original: it has no seed.
pub(super) fn check_original(original: &Original) -> Checked {
    let meta = &original.file.meta;
    Checked {
        game_id: meta.game_id.clone(),
        ticks: meta.duration_ticks,
        peak: meta.peak_multiplier,
        proof: Proof {
            status: Status::Unverifiable,
            commitment: CommitmentSeen::None,
            checked_ticks: 0,
            reason: Some("no seed".to_owned()),
            mismatch: None,
        },
        compared: Compared::default(),
        prices: true,
        ending: Ending::Given,
        disagreements: Vec::new(),
    }
}

/// Whether the file's recorded finding stays one, although nothing differs now: it may rest on what the file no longer
/// has, the peak that the server stated, say. Under another version there are no findings.
fn keeps_finding(file: &GameFile, proof: &Proof) -> bool {
    let stored = &file.meta.proof;
    stored.status == Status::Mismatch
        && stored.mismatch.is_some()
        && proof.mismatch.is_none()
        && file.meta.game_version.as_deref() == Some(KNOWN_VERSION)
}

fn with_recorded_finding(file: &GameFile, proof: Proof) -> Proof {
    if !keeps_finding(file, &proof) {
        return proof;
    }
    Proof {
        status: Status::Mismatch,
        reason: None,
        mismatch: file.meta.proof.mismatch.clone(),
        ..proof
    }
}

/// A file and what was found in it.
struct Found<'a> {
    file: &'a GameFile,
    proof: &'a Proof,
    /// The path, if the file agrees with it.
    path: Option<&'a Path>,
}

impl Found<'_> {
    /// Returns what the file says of itself and is not so.
    fn disagreements(&self) -> Vec<Disagreement> {
        let Self { file, proof, .. } = *self;
        let (meta, stored) = (&file.meta, &file.meta.proof);
        let mut list = Vec::new();
        let mut compare = |key, stored: String, found: String| {
            if stored != found {
                list.push(Disagreement { key, stored, found });
            }
        };
        if !keeps_finding(file, proof) {
            compare(
                "proof.status",
                stored.status.as_str().to_owned(),
                proof.status.as_str().to_owned(),
            );
            if let Some(mismatch) = &stored.mismatch {
                let found = proof.mismatch.as_ref();
                let found = found.map_or("none".to_owned(), ToString::to_string);
                compare("proof.mismatch", mismatch.to_string(), found);
            }
        }
        compare(
            "proof.commitment",
            stored.commitment.as_str().to_owned(),
            proof.commitment.as_str().to_owned(),
        );
        if stored.status == proof.status {
            let checked = proof
                .checked_ticks
                .saturating_sub(self.repaired_and_checked());
            compare(
                "proof.checked_ticks",
                stored.checked_ticks.to_string(),
                checked.to_string(),
            );
        }
        let known = file.prices.iter().flatten().count();
        compare("sources", meta.sources.sum().to_string(), known.to_string());
        compare(
            "sources.seed",
            meta.sources.seed.to_string(),
            self.repaired().count().to_string(),
        );
        compare(
            "repaired_ticks",
            meta.repaired_ticks.len().to_string(),
            self.repaired().count().to_string(),
        );
        compare(
            "duration_ticks",
            meta.duration_ticks.to_string(),
            file.prices.len().to_string(),
        );
        compare(
            "complete",
            meta.complete.to_string(),
            self.is_complete().to_string(),
        );
        if !self.peak_is_right() {
            let digits = |peak: Option<Decimal>| peak.map_or("none".to_owned(), |p| p.to_string());
            let highest = file.prices.iter().flatten().max().copied();
            compare(
                "peak_multiplier",
                digits(meta.peak_multiplier),
                digits(highest),
            );
        }
        list
    }

    /// Whether the stated peak is the highest of the file's prices, or of the path. A peak that the proof found wrong is
    /// not named twice.
    fn peak_is_right(&self) -> bool {
        let stated = self.file.meta.peak_multiplier;
        let is_path_peak = |path: &Path| {
            let (_, peak) = path.peak();
            stated.is_some_and(|stated| number::denotes(stated, peak))
        };
        stated == self.file.prices.iter().flatten().max().copied()
            || self.path.is_some_and(is_path_peak)
            || matches!(self.proof.mismatch, Some(Mismatch::Peak { .. }))
    }

    /// The different repaired ticks that have a price.
    fn repaired(&self) -> impl Iterator<Item = usize> {
        let prices = &self.file.prices;
        let ticks: std::collections::BTreeSet<_> = self.file.meta.repaired_ticks.iter().collect();
        ticks
            .into_iter()
            .map(|tick| *tick as usize)
            .filter(|tick| prices.get(*tick).is_some_and(Option::is_some))
    }

    /// How many of the ticks that were compared came from the path itself.
    fn repaired_and_checked(&self) -> u32 {
        let below = |tick: &usize| self.path.is_none_or(|path| *tick < path.prices().len());
        u32::try_from(self.repaired().filter(below).count()).unwrap_or(u32::MAX)
    }

    /// Whether every tick is there, as far as that can be known.
    fn is_complete(&self) -> bool {
        let length = self.file.prices.len();
        let has_rug = match self.path.and_then(Path::rug_tick) {
            Some(rug) => length == rug as usize + 1,
            // No path decides: the file is believed.
            None => self.file.meta.complete,
        };
        has_rug && length > 0 && self.file.prices.iter().all(Option::is_some)
    }
}

fn as_tick(index: usize) -> Option<Tick> {
    Tick::try_from(index).ok()
}
