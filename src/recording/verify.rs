//! Proving recorded files again: game files, folders of them, and lists of revealed games (JSONL).

use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use serde::Deserialize;

use super::GameFile;
use super::index::is_game_name;
use crate::fairness::{Claim, CommitmentSeen, Mismatch, Proof, Status, prove};
use crate::protocol::{GameId, Tick, number};

/// The result for one game.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The file, with the line for a list.
    pub place: String,
    /// What was proven, or why the file cannot be read.
    pub result: Result<Checked, String>,
}

/// A game that was looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// The game.
    pub game_id: GameId,
    /// Ticks, the rug's included.
    pub ticks: u32,
    /// The highest price.
    pub peak: Option<Decimal>,
    /// The proof, made now.
    pub proof: Proof,
    /// Whether there were prices to compare, or only hash and peak.
    pub prices: bool,
}

/// A row of a list of revealed games.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: GameId,
    game_version: Option<String>,
    server_seed: Option<String>,
    server_seed_hash: Option<String>,
    #[serde(default, with = "number::text")]
    peak_multiplier: Option<Decimal>,
    #[serde(default, with = "number::text::list")]
    prices: Vec<Option<Decimal>>,
}

/// Verifies what is at `path`; `tell` gets each verdict as it comes. An unreadable path is a verdict, too.
pub fn verify_path(path: &Path, tell: &mut dyn FnMut(Verdict)) {
    if path.is_dir() {
        verify_folder(path, tell);
    } else if path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("jsonl"))
    {
        verify_list(path, tell);
    } else {
        let read = std::fs::read(path).map_err(|error| error.to_string());
        let result = read
            .and_then(|text| GameFile::parse(&text))
            .map(|file| check_file(&file));
        tell(Verdict {
            place: path.display().to_string(),
            result,
        });
    }
}

/// Every game file in a folder and below, in order of their names; the journal is none of them.
fn verify_folder(folder: &Path, tell: &mut dyn FnMut(Verdict)) {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            let place = folder.display().to_string();
            return tell(Verdict {
                place,
                result: Err(error.to_string()),
            });
        }
    };
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.sort();
    for path in paths {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() && !name.starts_with('.') || path.is_file() && is_game_name(&name) {
            verify_path(&path, tell);
        }
    }
}

fn verify_list(path: &Path, tell: &mut dyn FnMut(Verdict)) {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            let place = path.display().to_string();
            return tell(Verdict {
                place,
                result: Err(error.to_string()),
            });
        }
    };
    for (line, number) in text
        .lines()
        .zip(1..)
        .filter(|(line, _)| !line.trim().is_empty())
    {
        let row = serde_json::from_str(line).map_err(|error| error.to_string());
        let place = format!("{}:{number}", path.display());
        tell(Verdict {
            place,
            result: row.map(|row| check_row(&row)),
        });
    }
}

/// A revealed game: its own hash is the commitment.
fn check_row(row: &Row) -> Checked {
    let rug_tick = row
        .prices
        .len()
        .checked_sub(1)
        .and_then(|last| Tick::try_from(last).ok());
    let (proof, path) = prove(&Claim {
        game_id: &row.id,
        prices: &row.prices,
        rug_tick,
        peak: row.peak_multiplier,
        version: row.game_version.as_deref(),
        commitment: row.server_seed_hash.as_deref(),
        commitment_seen: CommitmentSeen::File,
        revealed_hash: None,
        seed: row.server_seed.as_deref(),
        repaired: false,
    });
    let prices = !row.prices.is_empty();
    // Without prices every tick is "missing": nothing was repaired, hash and peak were proven.
    let status = if prices || proof.status != Status::Repaired {
        proof.status
    } else {
        Status::Proven
    };
    let ticks = if prices {
        row.prices.len()
    } else {
        path.len() + 1
    };
    Checked {
        game_id: row.id.clone(),
        ticks: u32::try_from(ticks).unwrap_or(u32::MAX),
        peak: row.peak_multiplier,
        proof: Proof { status, ..proof },
        prices,
    }
}

/// A game file: the hash in it is the commitment; what it says of itself must agree with its prices.
fn check_file(file: &GameFile) -> Checked {
    let meta = &file.meta;
    let known_rug = meta.complete || meta.end_time.is_some();
    let (proof, _) = prove(&Claim {
        game_id: &meta.game_id,
        prices: &file.prices,
        rug_tick: meta.duration_ticks.checked_sub(1).filter(|_| known_rug),
        peak: meta.peak_multiplier,
        version: meta.game_version.as_deref(),
        commitment: meta.server_seed_hash.as_deref(),
        commitment_seen: match meta.proof.commitment {
            CommitmentSeen::Seen => CommitmentSeen::Seen,
            CommitmentSeen::File | CommitmentSeen::None => CommitmentSeen::File,
        },
        revealed_hash: None,
        seed: meta.server_seed.as_deref(),
        repaired: !meta.repaired_ticks.is_empty(),
    });
    let proof = match own_contradiction(file) {
        Some(mismatch) if proof.mismatch.is_none() => Proof {
            status: Status::Mismatch,
            reason: None,
            mismatch: Some(mismatch),
            ..proof
        },
        _ => proof,
    };
    Checked {
        game_id: meta.game_id.clone(),
        ticks: meta.duration_ticks,
        peak: meta.peak_multiplier,
        proof,
        prices: true,
    }
}

/// What the file says of its own prices and they deny: their number, and the highest of them.
fn own_contradiction(file: &GameFile) -> Option<Mismatch> {
    let length = file.prices.len();
    if file.meta.duration_ticks as usize != length {
        return Some(Mismatch::Tick {
            tick: Tick::try_from(length).unwrap_or(Tick::MAX),
            expected: format!("{} ticks", file.meta.duration_ticks),
            seen: format!("{length} prices"),
        });
    }
    let highest = (0..)
        .zip(&file.prices)
        .filter_map(|(tick, price)| Some(((*price)?, tick)));
    let (peak, tick) = highest.max_by_key(|(price, tick)| (*price, std::cmp::Reverse(*tick)))?;
    (file.meta.peak_multiplier != Some(peak)).then(|| Mismatch::Tick {
        tick,
        expected: peak.to_string(),
        seen: file
            .meta
            .peak_multiplier
            .map_or("no peak".to_owned(), |peak| peak.to_string()),
    })
}
