//! What a proof says: the recorded game against its commitment, its revealed seed and the path of that seed.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Path, seed_hash};
use crate::protocol::{GameId, Tick, number};

/// The one generator version that is known.
const KNOWN_VERSION: &str = "v3";

/// What was proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Hash, every tick but the rug price, and the tick of the rug agree.
    Proven,
    /// As proven, but some ticks were not received: they come from the path.
    Repaired,
    /// The hash, a price, the peak or the tick of the rug differs. A finding, never overwritten.
    Mismatch,
    /// No seed (yet), an unknown version or no commitment.
    Unverifiable,
}

impl Status {
    /// Returns the word that stands in files and lines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Repaired => "repaired",
            Self::Mismatch => "mismatch",
            Self::Unverifiable => "unverifiable",
        }
    }
}

/// How the commitment is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CommitmentSeen {
    /// During the game, before the seed was revealed.
    Seen,
    /// Only beside the seed.
    File,
    /// Not at all.
    None,
}

/// The first thing that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "MismatchKeys", try_from = "MismatchKeys")]
pub enum Mismatch {
    /// A tick; `expected` or `seen` may be the word `rug`.
    Tick {
        /// Where.
        tick: Tick,
        /// What the path says.
        expected: String,
        /// What was recorded.
        seen: String,
    },
    /// The seed has this hash, which is not the commitment.
    Hash {
        /// SHA-256 of the seed's text.
        hash: String,
    },
}

/// A mismatch as it stands in files: `{ tick, expected, seen }` or `{ hash }`. (`untagged` cannot read numbers with
/// the features that keep their digits.)
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MismatchKeys {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tick: Option<Tick>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expected: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seen: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hash: Option<String>,
}

impl From<Mismatch> for MismatchKeys {
    fn from(mismatch: Mismatch) -> Self {
        let none = Self {
            tick: None,
            expected: None,
            seen: None,
            hash: None,
        };
        match mismatch {
            Mismatch::Tick {
                tick,
                expected,
                seen,
            } => Self {
                tick: Some(tick),
                expected: Some(expected),
                seen: Some(seen),
                ..none
            },
            Mismatch::Hash { hash } => Self {
                hash: Some(hash),
                ..none
            },
        }
    }
}

impl TryFrom<MismatchKeys> for Mismatch {
    type Error = &'static str;

    fn try_from(keys: MismatchKeys) -> Result<Self, Self::Error> {
        match keys {
            MismatchKeys {
                tick: Some(tick),
                expected: Some(expected),
                seen: Some(seen),
                ..
            } => Ok(Self::Tick {
                tick,
                expected,
                seen,
            }),
            MismatchKeys {
                hash: Some(hash), ..
            } => Ok(Self::Hash { hash }),
            _ => Err("a mismatch has tick, expected and seen, or hash"),
        }
    }
}

/// The result of a proof, as it stands in a game file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The result.
    pub status: Status,
    /// How the commitment is known.
    pub commitment: CommitmentSeen,
    /// Ticks compared with the path.
    pub checked_ticks: u32,
    /// Why it is `unverifiable`.
    pub reason: Option<String>,
    /// What differs, if it is a `mismatch`.
    pub mismatch: Option<Mismatch>,
}

/// Everything known of a game that a proof looks at.
#[derive(Debug, Clone)]
pub struct Claim<'a> {
    /// Part of the seed text of the generator.
    pub game_id: &'a GameId,
    /// Prices by tick; the last one is the rug price if `rug_tick` says so.
    pub prices: &'a [Option<Decimal>],
    /// The tick of the rug, if it was seen.
    pub rug_tick: Option<Tick>,
    /// The peak that somebody states, to be checked against the path.
    pub peak: Option<Decimal>,
    /// Version of the generator.
    pub version: Option<&'a str>,
    /// The hash that committed to the seed.
    pub commitment: Option<&'a str>,
    /// How that hash is known; [`CommitmentSeen::None`] goes with no hash.
    pub commitment_seen: CommitmentSeen,
    /// The hash that came beside the seed.
    pub revealed_hash: Option<&'a str>,
    /// The revealed seed.
    pub seed: Option<&'a str>,
    /// Some of `prices` were not received, but filled from the path.
    pub repaired: bool,
}

