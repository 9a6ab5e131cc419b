//! Reads a game file into rows and proves the game again.

use rust_decimal::Decimal;
use sha2::{Digest as _, Sha256};

use super::tick_sources::tick_sources;
use super::{ReadError, count};
use crate::dataset::finding::{Finding, FindingKind};
use crate::dataset::rows::{AnomalyCounts, GameRow, PathRow, StartKind, TickSource};
use crate::fairness::{KNOWN_VERSION, Mismatch, Path, Proof, ProofStatus, Step, sha256_hex};
use crate::game::EndReason;
use crate::library::{MetaMismatch, VerifiedGame, prove_games};
use crate::protocol::number;
use crate::recording::GameFile;

/// The origin of recordings of the Python original.
pub const ORIGINAL: &str = "original";

/// A game with its rows and what is wrong with it.
#[derive(Debug, Clone, PartialEq)]
pub struct GameRecord {
    /// The row of `games`.
    pub game: GameRow,
    /// The row of `paths`.
    pub path: PathRow,
    /// The source of each tick.
    pub sources: Vec<TickSource>,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// The facts of a file beside its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFacts {
    /// Its path in the folder of recordings, with `/`.
    pub file: String,
    /// The SHA-256 of its bytes.
    pub sha256: String,
    /// It is a recording of the Python original.
    pub is_original: bool,
}

/// Reads the text of a game file. `file` is its path in the folder of recordings.
///
/// # Errors
///
/// The text is no game file.
pub fn read_game(text: &[u8], file: &str) -> Result<GameRecord, ReadError> {
    let parsed = GameFile::parse(text).map_err(|why| ReadError {
        file: file.to_owned(),
        why,
    })?;
    let facts = FileFacts {
        file: file.to_owned(),
        sha256: sha256_hex(text),
        is_original: false,
    };
    Ok(game_record(&parsed, facts))
}

/// Returns the rows of a game, with its proof computed again.
///
/// # Panics
///
/// Never: a game has a record.
pub fn game_record(file: &GameFile, facts: FileFacts) -> GameRecord {
    let mut records = game_records(vec![(file, facts)]);
    records.pop().expect("a record for each file")
}

/// Returns the rows of games in their order, with their proofs computed again, together.
pub fn game_records(games: Vec<(&GameFile, FileFacts)>) -> Vec<GameRecord> {
    let files: Vec<_> = games.iter().map(|(file, _)| *file).collect();
    let proven = prove_games(&files).into_iter().zip(games);
    proven
        .map(|((verified, path), (file, facts))| {
            proven_record(file, facts, verified, path.as_ref())
        })
        .collect()
}

fn proven_record(
    file: &GameFile,
    facts: FileFacts,
    verified: VerifiedGame,
    path: Option<&Path>,
) -> GameRecord {
    let proof = verified.proof;
    let findings = findings(&facts.file, file, &proof, &verified.disagreements);
    let doubles = Doubles::of(file, path);
    let rug_tick = rug_tick(file, path);
    let sources = tick_sources(file);
    let game = game_row(file, facts, &proof, &doubles, &sources, rug_tick);
    let arrivals = file.arrivals.iter().map(|at| i32::try_from((*at)?).ok());
    let arrivals = arrivals.chain(std::iter::repeat(None));
    let path = PathRow {
        game_id: file.meta.game_id.as_str().into(),
        trainable: game.trainable,
        n_ticks: game.n_ticks,
        arrival_ms: arrivals.take(doubles.prices.len()).collect(),
        prices: doubles.prices,
    };
    GameRecord {
        game,
        path,
        sources,
        findings,
    }
}

