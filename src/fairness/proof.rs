//! The proof of a game: compares the recording with its commitment, its revealed seed and the path of that seed.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Mismatch, Path, seed_hash};
use crate::named_enum::named_enum;
use crate::protocol::{GameId, Tick, number};

/// The only known generator version.
pub const KNOWN_VERSION: &str = "v3";
/// The reason for a game without a stated version.
const NO_VERSION: &str = "version not stated";

named_enum! {
    /// The result of a proof.
    #[derive(Hash)]
    pub enum ProofStatus {
        /// Hash, every tick but the rug price, and the tick of the rug agree.
        Proven = "proven",
        /// As `Proven`, but some ticks were not received and come from the path.
        Repaired = "repaired",
        /// The hash, a price, the peak or the tick of the rug differs. This finding is never overwritten.
        Mismatch = "mismatch",
        /// No seed (yet), an unknown version, no commitment, or nothing to compare.
        Unverifiable = "unverifiable",
    }
}

named_enum! {
    /// The source of the commitment.
    pub enum CommitmentSource {
        /// A message of the game, before the reveal of the seed.
        Seen = "seen",
        /// Only the entry that reveals the seed.
        File = "file",
        /// None.
        None = "none",
    }
}

/// A proof, in the format of a game file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The result.
    pub status: ProofStatus,
    /// The source of the commitment.
    pub commitment: CommitmentSource,
    /// Ticks compared with the path.
    pub checked_ticks: u32,
    /// Why the game is `unverifiable`; `version not stated` also with `proven` and `repaired`.
    pub reason: Option<String>,
    /// The difference of a `mismatch`.
    pub mismatch: Option<Mismatch>,
}

/// A recorded price; it compares as the double that its digits denote.
pub trait RecordedPrice {
    /// Whether the digits denote this double.
    fn denotes(&self, double: f64) -> bool;
    /// Returns the digits for a message.
    fn digits(&self) -> String;
}

impl RecordedPrice for Decimal {
    fn denotes(&self, double: f64) -> bool {
        number::denotes(*self, double)
    }

    fn digits(&self) -> String {
        self.to_string()
    }
}

/// The facts of a game that a proof compares.
#[derive(Debug, Clone)]
pub struct Claim<'a, P = Decimal> {
    /// Part of the seed text of the generator.
    pub game_id: &'a GameId,
    /// Prices by tick; the last one is the rug price if `rug_tick` says so.
    pub prices: &'a [Option<P>],
    /// The tick of the rug, if received. Without it, a last price that follows the path's last one is the rug's.
    pub rug_tick: Option<Tick>,
    /// A stated peak to check against the path.
    pub peak: Option<P>,
    /// Version of the generator.
    pub version: Option<&'a str>,
    /// The hash that committed to the seed.
    pub commitment: Option<&'a str>,
    /// The source of that hash; [`CommitmentSource::None`] without a hash.
    pub commitment_seen: CommitmentSource,
    /// The hash sent together with the seed.
    pub revealed_hash: Option<&'a str>,
    /// The revealed seed.
    pub seed: Option<&'a str>,
    /// Some of `prices` were not received but filled from the path.
    pub repaired: bool,
}

/// The facts of a claim, besides its prices, that were compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ComparedFacts {
    /// A hash with the seed.
    pub hash: bool,
    /// The stated peak with the path.
    pub peak: bool,
    /// The tick of the rug with the path.
    pub rug: bool,
}

/// A proof and its basis.
#[derive(Debug, Clone, PartialEq)]
pub struct Examination {
    /// The result.
    pub proof: Proof,
    /// The facts that were compared besides the prices that `proof.checked_ticks` counts.
    pub compared: ComparedFacts,
    /// The path, if the claim does not contradict it; `None` with a mismatch, and when no path was computed or trusted.
    pub path: Option<Path>,
}

/// Proves a claim; returns the proof and the price of every hole that the path can fill, by tick.
///
/// A path that the claim contradicts, or with which nothing was compared, fills no hole. The rug price is never filled.
pub fn prove(claim: &Claim<'_>) -> (Proof, Vec<(Tick, Decimal)>) {
    let Examination { proof, path, .. } = examine(claim);
    let holes = path.map_or_else(Vec::new, |path| {
        let missing = path.prices().iter().enumerate();
        let missing = missing.filter(|(tick, _)| is_hole(claim.prices, *tick));
        missing
            .filter_map(|(tick, price)| Some((as_tick(tick), number::shortest(*price)?)))
            .collect()
    });
    (proof, holes)
}

