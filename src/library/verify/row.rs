//! Verifies rows of revealed games from other programs: entries of a `gameHistory`, exports in snake or camel case.

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use crate::fairness::{
    Claim, CommitmentSource, Examination, KNOWN_VERSION, Path, Proof, ProofStatus, RecordedPrice,
    examine_all,
};
use crate::library::verify::verdict::{Ending, RevealedSeed, VerifiedGame};
use crate::protocol::{GameId, number};
use crate::recording::Peak;

/// The number of characters of a number that are shown.
const MAX_SHOWN_CHARS: usize = 60;

/// A price with its digits; they may be more than a `Decimal` holds.
#[derive(Debug, Clone, Copy, PartialEq)]
struct PriceText<'a> {
    text: &'a str,
    double: f64,
}

impl<'a> PriceText<'a> {
    /// Reads a number, or a text that is a number.
    fn read(value: &'a Value) -> Option<Self> {
        let text = match value {
            Value::Number(number) => number.as_str(),
            Value::String(text) => text.as_str(),
            _ => return None,
        };
        let double = text.parse().ok().filter(|_| number::is_number(text))?;
        Some(Self { text, double })
    }

    fn decimal(self) -> Option<Decimal> {
        number::parse(self.text).or_else(|| number::shortest(self.double))
    }
}

impl RecordedPrice for PriceText<'_> {
    fn denotes(&self, double: f64) -> bool {
        self.double.to_bits() == double.to_bits()
    }

    fn digits(&self) -> String {
        beginning(self.text)
    }
}

/// Returns the beginning of a text.
fn beginning(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN_CHARS) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

const ID: [&str; 3] = ["gameId", "game_id", "id"];
const SEED: [&str; 2] = ["serverSeed", "server_seed"];
const HASH: [&str; 2] = ["serverSeedHash", "server_seed_hash"];
const VERSION: [&str; 3] = ["gameVersion", "game_version", "version"];
const PEAK: [&str; 2] = ["peakMultiplier", "peak_multiplier"];
const FAIR: [&str; 2] = ["provablyFair", "provably_fair"];

/// Proves revealed games, together; the hash in a row is its commitment.
///
/// The error of a row says why it names no game, or which value has another type than its key requires.
pub(super) fn check_rows(rows: &[&Map<String, Value>]) -> Vec<Result<VerifiedGame, String>> {
    let rows: Vec<_> = rows.iter().map(|row| RevealedRow::read(row)).collect();
    let claims: Vec<_> = rows.iter().flatten().map(RevealedRow::claim).collect();
    let mut examined = examine_all(&claims).into_iter();
    let checked = rows.iter().map(|row| {
        let row = row.as_ref().map_err(String::clone)?;
        Ok(row.verified(examined.next().expect("each readable row has a result")))
    });
    checked.collect()
}

/// The values of a row.
struct RevealedRow<'a> {
    game_id: GameId,
    prices: Vec<Option<PriceText<'a>>>,
    peak: Option<PriceText<'a>>,
    version: Option<String>,
    seed: Option<&'a str>,
    hash: Option<&'a str>,
    /// The hash beside the seed.
    fair_hash: Option<&'a str>,
}

impl<'a> RevealedRow<'a> {
    fn read(row: &'a Map<String, Value>) -> Result<Self, String> {
        let fair = FAIR.iter().find_map(|key| row.get(*key)?.as_object());
        let fair_text = |keys: &[&str]| fair.map_or(Ok(None), |fair| text(fair, keys));
        let id = text(row, &ID)?.ok_or("it names no game (id, gameId or game_id)")?;
        let game_id = GameId::new(id).ok_or("its game id is longer than 128 characters")?;
        let (seed, fair_seed) = (text(row, &SEED)?, fair_text(&SEED)?);
        if seed.is_some() && fair_seed.is_some() && seed != fair_seed {
            return Err("it has two different seeds".to_owned());
        }
        let (hash, fair_hash) = (text(row, &HASH)?, fair_text(&HASH)?);
        let peak = PEAK.iter().find_map(|key| stated(row, key));
        Ok(Self {
            game_id,
            version: version(&[Some(row), fair]),
            peak: peak.map(number_of).transpose()?,
            prices: prices(row)?,
            seed: seed.or(fair_seed),
            hash,
            fair_hash,
        })
    }