fn game_row(
    file: &GameFile,
    facts: FileFacts,
    proof: &Proof,
    doubles: &Doubles,
    sources: &[TickSource],
    rug_tick: Option<i32>,
) -> GameRow {
    let meta = &file.meta;
    let prices = &doubles.prices;
    let start_kind = if facts.is_original {
        StartKind::Converted
    } else if file.is_unwatched() {
        StartKind::Estimate
    } else if meta.joined_at_tick == Some(0) {
        StartKind::Arrival
    } else {
        StartKind::LateJoin
    };
    let observed = Observed::of(file, sources, start_kind, rug_tick);
    let peak = meta.peak_multiplier.map(number::to_f64_lossy);
    let peak_tick = prices
        .iter()
        .position(|price| price.is_some() && *price == peak);
    let (mismatch_tick, mismatch_expected, mismatch_seen) = mismatch(proof, file);
    let anomalies = AnomalyCounts::of(&meta.anomalies);
    let game_id = meta.game_id.as_str();
    let rug_price = rug_tick.and_then(|tick| prices.get(usize::try_from(tick).ok()?).copied()?);
    let mut row = GameRow {
        game_id: game_id.to_owned(),
        source_origin: if facts.is_original {
            ORIGINAL
        } else {
            meta.origin.as_str()
        },
        seeded: meta.seeded,
        time_scale: meta.speed.map(number::to_f64_lossy),
        start_time: meta.start_time,
        end_time: meta.end_time,
        start_kind,
        n_ticks: count(prices.len()),
        rug_tick,
        entry_tick: observed.entry,
        exit_tick: observed.exit,
        event: observed.event,
        rug_price,
        peak,
        peak_tick: peak_tick.map(count),
        peak_exact: meta.peak_exact,
        end_reason: meta.end_reason,
        complete: meta.complete,
        proof: meta.proof.status,
        proof_reason: meta.proof.reason.clone(),
        commitment: meta.proof.commitment,
        checked_ticks: count(meta.proof.checked_ticks),
        proof_now: proof.status,
        mismatch_tick,
        mismatch_expected,
        mismatch_seen,
        trainable: false,
        missing_ticks: count(prices.iter().filter(|price| price.is_none()).count()),
        repaired_n: count(meta.repaired_ticks.len()),
        from_live: count(meta.sources.live),
        from_partial: count(meta.sources.partial),
        from_snapshot: count(meta.sources.snapshot),
        from_history: count(meta.sources.history),
        from_seed: count(meta.sources.seed),
        repaired_ticks: meta
            .repaired_ticks
            .iter()
            .map(|tick| count(*tick))
            .collect(),
        joined_at_tick: meta.joined_at_tick.map(count),
        reconnects: count(meta.reconnects),
        anomalies_n: anomalies.sum(),
        anomalies,
        v3_violations: v3_violations(file, prices, rug_tick),
        long_prices_n: doubles.not_shortest,
        server_seed_hash: meta.server_seed_hash.clone(),
        server_seed: meta.server_seed.clone(),
        game_version: meta.game_version.clone(),
        bucket: bucket(game_id),
        file: facts.file,
        file_sha256: facts.sha256,
        app: meta.app.clone(),
        format: count(meta.format),
        source_files_n: 1,
    };
    row.trainable = row.is_trainable();
    row
}

/// The prices as doubles.
struct Doubles {
    prices: Vec<Option<f64>>,
    /// Texts that are not the shortest decimal of their double.
    not_shortest: i32,
}

impl Doubles {
    fn of(file: &GameFile, path: Option<&Path>) -> Self {
        let mut not_shortest = 0;
        // A path that the file does not contradict has the same doubles.
        let path = path.map_or(&[][..], Path::prices);
        let double = |(tick, price): (usize, &Option<Decimal>)| {
            let price = (*price)?;
            let known = path.get(tick).copied();
            let double = known.unwrap_or_else(|| number::to_f64_lossy(price));
            not_shortest += i32::from(!number::is_shortest(price, double));
            Some(double)
        };
        let prices = file.prices.iter().enumerate().map(double).collect();
        Self {
            prices,
            not_shortest,
        }
    }
}

/// The part of a game that was under observation.
struct Observed {
    entry: i32,
    exit: i32,
    event: bool,
}

