//! `pianola library`: lists the recordings from the indexes.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::{CommandOutcome, LibraryArgs, folders, output};
use crate::disk::RealDisk;
use crate::game::Time;
use crate::library::{
    Library, LibraryRow, RowEntry, RowKind, is_of_recordings, read_library, rebuild, rows_of,
};
use crate::paths;
use crate::plural;
use crate::recording::FolderLock;

pub(super) fn library(args: &LibraryArgs) -> anyhow::Result<CommandOutcome> {
    let roots = roots(args)?;
    let mut damaged = false;
    for root in &roots {
        // A folder without days has no index, and may not be a folder of recordings: nothing is written there.
        let library = if args.rebuild && is_of_recordings(&RealDisk, root).unwrap_or(true) {
            let lock = FolderLock::acquire(root)?;
            rebuild(&RealDisk, root, &lock).map_err(anyhow::Error::msg)?
        } else {
            read_library(&RealDisk, root)
        };
        damaged |= count(&library, RowKind::Damaged) > 0;
        if !print(args, root, &library) {
            break; // The reader has left.
        }
    }
    Ok(if damaged {
        CommandOutcome::Finding
    } else {
        CommandOutcome::Done
    })
}

/// Returns the folder of `--out`, else the default folders that exist.
fn roots(args: &LibraryArgs) -> anyhow::Result<Vec<PathBuf>> {
    if let Some(out) = &args.out {
        check_links(out)?;
        anyhow::ensure!(
            out.is_dir(),
            "there is no folder {}; name the one with the recordings",
            paths::text(out)
        );
        return Ok(vec![out.clone()]);
    }
    let base = folders::root()?;
    let all = ["live", "practice", "other"].map(|name| base.join(name));
    all.iter().try_for_each(|folder| check_links(folder))?;
    let there: Vec<PathBuf> = all.into_iter().filter(|folder| folder.is_dir()).collect();
    if there.is_empty() {
        output::say(&format!(
            "no recordings yet in {}; `pianola record --practice` makes some",
            paths::text(&base)
        ));
    }
    Ok(there)
}

/// Fails for a folder behind a dangling link.
fn check_links(folder: &Path) -> anyhow::Result<()> {
    let Some((link, target)) = paths::dangling_link(folder) else {
        return Ok(());
    };
    anyhow::bail!(
        "cannot read {}: {} is a link to {}, which is not there; bring that back, remove the link, or name another folder with --out",
        paths::text(folder),
        paths::text(&link),
        paths::text(&target)
    )
}

fn count(library: &Library, kind: RowKind) -> usize {
    rows_of(&library.rows, kind).count()
}

/// Prints the games, then the sessions, then the files that cannot be read, then the sum. Returns false if the reader has left.
fn print(args: &LibraryArgs, root: &Path, library: &Library) -> bool {
    let kinds = [RowKind::Games, RowKind::Sessions, RowKind::Damaged];
    let rows = kinds.iter().flat_map(|kind| rows_of(&library.rows, *kind));
    let lines = rows.map(|row| {
        if args.json {
            as_json(row)
        } else {
            as_line(row)
        }
    });
    let stale = library.stale_days.join(", ");
    if !stale.is_empty() {
        tracing::warn!(
            "the index of {stale} does not agree with its files; --rebuild makes it again"
        );
    }
    let [games, played, unreadable] = kinds.map(|kind| count(library, kind));
    let listed = library.rows.iter().filter_map(LibraryRow::game);
    let complete = listed.filter(|game| game.complete).count();
    let last = if args.json {
        json!({ "folder": paths::text(root), "games": games, "complete": complete, "sessions": played, "unreadable": unreadable })
            .to_string()
    } else {
        let damaged = if unreadable > 0 {
            format!(", {unreadable} unreadable")
        } else {
            String::new()
        };
        output::escaped(&format!(
            "{} in {}: {complete} complete, {}{damaged}",
            plural::count(games, "game"),
            paths::text(root),
            plural::count(played, "session"),
        ))
    };
    lines.chain([last]).all(|line| output::print(&line))
}

fn second(time: Time) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Returns a row as a line:
///
/// - `START GAME_ID TICKS PEAK PROOF END complete FILE [FAULTS]`
/// - `START session PLAYER N actions in N games, N SOL, [N drifts,] until END FILE`
/// - `unreadable FILE [REASON]`
fn as_line(row: &LibraryRow) -> String {
    let path = paths::text(&row.path);
    match &row.entry {
        RowEntry::Game { game, faults, .. } => {
            let start = game.start_time.map_or("-".to_owned(), second);
            let peak = game.peak();
            let end = game.end_reason.map_or("-", crate::game::EndReason::as_str);
            let complete = if game.complete {
                "complete"
            } else {
                "incomplete"
            };
            let faults = match faults.join(", ") {
                none if none.is_empty() => none,
                faults => format!(" [{faults}]"),
            };
            format!(
                "{start} {} {} {peak} {} {end} {complete} {path}{faults}",
                game.game_id,
                game.duration_ticks,
                game.proof.as_str(),
            )
        }
        RowEntry::Session { session, .. } => {
            let player = session.username.as_deref().unwrap_or("anonymous");
            let drifts = if session.drift_count > 0 {
                format!(", {}", plural::count(session.drift_count, "drift"))
            } else {
                String::new()
            };
            output::escaped(&format!(
                "{} session {player} {} in {}, {} SOL{drifts}, until {} {path}",
                second(session.session_start),
                plural::count(session.total_actions, "action"),
                plural::count(session.games_played, "game"),
                session.realised_pnl,
                second(session.session_end),
            ))
        }
        RowEntry::Damaged { reason } => output::escaped(&format!("unreadable {path} [{reason}]")),
    }
}

fn as_json(row: &LibraryRow) -> String {
    let path = json!(paths::text(&row.path));
    let mut object = match &row.entry {
        RowEntry::Game { game, .. } => serde_json::to_value(game),
        RowEntry::Session { session, .. } => serde_json::to_value(session),
        RowEntry::Damaged { reason } => {
            return json!({ "file": path, "unreadable": reason }).to_string();
        }
    }
    .unwrap_or_default();
    if let Some(object) = object.as_object_mut() {
        if let RowEntry::Game { game, .. } = &row.entry {
            object.insert("peak_exact".to_owned(), json!(game.peak().exact));
        }
        object.insert("path".to_owned(), path);
        if let RowEntry::Game { faults, .. } = &row.entry
            && !faults.is_empty()
        {
            object.insert("faults".to_owned(), json!(faults));
        }
    }
    object.to_string()
}
