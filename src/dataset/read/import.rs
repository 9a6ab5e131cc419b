//! Reads recordings of the Python original into rows.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{FileFacts, GameRecord, count, game_record};
use crate::dataset::rows::ImportRow;
use crate::fairness::sha256_hex;
use crate::library::{PythonRecording, RevealedSeeds, Tier, TimeRule};

/// A recording of the Python original with its rows.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportRecord {
    /// The row of `imports`.
    pub row: ImportRow,
    /// The game; `None` if no tick of it was recorded.
    pub game: Option<GameRecord>,
}

/// Reads the text of a recording. `file` is its path in the folder that was named, or its name. A game whose seed is among
/// `seeds` is compared with it.
pub fn read_import(text: &[u8], file: &str, seeds: &RevealedSeeds) -> ImportRecord {
    let Ok(mut recording) = PythonRecording::parse(text) else {
        return ImportRecord {
            row: unreadable(file, text),
            game: None,
        };
    };
    recording.prove(seeds);
    let counts = &recording.counts;
    let (meta, prices) = (&recording.file.meta, &recording.file.prices);
    let first = prices.iter().position(Option::is_some);
    let last = prices.iter().rposition(Option::is_some);
    let row = ImportRow {
        file: file.to_owned(),
        game_id: Some(meta.game_id.as_str().to_owned()),
        tier: recording.tier(),
        first_tick: first.map(count),
        last_tick: last.map(count),
        rug_tick: counts.rug.map(count),
        holes_before_rug: count(counts.holes_before_end),
        ticks_after_rug: count(counts.after_rug),
        repeats: count(counts.repeated),
        conflicts: count(counts.other_price),
        broken_lines: count(counts.broken.saturating_add(counts.strange)),
        v3_violations: count(counts.impossible_steps),
        duplicate_of: None,
        tz_rule: recording.time_rule.as_str().to_owned(),
    };
    let game = first.map(|_| {
        let facts = FileFacts {
            file: file.to_owned(),
            sha256: sha256_hex(text),
            is_original: true,
        };
        game_record(&recording.file, facts)
    });
    ImportRecord { row, game }
}

/// Returns the row of a file in which no line is one of a game.
fn unreadable(file: &str, text: &[u8]) -> ImportRow {
    let lines = text.split(|byte| *byte == b'\n');
    let lines = lines.filter(|line| !line.trim_ascii().is_empty()).count();
    ImportRow {
        file: file.to_owned(),
        game_id: None,
        tier: Tier::E,
        first_tick: None,
        last_tick: None,
        rug_tick: None,
        holes_before_rug: 0,
        ticks_after_rug: 0,
        repeats: 0,
        conflicts: 0,
        broken_lines: count(lines),
        v3_violations: 0,
        duplicate_of: None,
        tz_rule: TimeRule::NoTime.as_str().to_owned(),
    }
}

/// Of several recordings of one game the best one is used: the best tier, then the most ticks, then the first name. Returns
/// for each recording the place of the one that is used instead. A recording is its row with the number of its ticks.
pub fn used_instead<'a>(
    recordings: impl Iterator<Item = (&'a ImportRow, u32)> + Clone,
) -> Vec<Option<usize>> {
    let rank = |row: &'a ImportRow, ticks| (row.tier, Reverse(ticks), row.file.as_str());
    let mut best = BTreeMap::new();
    for (place, (row, ticks)) in recordings.clone().enumerate() {
        if let Some(id) = row.game_id.as_deref() {
            let this = (rank(row, ticks), place);
            let known = best.entry(id).or_insert(this);
            *known = this.min(*known);
        }
    }
    let of = |(place, (row, _)): (usize, (&'a ImportRow, u32))| {
        let (_, used) = best.get(row.game_id.as_deref()?)?;
        (*used != place).then_some(*used)
    };
    recordings.enumerate().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::rows::StartKind;
    use crate::fairness::ProofStatus;

    /// A game of `id` with these prices; the last one is the rug.
    fn recording(id: &str, prices: &[&str]) -> String {
        let lines = prices.iter().zip(0..).map(|(price, tick)| {
            let rugged = tick + 1 == prices.len();
            format!(
                r#"{{"type":"tick","timestamp":"2025-10-29T21:21:19.5","game_id":"{id}","tick":{tick},"price":{price},"active":true,"rugged":{rugged}}}"#
            )
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    fn read(file: &str, text: &str) -> ImportRecord {
        read_import(text.as_bytes(), file, &RevealedSeeds::default())
    }

    #[test]
    fn a_recording_has_a_row_and_a_game_that_is_never_trainable() {
        let record = read("a.jsonl", &recording("20251030-a", &["1", "1.02", "0.01"]));
        let row = &record.row;
        assert_eq!(
            (row.tier, row.game_id.as_deref()),
            (Tier::A, Some("20251030-a"))
        );
        assert_eq!(
            (row.first_tick, row.last_tick, row.rug_tick),
            (Some(0), Some(2), Some(2))
        );
        assert_eq!(row.tz_rule, "America/New_York");
        let game = record.game.expect("a game").game;
        assert_eq!(
            game.start_time.expect("a start").to_rfc3339(),
            "2025-10-30T01:21:19.500+00:00"
        );
        assert_eq!(
            (game.source_origin, game.start_kind),
            ("original", StartKind::Converted)
        );
        assert_eq!(game.proof_now, ProofStatus::Unverifiable);
        assert_eq!(game.proof_reason.as_deref(), Some("no seed"));
        assert!(game.complete && !game.trainable);
    }

    #[test]
    fn a_file_without_a_game_has_a_row_of_the_last_tier() {
        let record = read("b.jsonl", "no JSON\n\n[1]\n");
        assert_eq!((record.row.tier, record.row.game_id), (Tier::E, None));
        assert_eq!((record.row.broken_lines, record.game), (2, None));
    }

    #[test]
    fn of_several_recordings_of_a_game_the_best_one_is_used() {
        let texts = [
            (
                "late.jsonl",
                recording("g", &["1", "1.02", "0.01"])
                    .lines()
                    .skip(1)
                    .collect::<Vec<_>>()
                    .join("\n"),
            ),
            ("whole.jsonl", recording("g", &["1", "1.02", "0.01"])),
            ("again.jsonl", recording("g", &["1", "1.02", "0.01"])),
            ("other.jsonl", recording("h", &["1", "0.01"])),
        ];
        let records: Vec<_> = texts.iter().map(|(file, text)| read(file, text)).collect();
        let rows = records.iter().map(|record| (&record.row, 3));
        assert_eq!(used_instead(rows.clone()), [Some(2), Some(2), None, None]);
        // More ticks are better than an earlier name.
        let rows = rows.zip([3, 4, 3, 3]).map(|((row, _), ticks)| (row, ticks));
        assert_eq!(used_instead(rows), [Some(1), None, Some(1), None]);
    }
}