impl Observed {
    fn of(
        file: &GameFile,
        sources: &[TickSource],
        start_kind: StartKind,
        rug_tick: Option<i32>,
    ) -> Self {
        let meta = &file.meta;
        let last_tick = count(file.prices.len().saturating_sub(1));
        let is_received =
            |source: &TickSource| !matches!(source, TickSource::Missing | TickSource::Seed);
        let last_received = sources.iter().rposition(is_received);
        let event = rug_tick.is_some() && was_rug_seen(file);
        let exit = if event {
            rug_tick.unwrap_or(last_tick)
        } else {
            last_received.map_or(0, count)
        };
        let joined = meta.joined_at_tick.map(count);
        let entry = match start_kind {
            StartKind::Arrival | StartKind::Estimate => 0,
            // A game of which no tick arrived was over, or nearly.
            StartKind::LateJoin | StartKind::Converted => joined.unwrap_or(exit),
        };
        Self {
            entry: entry.min(exit),
            exit,
            event,
        }
    }
}

/// Whether a message or the server's history said that the game was over.
fn was_rug_seen(file: &GameFile) -> bool {
    let meta = &file.meta;
    meta.end_time.is_some() || meta.complete || meta.end_reason == Some(EndReason::History)
}

/// Returns the tick of the rug: the last one, if the rug was seen or the seed says that it came there.
fn rug_tick(file: &GameFile, path: Option<&Path>) -> Option<i32> {
    let last = file.prices.len().checked_sub(1)?;
    let by_seed = path
        .and_then(Path::rug_tick)
        .is_some_and(|rug| rug as usize == last);
    (by_seed || was_rug_seen(file)).then(|| count(last))
}

/// Counts the steps that version v3 cannot make; `None` for another version. The rug is not a step.
fn v3_violations(file: &GameFile, prices: &[Option<f64>], rug_tick: Option<i32>) -> Option<i32> {
    let version = file.meta.game_version.as_deref();
    if version.is_some_and(|version| version != KNOWN_VERSION) {
        return None;
    }
    let steps = prices.len().saturating_sub(usize::from(rug_tick.is_some()));
    let before = &prices[..steps];
    let is_wrong_start = before
        .first()
        .is_some_and(|first| first.is_some_and(|first| first.to_bits() != 1_f64.to_bits()));
    let pairs = before
        .windows(2)
        .filter_map(|pair| Some((pair[0]?, pair[1]?)));
    let wrong = pairs.filter(|(from, to)| Step::between(*from, *to) == Step::Impossible);
    Some(count(wrong.count() + usize::from(is_wrong_start)))
}

fn mismatch(proof: &Proof, file: &GameFile) -> (Option<i32>, Option<String>, Option<String>) {
    match proof.mismatch.clone() {
        None => (None, None, None),
        Some(Mismatch::Tick {
            tick,
            expected,
            seen,
        }) => (Some(count(tick)), Some(expected), Some(seen)),
        Some(Mismatch::Hash { hash }) => (None, file.meta.server_seed_hash.clone(), Some(hash)),
        Some(Mismatch::Peak { stated, computed }) => (None, Some(computed), Some(stated)),
    }
}

/// Returns 0 to 99, from the first 32 bits of the SHA-256 of the id.
pub(crate) fn bucket(game_id: &str) -> i32 {
    let hash = Sha256::digest(game_id.as_bytes());
    let first = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]);
    count(first % 100)
}

fn findings(
    name: &str,
    file: &GameFile,
    proof: &Proof,
    disagreements: &[MetaMismatch],
) -> Vec<Finding> {
    let finding = |kind, text| Finding {
        kind,
        file: name.to_owned(),
        id: Some(file.meta.game_id.as_str().to_owned()),
        text,
    };
    let wrong = disagreements.iter().map(|wrong| {
        let kind = match wrong.key {
            "proof.status" => FindingKind::ProofDiffers,
            _ => FindingKind::WrongStatement,
        };
        let MetaMismatch { key, stored, found } = wrong;
        finding(
            kind,
            format!("{key}: the file says {stored}, computed now: {found}"),
        )
    });
    let mismatch = proof
        .mismatch
        .as_ref()
        .filter(|_| proof.status == ProofStatus::Mismatch);
    let mismatch = mismatch.map(|found| finding(FindingKind::Mismatch, found.to_string()));
    mismatch.into_iter().chain(wrong).collect()
}
