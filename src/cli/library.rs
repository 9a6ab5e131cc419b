//! `pianola library`: what was recorded, by the indexes.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::{End, LibraryArgs, folders, output};
use crate::game::Time;
use crate::library::{
    Library, LibraryRow, LibrarySession, is_of_recordings, read_library, rebuild,
};
use crate::paths;
use crate::recording::{FolderLock, RealDisk};

pub(super) fn library(args: &LibraryArgs) -> anyhow::Result<End> {
    let roots = roots(args)?;
    let mut damaged = false;
    for root in &roots {
        // A folder without days has no index, and may be somebody else's: nothing is written there.
        let library = if args.rebuild && is_of_recordings(&RealDisk, root).unwrap_or(true) {
            let lock = FolderLock::acquire(root)?;
            rebuild(&RealDisk, root, &lock).map_err(anyhow::Error::msg)?
        } else {
            read_library(&RealDisk, root)
        };
        damaged |= !library.unreadable.is_empty();
        if !tell(args, root, &library) {
            break; // Nobody reads the list any more.
        }
    }
    Ok(if damaged { End::Finding } else { End::Done })
}

/// The folder named, or those that exist by default.
fn roots(args: &LibraryArgs) -> anyhow::Result<Vec<PathBuf>> {
    if let Some(out) = &args.out {
        leads_somewhere(out)?;
        anyhow::ensure!(
            out.is_dir(),
            "there is no folder {}; name the one with the recordings",
            paths::text(out)
        );
        return Ok(vec![out.clone()]);
    }
    let base = folders::base()?;
    let all = ["live", "practice", "other"].map(|name| base.join(name));
    all.iter().try_for_each(|folder| leads_somewhere(folder))?;
    let there: Vec<PathBuf> = all.into_iter().filter(|folder| folder.is_dir()).collect();
    if there.is_empty() {
        output::say(&format!(
            "no recordings yet in {}; `pianola record --practice` makes some",
            paths::text(&base)
        ));
    }
    Ok(there)
}

/// Refuses a folder behind a link that leads to nothing.
fn leads_somewhere(folder: &Path) -> anyhow::Result<()> {
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

fn tell(args: &LibraryArgs, root: &Path, library: &Library) -> bool {
    let rows = library.games.iter().map(|row| {
        if args.json {
            as_json(row)
        } else {
            as_line(row)
        }
    });
    let sessions = library.sessions.iter().map(|row| {
        if args.json {
            session_as_json(row)
        } else {
            session_as_line(row)
        }
    });
    let damaged = library.unreadable.iter().map(|(path, why)| {
        let file = paths::text(path);
        if args.json {
            json!({ "file": file, "unreadable": why }).to_string()
        } else {
            output::escaped(&format!("unreadable {file} [{why}]"))
        }
    });
    let stale = library.stale_days.join(", ");
    if !stale.is_empty() {
        tracing::warn!(
            "the index of {stale} does not agree with its files; --rebuild makes it anew"
        );
    }
    let (games, played) = (library.games.len(), library.sessions.len());
    let unreadable = library.unreadable.len();
    let complete = library.games.iter().filter(|row| row.game.complete).count();
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
            "{games} games in {}: {complete} complete, {played} sessions{damaged}",
            paths::text(root)
        ))
    };
    rows.chain(sessions)
        .chain(damaged)
        .chain([last])
        .all(|line| output::print(&line))
}

fn second(time: Time) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `START GAME_ID TICKS PEAK PROOF END complete FILE [FAULTS]`
fn as_line(row: &LibraryRow) -> String {
    let game = &row.game;
    let start = game.start_time.map_or("-".to_owned(), second);
    let peak = game.peak();
    let end = game.end_reason.map_or("-", crate::game::EndReason::as_str);
    let complete = if game.complete {
        "complete"
    } else {
        "incomplete"
    };
    let faults = match row.faults.join(", ") {
        none if none.is_empty() => none,
        faults => format!(" [{faults}]"),
    };
    format!(
        "{start} {} {} {peak} {} {end} {complete} {}{faults}",
        game.game_id,
        game.duration_ticks,
        game.proof.as_str(),
        paths::text(&row.path)
    )
}

fn as_json(row: &LibraryRow) -> String {
    let mut object = serde_json::to_value(&row.game).unwrap_or_default();
    if let Some(object) = object.as_object_mut() {
        object.insert("peak_exact".to_owned(), json!(row.game.peak().exact));
        object.insert("path".to_owned(), json!(paths::text(&row.path)));
        if !row.faults.is_empty() {
            object.insert("faults".to_owned(), json!(row.faults));
        }
    }
    object.to_string()
}

/// `START session PLAYER N actions in N games, N SOL, [N drifts,] until END FILE`
fn session_as_line(row: &LibrarySession) -> String {
    let session = &row.session;
    let player = session.username.as_deref().unwrap_or("anonymous");
    let drifts = if session.drift_count > 0 {
        format!(", {} drifts", session.drift_count)
    } else {
        String::new()
    };
    output::escaped(&format!(
        "{} session {player} {} actions in {} games, {} SOL{drifts}, until {} {}",
        second(session.session_start),
        session.total_actions,
        session.games_played,
        session.realised_pnl,
        second(session.session_end),
        paths::text(&row.path)
    ))
}

fn session_as_json(row: &LibrarySession) -> String {
    let mut object = serde_json::to_value(&row.session).unwrap_or_default();
    if let Some(object) = object.as_object_mut() {
        object.insert("path".to_owned(), json!(paths::text(&row.path)));
    }
    object.to_string()
}