/// Proves a claim; returns the proof and the price of every hole that the path can fill, by tick.
///
/// With a mismatch nothing is filled. The rug price is never among the filled ones.
pub fn prove(claim: &Claim<'_>) -> (Proof, Vec<(Tick, Decimal)>) {
    let commitment = match (claim.commitment, claim.revealed_hash) {
        (Some(_), _) => claim.commitment_seen,
        (None, Some(_)) => CommitmentSeen::File,
        (None, None) => CommitmentSeen::None,
    };
    let proof = |status, checked_ticks, reason: Option<String>, mismatch| Proof {
        status,
        commitment,
        checked_ticks,
        reason,
        mismatch,
    };
    let unverifiable =
        |checked, reason: String| proof(Status::Unverifiable, checked, Some(reason), None);

    let Some(seed) = claim.seed else {
        return (unverifiable(0, "no seed yet".to_owned()), Vec::new());
    };
    let hash = seed_hash(seed);
    if [claim.commitment, claim.revealed_hash]
        .into_iter()
        .flatten()
        .any(|seen| seen != hash)
    {
        let mismatch = Mismatch::Hash { hash };
        return (proof(Status::Mismatch, 0, None, Some(mismatch)), Vec::new());
    }
    let unknown = match claim.version {
        Some(KNOWN_VERSION) => None,
        Some(other) => {
            let other: String = other
                .chars()
                .take(40)
                .flat_map(char::escape_debug)
                .collect();
            Some(format!("unknown version {other}"))
        }
        None => Some("version not known".to_owned()),
    };
    if let Some(reason) = unknown {
        // No path to compare with, but a stated peak must still be the highest of the prices.
        let mismatch = other_peak(claim);
        return match mismatch {
            Some(_) => (proof(Status::Mismatch, 0, None, mismatch), Vec::new()),
            None => (unverifiable(0, reason), Vec::new()),
        };
    }

    let path = Path::draw(seed, claim.game_id);
    let (checked, mismatch) = compare(claim, &path);
    if mismatch.is_some() {
        return (proof(Status::Mismatch, checked, None, mismatch), Vec::new());
    }
    let holes = holes(claim, &path);
    let result = if claim.commitment.is_none() {
        unverifiable(checked, "no commitment seen".to_owned())
    } else if claim.repaired || !holes.is_empty() {
        proof(Status::Repaired, checked, None, None)
    } else {
        proof(Status::Proven, checked, None, None)
    };
    (result, holes)
}

/// Compares every known tick below the rug, the tick of the rug and the peak; returns the ticks compared.
fn compare(claim: &Claim<'_>, path: &Path) -> (u32, Option<Mismatch>) {
    let rug_at = path.prices().len();
    let claimed_rug = claim.rug_tick.map(|tick| tick as usize);
    let mut checked = 0;
    for (tick, seen) in claim.prices.iter().enumerate() {
        let Some(seen) = *seen else { continue };
        let wrong = |expected, seen| {
            Some(Mismatch::Tick {
                tick: as_tick(tick),
                expected,
                seen,
            })
        };
        match (path.prices().get(tick), claimed_rug == Some(tick)) {
            (Some(&price), true) => return (checked, wrong(text_of(price), RUG.to_owned())),
            (Some(&price), false) => {
                checked += 1;
                if !denotes(seen, price) {
                    return (checked, wrong(text_of(price), seen.to_string()));
                }
            }
            (None, true) if tick == rug_at => {}
            // The seed does not say where a game of the full length rugs.
            (None, _) if path.rug_tick().is_none() => {}
            (None, _) => {
                let tick = as_tick(rug_at);
                let expected = RUG.to_owned();
                return (
                    checked,
                    Some(Mismatch::Tick {
                        tick,
                        expected,
                        seen: seen.to_string(),
                    }),
                );
            }
        }
    }
    // A rug whose price is missing is still a rug at a tick.
    if let (Some(claimed), Some(rug)) = (claim.rug_tick, path.rug_tick())
        && claimed != rug
    {
        let expected = path
            .prices()
            .get(claimed as usize)
            .map_or(RUG.to_owned(), |p| text_of(*p));
        let (tick, seen) = (claimed.min(rug), RUG.to_owned());
        return (
            checked,
            Some(Mismatch::Tick {
                tick,
                expected,
                seen,
            }),
        );
    }
    let (tick, peak) = path.peak();
    let other_peak = claim.peak.filter(|&seen| !denotes(seen, peak));
    (
        checked,
        other_peak.map(|seen| Mismatch::Tick {
            tick: as_tick(tick),
            expected: text_of(peak),
            seen: seen.to_string(),
        }),
    )
}

/// The stated peak, if the prices are all there and have another one.
fn other_peak(claim: &Claim<'_>) -> Option<Mismatch> {
    let stated = claim.peak?;
    let mut highest: Option<(usize, Decimal)> = None;
    for (tick, price) in claim.prices.iter().enumerate() {
        let price = (*price)?;
        if highest.is_none_or(|(_, most)| price > most) {
            highest = Some((tick, price));
        }
    }
    let (tick, most) = highest.filter(|(_, most)| *most != stated)?;
    Some(Mismatch::Tick {
        tick: as_tick(tick),
        expected: most.to_string(),
        seen: stated.to_string(),
    })
}

const RUG: &str = "rug";

/// The ticks below the rug that no message brought, with their prices.
fn holes(claim: &Claim<'_>, path: &Path) -> Vec<(Tick, Decimal)> {
    let missing = |tick: usize| claim.prices.get(tick).copied().flatten().is_none();
    let prices = path
        .prices()
        .iter()
        .enumerate()
        .filter(|(tick, _)| missing(*tick));
    prices
        .filter_map(|(tick, price)| Some((as_tick(tick), number::shortest(*price)?)))
        .collect()
}

/// Whether the recorded digits are the ones that the server writes for this double.
///
/// Other digits that only round to the same double (the 18th digit of a price, say) were not written by it.
fn denotes(seen: Decimal, price: f64) -> bool {
    number::is_shortest(seen, price)
        || number::shortest(price).is_none()
            && number::to_f64_lossy(seen).to_bits() == price.to_bits()
}

fn text_of(price: f64) -> String {
    number::shortest(price).map_or_else(|| number::shortest_text(price), |p| p.to_string())
}

fn as_tick(index: usize) -> Tick {
    Tick::try_from(index).unwrap_or(Tick::MAX)
}
