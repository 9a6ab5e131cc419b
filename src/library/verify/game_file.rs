//! Verifies a game file against its seed, and the statements of its `meta` against its prices.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use crate::fairness::{
    Claim, CommitmentSource, ComparedFacts, Examination, KNOWN_VERSION, Mismatch, Path, Proof,
    ProofStatus, examine, examine_all,
};
use crate::library::original::{self, PythonRecording};
use crate::library::verify::verdict::{Ending, MetaMismatch, VerifiedGame};
use crate::protocol::{Tick, number};
use crate::recording::GameFile;

/// Proves a game file again. Its hash is a commitment if the file states that it was seen before the reveal. Also returns
/// the price path, if one was computed and the file does not contradict it.
pub(super) fn check_file(file: &GameFile) -> (VerifiedGame, Option<Path>) {
    verified(file, examine(&claim_of(file)))
}

/// Does for each file what [`check_file`] does, with the paths of all of them drawn together.
pub(super) fn check_files(files: &[&GameFile]) -> Vec<(VerifiedGame, Option<Path>)> {
    let claims: Vec<_> = files.iter().map(|file| claim_of(file)).collect();
    let examined = examine_all(&claims);
    let checked = examined.into_iter().zip(files);
    checked
        .map(|(examined, file)| verified(file, examined))
        .collect()
}

fn claim_of(file: &GameFile) -> Claim<'_> {
    let meta = &file.meta;
    let known_rug = meta.complete || meta.end_time.is_some();
    // The hash that came with a seed counts for the Python original only: it recorded neither.
    let committed = match meta.proof.commitment {
        CommitmentSource::Seen => Some(CommitmentSource::Seen),
        CommitmentSource::File if meta.app == original::APP => Some(CommitmentSource::File),
        _ => None,
    };
    let hash = meta.server_seed_hash.as_deref();
    // With holes or without the end, the stated peak may be a lower bound.
    let rug = file.prices.len().saturating_sub(1);
    let is_whole = known_rug && file.prices[..rug].iter().all(Option::is_some);
    Claim {
        game_id: &meta.game_id,
        prices: &file.prices,
        rug_tick: as_tick(rug).filter(|_| known_rug && !file.prices.is_empty()),
        peak: meta.peak_multiplier.filter(|_| is_whole),
        version: meta.game_version.as_deref(),
        commitment: hash.filter(|_| committed.is_some()),
        commitment_seen: committed.unwrap_or(CommitmentSource::Seen),
        revealed_hash: hash.filter(|_| committed.is_none()),
        seed: meta.server_seed.as_deref(),
        repaired: !meta.repaired_ticks.is_empty(),
    }
}

fn verified(file: &GameFile, examined: Examination) -> (VerifiedGame, Option<Path>) {
    let Examination {
        proof,
        compared,
        path,
    } = examined;
    let meta = &file.meta;
    let rug_tick = path.as_ref().and_then(Path::rug_tick);
    let found = FileCheck {
        file,
        proof: &proof,
        path: path.as_ref(),
    };
    let disagreements = found.disagreements();
    let proof = with_recorded_finding(file, proof);
    let verified = VerifiedGame {
        game_id: meta.game_id.clone(),
        ticks: u32::try_from(file.prices.len()).unwrap_or(u32::MAX),
        peak: meta.peak(),
        proof,
        compared,
        prices: true,
        ending: rug_tick.map_or(Ending::Given, |rug| Ending::of(&file.prices, rug)),
        disagreements,
        revealed: None,
    };
    (verified, path)
}

/// Returns the result for a recording of the Python original, which has no seed.
pub(super) fn check_original(original: &PythonRecording) -> VerifiedGame {
    let meta = &original.file.meta;
    VerifiedGame {
        game_id: meta.game_id.clone(),
        ticks: meta.duration_ticks,
        peak: meta.peak(),
        proof: Proof {
            status: ProofStatus::Unverifiable,
            commitment: CommitmentSource::None,
            checked_ticks: 0,
            reason: Some("no seed".to_owned()),
            mismatch: None,
        },
        compared: ComparedFacts::default(),
        prices: true,
        ending: Ending::Given,
        disagreements: Vec::new(),
        revealed: None,
    }
}

/// Whether the recorded mismatch stays although nothing differs now: it may rest on facts that the file does not have,
/// such as the peak that the server stated. With another generator version there are no findings.
fn keeps_finding(file: &GameFile, proof: &Proof) -> bool {
    let stored = &file.meta.proof;
    stored.status == ProofStatus::Mismatch
        && stored.mismatch.is_some()
        && proof.mismatch.is_none()
        && file.meta.game_version.as_deref() == Some(KNOWN_VERSION)
}