/// Compares a claim with its seed and the path of that seed.
///
/// The version decides first; a claim without a version is compared as the known one. A claim with nothing to compare is
/// unverifiable (`docs/fairness.md`).
pub fn examine<P: RecordedPrice>(claim: &Claim<'_, P>) -> Examination {
    match Draft::of(claim) {
        Ok(draft) => {
            let path = Path::draw(draft.seed, claim.game_id);
            draft.compare_with(claim, path)
        }
        Err(decided) => *decided,
    }
}

/// Does for each claim what [`examine`] does, in their order, with the paths of all of them drawn together.
pub fn examine_all<P: RecordedPrice>(claims: &[Claim<'_, P>]) -> Vec<Examination> {
    let drafts: Vec<_> = claims.iter().map(Draft::of).collect();
    let open = claims.iter().zip(&drafts);
    let open = open.filter_map(|(claim, draft)| Some((draft.as_ref().ok()?.seed, claim.game_id)));
    let mut paths = Path::draw_all(open).into_iter();
    let examined = drafts.into_iter().zip(claims);
    let examined = examined.filter_map(|(draft, claim)| match draft {
        Ok(draft) => Some(draft.compare_with(claim, paths.next()?)),
        Err(decided) => Some(*decided),
    });
    examined.collect()
}

/// A claim whose hash is right: its path decides.
struct Draft<'a> {
    commitment: CommitmentSource,
    /// A stated version.
    version: Option<&'a str>,
    seed: &'a str,
    compared: ComparedFacts,
}

impl<'a> Draft<'a> {
    /// Compares what needs no path; the error is the result of a claim that this decides.
    fn of<P>(claim: &Claim<'a, P>) -> Result<Self, Box<Examination>> {
        let commitment = match (claim.commitment, claim.revealed_hash) {
            (Some(_), _) => claim.commitment_seen,
            (None, Some(_)) => CommitmentSource::File,
            (None, None) => CommitmentSource::None,
        };
        let mut draft = Self {
            commitment,
            version: claim.version,
            seed: claim.seed.unwrap_or_default(),
            compared: ComparedFacts::default(),
        };
        if let Some(other) = claim.version.filter(|version| *version != KNOWN_VERSION) {
            let other = other.chars().take(40).flat_map(char::escape_debug);
            let reason = format!("unknown version {}", other.collect::<String>());
            return Err(Box::new(draft.unverifiable(0, &reason)));
        }
        if claim.game_id.is_cut() {
            return Err(Box::new(draft.unverifiable(0, "the game id is cut")));
        }
        if claim.seed.is_none() {
            return Err(Box::new(draft.unverifiable(0, "no seed yet")));
        }
        let hash = seed_hash(draft.seed);
        let mut hashes = [claim.commitment, claim.revealed_hash]
            .into_iter()
            .flatten();
        draft.compared.hash = commitment != CommitmentSource::None;
        if hashes.any(|seen| seen != hash) {
            return Err(Box::new(draft.differs(0, Mismatch::Hash { hash })));
        }
        Ok(draft)
    }

    fn result(
        &self,
        status: ProofStatus,
        checked_ticks: u32,
        reason: Option<&str>,
        mismatch: Option<Mismatch>,
    ) -> Examination {
        Examination {
            proof: Proof {
                status,
                commitment: self.commitment,
                checked_ticks,
                reason: reason.map(str::to_owned),
                mismatch,
            },
            compared: self.compared,
            path: None,
        }
    }

    fn unverifiable(&self, checked: u32, reason: &str) -> Examination {
        self.result(ProofStatus::Unverifiable, checked, Some(reason), None)
    }

    /// Without a stated version, a difference may be right under another version.
    fn differs(&self, checked: u32, mismatch: Mismatch) -> Examination {
        match self.version {
            Some(_) => self.result(ProofStatus::Mismatch, checked, None, Some(mismatch)),
            None => self.unverifiable(0, NO_VERSION),
        }
    }