    fn claim(&self) -> Claim<'_, PriceText<'a>> {
        Claim {
            game_id: &self.game_id,
            prices: &self.prices,
            rug_tick: None,
            peak: self.peak,
            version: self.version.as_deref(),
            commitment: self.hash.or(self.fair_hash),
            commitment_seen: CommitmentSource::File,
            revealed_hash: self.fair_hash.filter(|_| self.hash.is_some()),
            seed: self.seed,
            repaired: false,
        }
    }

    fn verified(&self, examined: Examination) -> VerifiedGame {
        let Examination {
            proof,
            compared,
            path,
        } = examined;
        let Self { prices, peak, .. } = self;
        let has_prices = prices.iter().any(Option::is_some);
        // A row without prices has no repaired ticks: hash and peak were proven.
        let status = match proof.status {
            ProofStatus::Repaired if !has_prices => ProofStatus::Proven,
            status => status,
        };
        let rug_tick = path.as_ref().and_then(Path::rug_tick);
        let ticks = match (rug_tick, &path) {
            (Some(rug), _) => rug as usize + 1,
            (None, Some(path)) => prices.len().max(path.prices().len()),
            (None, None) => prices.len(),
        };
        let ending = match rug_tick {
            Some(rug) if has_prices => Ending::of(prices, rug),
            _ => Ending::Given,
        };
        let highest = prices.iter().flatten();
        let highest = highest.max_by(|a, b| a.double.total_cmp(&b.double));
        VerifiedGame {
            game_id: self.game_id.clone(),
            ticks: u32::try_from(ticks).unwrap_or(u32::MAX),
            // The server stated it.
            peak: Peak {
                multiplier: peak.or(highest.copied()).and_then(PriceText::decimal),
                exact: true,
            },
            proof: Proof { status, ..proof },
            compared,
            prices: has_prices,
            ending,
            disagreements: Vec::new(),
            revealed: self.seed.map(|seed| RevealedSeed {
                seed: seed.to_owned(),
                hash: self.hash.or(self.fair_hash).map(str::to_owned),
                version: self.version.clone(),
            }),
        }
    }
}

/// Returns the value of a key; `null` counts as missing.
fn stated<'a>(row: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    row.get(key).filter(|value| !value.is_null())
}

/// Returns the text of the first of these keys that has one; an empty text counts as missing.
fn text<'a>(row: &'a Map<String, Value>, keys: &[&str]) -> Result<Option<&'a str>, String> {
    for key in keys {
        match stated(row, key) {
            None => {}
            Some(Value::String(text)) if text.is_empty() => {}
            Some(Value::String(text)) => return Ok(Some(text)),
            Some(_) => return Err(format!("{key} is no text")),
        }
    }
    Ok(None)
}

/// Returns the version of the generator; of several an unknown one, which decides.
fn version(objects: &[Option<&Map<String, Value>>]) -> Option<String> {
    let objects = objects.iter().flatten();
    let values = objects.flat_map(|object| VERSION.iter().filter_map(|key| stated(object, key)));
    let mut versions: Vec<_> = values
        .map(|value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        })
        .filter(|version| !version.is_empty())
        .collect();
    versions.sort_by_key(|version| version == KNOWN_VERSION);
    versions.into_iter().next()
}

fn prices(row: &Map<String, Value>) -> Result<Vec<Option<PriceText<'_>>>, String> {
    let entries = match stated(row, "prices") {
        None => return Ok(Vec::new()),
        Some(Value::Array(entries)) => entries,
        Some(_) => return Err("prices is no list".to_owned()),
    };
    let read = entries.iter().enumerate().map(|(place, value)| {
        let is_hole = value.is_null();
        let number = (!is_hole).then(|| number_of(value)).transpose();
        number.map_err(|why| format!("prices, entry {place}: {why}"))
    });
    read.collect()
}

fn number_of(value: &Value) -> Result<PriceText<'_>, String> {
    PriceText::read(value)
        .ok_or_else(|| format!("{} is not a decimal number", beginning(&value.to_string())))
}
