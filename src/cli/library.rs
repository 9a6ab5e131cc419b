//! `pianola library`: what was recorded, by the indexes.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::{End, LibraryArgs, folders, output};
use crate::recording::{FolderLock, Library, LibraryRow, RealDisk, read_library, rebuild};

pub(super) fn library(args: &LibraryArgs) -> anyhow::Result<End> {
    let roots = roots(args)?;
    let mut damaged = false;
    for root in &roots {
        let library = if args.rebuild {
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
        anyhow::ensure!(
            out.is_dir(),
            "there is no folder {}; name the one with the recordings",
            out.display()
        );
        return Ok(vec![out.clone()]);
    }
    let base = folders::base()?;
    let all = ["live", "practice", "other"].map(|name| base.join(name));
    let there: Vec<PathBuf> = all.into_iter().filter(|folder| folder.is_dir()).collect();
    if there.is_empty() {
        output::say(&format!(
            "no recordings yet in {}; `pianola record --practice` makes some",
            base.display()
        ));
    }
    Ok(there)
}

fn tell(args: &LibraryArgs, root: &Path, library: &Library) -> bool {
    let rows = library.games.iter().map(|row| {
        if args.json {
            as_json(row)
        } else {
            as_line(row)
        }
    });
    let damaged = library.unreadable.iter().map(|(path, why)| {
        let file = path.display().to_string();
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
    let (games, unreadable) = (library.games.len(), library.unreadable.len());
    let complete = library.games.iter().filter(|row| row.game.complete).count();
    let last = if args.json {
        json!({ "folder": root.display().to_string(), "games": games, "complete": complete, "unreadable": unreadable })
            .to_string()
    } else {
        let damaged = if unreadable > 0 {
            format!(", {unreadable} unreadable")
        } else {
            String::new()
        };
        output::escaped(&format!(
            "{games} games in {}: {complete} complete{damaged}",
            root.display()
        ))
    };
    rows.chain(damaged)
        .chain([last])
        .all(|line| output::print(&line))
}

/// `START GAME_ID TICKS PEAK PROOF END FILE`
fn as_line(row: &LibraryRow) -> String {
    let game = &row.game;
    let start = game.start_time.map_or("-".to_owned(), |t| {
        t.format("%Y-%m-%dT%H:%M:%SZ").to_string()
    });
    let peak = game
        .peak_multiplier
        .map_or("-".to_owned(), |peak| peak.to_string());
    let end = game.end_reason.map_or("-", crate::game::EndReason::as_str);
    let complete = if game.complete {
        "complete"
    } else {
        "incomplete"
    };
    format!(
        "{start} {} {} {peak} {} {end} {complete} {}",
        game.game_id,
        game.duration_ticks,
        game.proof.as_str(),
        row.path.display()
    )
}

fn as_json(row: &LibraryRow) -> String {
    let mut object = serde_json::to_value(&row.game).unwrap_or_default();
    if let Some(object) = object.as_object_mut() {
        object.insert("path".to_owned(), json!(row.path.display().to_string()));
    }
    object.to_string()
}
