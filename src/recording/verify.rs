//! Proving recorded files again: game files, folders of them, and lists of revealed games (JSONL).

use std::path::Path;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::index::is_game_name;
use super::{GameFile, Peak};
use crate::fairness::{Claim, CommitmentSeen, Mismatch, Proof, Status, prove};
use crate::paths;
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
    pub peak: Peak,
    /// The proof, made now.
    pub proof: Proof,
    /// Whether there were prices to compare, or only hash and peak.
    pub prices: bool,
    /// Whether the tick of the rug was there to compare.
    pub rug: bool,
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
            place: paths::text(path),
            result,
        });
    }
}

/// Every game file in a folder and below, in order of their names; the journal is none of them, and links to folders
/// are not followed (they may go in circles).
fn verify_folder(folder: &Path, tell: &mut dyn FnMut(Verdict)) {
    let unreadable = |path: &Path, error: &std::io::Error| Verdict {
        place: paths::text(path),
        result: Err(error.to_string()),
    };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return tell(unreadable(folder, &error)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let typed = entry.and_then(|entry| Ok((entry.path(), entry.file_type()?)));
        match typed {
            Ok(entry) => found.push(entry),
            Err(error) => tell(unreadable(folder, &error)),
        }
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    for (path, kind) in found {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if kind.is_dir() && !name.starts_with('.') || !kind.is_dir() && is_game_name(&name) {
            verify_path(&path, tell);
        }
    }
}

fn verify_list(path: &Path, tell: &mut dyn FnMut(Verdict)) {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) => {
            let place = paths::text(path);
            return tell(Verdict {
                place,
                result: Err(error.to_string()),
            });
        }
    };
    // By bytes: a line that is no text costs itself only.
    let lines = text.split(|byte| *byte == b'\n').zip(1..);
    for (line, number) in lines.filter(|(line, _)| !line.trim_ascii().is_empty()) {
        let row = serde_json::from_slice(line).map_err(|error| error.to_string());
        let place = format!("{}:{number}", paths::text(path));
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
        // As the server stated it.
        peak: Peak {
            multiplier: row.peak_multiplier,
            exact: true,
        },
        proof: Proof { status, ..proof },
        prices,
        rug: prices,
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
    // A finding stays one: it may rest on what the file no longer tells, the peak that the server stated, say.
    let recorded = meta.proof.mismatch.clone();
    let proof = match own_contradiction(file).or(recorded) {
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
        peak: meta.peak(),
        proof,
        prices: true,
        rug: known_rug,
    }
}

/// What the file says of its own prices and they deny: their number, that none is missing, and the highest of them.
fn own_contradiction(file: &GameFile) -> Option<Mismatch> {
    let length = file.prices.len();
    if file.meta.duration_ticks as usize != length {
        return Some(Mismatch::Tick {
            tick: Tick::try_from(length).unwrap_or(Tick::MAX),
            expected: format!("{} ticks", file.meta.duration_ticks),
            seen: format!("{length} prices"),
        });
    }
    let hole = file.prices.iter().position(Option::is_none);
    if let Some(hole) = hole.filter(|_| file.meta.complete) {
        return Some(Mismatch::Tick {
            tick: Tick::try_from(hole).unwrap_or(Tick::MAX),
            expected: "a complete game".to_owned(),
            seen: "no price".to_owned(),
        });
    }
    // Empty: a file that was written before there were arrivals.
    if !file.arrivals.is_empty() && file.arrivals.len() != length {
        return Some(Mismatch::Tick {
            tick: Tick::try_from(length).unwrap_or(Tick::MAX),
            expected: format!("{length} arrivals"),
            seen: format!("{} arrivals", file.arrivals.len()),
        });
    }
    if let Some(hole) = hole.filter(|hole| file.meta.peak_exact && hole + 1 < length) {
        return Some(Mismatch::Tick {
            tick: Tick::try_from(hole).unwrap_or(Tick::MAX),
            expected: "every price before the rug, for the peak is said to be exact".to_owned(),
            seen: "no price".to_owned(),
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