    /// Compares the rest of the claim with the path of its seed.
    fn compare_with<P: RecordedPrice>(mut self, claim: &Claim<'_, P>, path: Path) -> Examination {
        let found = compare(claim, &path);
        self.compared.rug = found.rug;
        self.compared.peak = found.peak;
        if let Some(mismatch) = found.difference {
            return self.differs(found.checked, mismatch);
        }
        let has_holes = (0..path.prices().len()).any(|tick| is_hole(claim.prices, tick));
        // Tick 0 is 1 in every game, and the tick of the rug is evidence only for a game without holes.
        if !(found.drawn_prices || found.peak || found.rug && !has_holes) {
            return self.unverifiable(0, "nothing to compare");
        }
        let examined = if claim.commitment.is_none() {
            self.unverifiable(found.checked, "no commitment seen")
        } else {
            let status = if claim.repaired || has_holes {
                ProofStatus::Repaired
            } else {
                ProofStatus::Proven
            };
            let reason = claim.version.is_none().then_some(NO_VERSION);
            self.result(status, found.checked, reason, None)
        };
        Examination {
            path: Some(path),
            ..examined
        }
    }
}

/// The result of a comparison with a path.
#[derive(Default)]
struct Comparison {
    /// Ticks compared.
    checked: u32,
    /// One of them depends on the seed: it is not tick 0.
    drawn_prices: bool,
    /// The tick of the rug was compared.
    rug: bool,
    /// The stated peak was compared.
    peak: bool,
    /// The first difference.
    difference: Option<Mismatch>,
}

/// Compares every known tick below the rug, the tick of the rug and the peak, up to the first difference.
fn compare<P: RecordedPrice>(claim: &Claim<'_, P>, path: &Path) -> Comparison {
    let mut found = Comparison::default();
    found.difference = compare_prices(claim, path, &mut found);
    if found.difference.is_some() {
        return found;
    }
    if let Some(rug) = path.rug_tick() {
        // A rug without a price still has a tick; a list that continues behind the path's rug has another one.
        let longer = as_tick(claim.prices.len().saturating_sub(1));
        let claimed = claim.rug_tick.or((longer > rug).then_some(longer));
        found.rug |= claimed.is_some();
        if let Some(claimed) = claimed.filter(|claimed| *claimed != rug) {
            let expected = path.prices().get(claimed as usize);
            found.difference = Some(Mismatch::Tick {
                tick: claimed.min(rug),
                expected: expected.map_or(RUG.to_owned(), |price| text_of(*price)),
                seen: if claimed < rug { RUG } else { "no rug" }.to_owned(),
            });
            return found;
        }
    }
    if let Some(stated) = &claim.peak {
        let (_, peak) = path.peak();
        found.peak = true;
        found.difference = (!stated.denotes(peak)).then(|| Mismatch::Peak {
            stated: stated.digits(),
            computed: text_of(peak),
        });
    }
    found
}

/// Compares the prices; returns the first difference.
fn compare_prices<P: RecordedPrice>(
    claim: &Claim<'_, P>,
    path: &Path,
    found: &mut Comparison,
) -> Option<Mismatch> {
    let rug_at = path.prices().len();
    let claimed_rug = claim.rug_tick.map(|tick| tick as usize);
    for (tick, seen) in claim.prices.iter().enumerate() {
        let Some(seen) = seen else { continue };
        let is_last = tick + 1 == claim.prices.len();
        let wrong = |expected, seen| {
            Some(Mismatch::Tick {
                tick: as_tick(tick.min(rug_at)),
                expected,
                seen,
            })
        };
        match (path.prices().get(tick), claimed_rug == Some(tick)) {
            (Some(&price), true) => return wrong(text_of(price), RUG.to_owned()),
            (Some(&price), false) => {
                found.checked += 1;
                found.drawn_prices |= tick > 0;
                if !seen.denotes(price) {
                    return wrong(text_of(price), seen.digits());
                }
            }
            (None, true) if tick == rug_at => found.rug = true,
            (None, false) if tick == rug_at && is_last && claimed_rug.is_none() => {
                found.rug = path.rug_tick().is_some();
            }
            // The seed does not determine the rug of a game with the full length.
            (None, _) if path.rug_tick().is_none() => {}
            (None, _) => return wrong(RUG.to_owned(), seen.digits()),
        }
    }
    None
}

const RUG: &str = "rug";

fn is_hole<P>(prices: &[Option<P>], tick: usize) -> bool {
    prices.get(tick).is_none_or(Option::is_none)
}

fn text_of(price: f64) -> String {
    number::shortest(price).map_or_else(|| number::shortest_text(price), |p| p.to_string())
}

fn as_tick(index: usize) -> Tick {
    Tick::try_from(index).unwrap_or(Tick::MAX)
}

#[cfg(test)]
mod tests;
