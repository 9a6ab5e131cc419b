//! `pianola replay`: plays a recorded session again and compares every number.

use serde_json::{Value, json};

use super::status_line::status_line;
use super::{CommandOutcome, ReplayArgs, output};
use crate::disk::RealDisk;
use crate::library::{GameFinder, RecordingFile, open};
use crate::paths;
use crate::plural::count;
use crate::recording::SessionFile;
use crate::replay::{Disagreement, ReplayReport, SessionPart, check};

pub(super) fn replay(args: &ReplayArgs) -> anyhow::Result<CommandOutcome> {
    let path = &args.session;
    let opened = open(&RealDisk, path).map_err(|why| anyhow::anyhow!(output::escaped(&why)))?;
    let (replayed, faults) = match opened {
        RecordingFile::Session(session) => (compared(&session, args), Vec::new()),
        RecordingFile::Bundle(bundle) => {
            let replayed = bundle.timeline.replayed().cloned();
            (replayed.unwrap_or_default(), bundle.faults)
        }
        RecordingFile::Game(_) | RecordingFile::PythonRecording(_) => {
            let shown = output::escaped(&paths::text(path));
            anyhow::bail!(
                "{shown} is a game, and no session that can be compared; `pianola --replay` shows it"
            );
        }
    };
    for fault in &faults {
        output::say(&output::escaped(fault));
    }
    print(&replayed, args.json);
    Ok(if replayed.is_right() && faults.is_empty() {
        CommandOutcome::Done
    } else {
        CommandOutcome::Finding
    })
}

/// Compares a session file with its games, which are searched beside it.
fn compared(session: &SessionFile, args: &ReplayArgs) -> ReplayReport {
    let finder = GameFinder::beside(RealDisk, &args.session, args.out.as_deref());
    let progress = output::is_interactive().then(status_line);
    let mut games = 0_u32;
    let replayed = check(session, &mut |id| {
        games += 1;
        if let Some(line) = &progress {
            line.set_message(format!("game {games}"));
        }
        finder.find(id)
    });
    if let Some(line) = progress {
        line.finish_and_clear();
    }
    replayed
}

fn print(replayed: &ReplayReport, json: bool) {
    let rows = replayed.disagreements.iter().map(|found| {
        if json {
            as_json(found).to_string()
        } else {
            output::escaped(&found.to_string())
        }
    });
    let ReplayReport { actions, agree, .. } = replayed;
    let last = if json {
        json!({ "actions": actions, "agree": agree, "disagreements": replayed.disagreements.len() })
            .to_string()
    } else {
        format!("{}: {agree} agree", count(actions, "action"))
    };
    // The exit code has the result even if the reader has left.
    let _all_printed = rows.chain([last]).all(|line| output::print(&line));
}

fn as_json(found: &Disagreement) -> Value {
    let mut object = match found.place {
        SessionPart::Action { seq, kind, .. } => json!({ "seq": seq, "action": kind }),
        SessionPart::Drift { number, field } => json!({ "drift": number, "field": field }),
        SessionPart::Meta => json!({ "meta": true }),
    };
    for (key, value) in [
        ("key", found.key),
        ("recorded", &found.recorded),
        ("computed", &found.computed),
    ] {
        object[key] = json!(value);
    }
    object
}