fn with_recorded_finding(file: &GameFile, proof: Proof) -> Proof {
    if !keeps_finding(file, &proof) {
        return proof;
    }
    Proof {
        status: ProofStatus::Mismatch,
        reason: None,
        mismatch: file.meta.proof.mismatch.clone(),
        ..proof
    }
}

/// A file with its new proof.
struct FileCheck<'a> {
    file: &'a GameFile,
    proof: &'a Proof,
    /// The price path, if the file agrees with it.
    path: Option<&'a Path>,
}

impl FileCheck<'_> {
    /// Returns the wrong statements of the file.
    fn disagreements(&self) -> Vec<MetaMismatch> {
        let Self { file, proof, .. } = *self;
        let (meta, stored) = (&file.meta, &file.meta.proof);
        let mut list = Mismatches::default();
        if !keeps_finding(file, proof) {
            list.compare(
                "proof.status",
                stored.status.as_str(),
                proof.status.as_str(),
            );
            if let Some(mismatch) = &stored.mismatch {
                let found = proof.mismatch.as_ref();
                let found = found.map_or("none".to_owned(), ToString::to_string);
                list.compare("proof.mismatch", &mismatch.to_string(), &found);
            }
        }
        list.compare(
            "proof.commitment",
            stored.commitment.as_str(),
            proof.commitment.as_str(),
        );
        let repaired = self.repaired();
        if stored.status == proof.status {
            // Ticks copied from the path were not compared with it.
            let below = |tick: &&usize| self.path.is_none_or(|path| **tick < path.prices().len());
            let copied = as_count(repaired.iter().filter(below).count());
            let checked = proof.checked_ticks.saturating_sub(copied);
            list.compare("proof.checked_ticks", &stored.checked_ticks, &checked);
        }
        let known = file.prices.iter().flatten().count();
        list.compare("sources", &meta.sources.sum(), &(known as u64));
        let seed = as_count(repaired.len());
        list.compare("sources.seed", &meta.sources.seed, &seed);
        list.compare(
            "repaired_ticks",
            &as_count(meta.repaired_ticks.len()),
            &seed,
        );
        let length = as_count(file.prices.len());
        list.compare("duration_ticks", &meta.duration_ticks, &length);
        // A file from before arrivals were recorded has none.
        if !file.arrivals.is_empty() {
            list.compare("arrivals", &as_count(file.arrivals.len()), &length);
        }
        list.compare("complete", &meta.complete, &self.is_complete());
        let before = file
            .prices
            .split_last()
            .map_or(&[][..], |(_, before)| before);
        if meta.peak_exact && before.iter().any(Option::is_none) {
            list.compare("peak_exact", &true, &false);
        }
        if !self.peak_is_right() {
            let digits = |peak: Option<Decimal>| peak.map_or("none".to_owned(), |p| p.to_string());
            let highest = file.prices.iter().flatten().max().copied();
            list.compare(
                "peak_multiplier",
                &digits(meta.peak_multiplier),
                &digits(highest),
            );
        }
        list.0
    }

    /// Whether the stated peak is the highest price of the file or of the path. A peak that the proof found wrong is not
    /// reported twice.
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

    /// Returns the repaired ticks that have a price.
    fn repaired(&self) -> BTreeSet<usize> {
        let ticks = self.file.meta.repaired_ticks.iter();
        let ticks = ticks.map(|tick| *tick as usize);
        let prices = &self.file.prices;
        ticks
            .filter(|tick| prices.get(*tick).is_some_and(Option::is_some))
            .collect()
    }

    /// Whether every tick is known, as far as that can be decided.
    fn is_complete(&self) -> bool {
        let length = self.file.prices.len();
        let has_rug = match self.path.and_then(Path::rug_tick) {
            Some(rug) => length == rug as usize + 1,
            // Without a path the file's own statement counts.
            None => self.file.meta.complete,
        };
        has_rug && length > 0 && self.file.prices.iter().all(Option::is_some)
    }
}

/// Collects the wrong statements.
#[derive(Default)]
struct Mismatches(Vec<MetaMismatch>);

impl Mismatches {
    fn compare<T>(&mut self, key: &'static str, stored: &T, found: &T)
    where
        T: PartialEq + ToString + ?Sized,
    {
        if stored != found {
            self.0.push(MetaMismatch {
                key,
                stored: stored.to_string(),
                found: found.to_string(),
            });
        }
    }
}

fn as_count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn as_tick(index: usize) -> Option<Tick> {
    Tick::try_from(index).ok()
}
