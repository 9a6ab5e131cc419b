//! Opens a recording file as a timeline to play.

use std::path::Path;
use std::sync::Arc;

use super::bundle::CheckProgress;
use super::game_finder::GameFinder;
use super::open::{RecordingFile, open_with};
use super::opened_replay::OpenedReplay;
use super::running_replay::open_running;
use super::watched_games::games_during;
use crate::disk::Disk;
use crate::paths;
use crate::recording::root_of_session_journal;
use crate::replay::Timeline;

/// Opens a file as a timeline. The journal of the running session is one, too. A bundle is checked first, with its
/// progress.
///
/// # Errors
///
/// The text says what is wrong and what to do.
pub(super) fn open_replay<D: Disk + Clone>(
    disk: &D,
    path: &Path,
    out: Option<&Path>,
    progress: &CheckProgress,
) -> Result<OpenedReplay, String> {
    if let Some(root) = root_of_session_journal(path) {
        return open_running(disk, root, None);
    }
    let mut checked = None;
    let (timeline, faults) = match open_with(disk, path, progress)? {
        RecordingFile::Game(file) => (Arc::new(Timeline::of_game(file)), Vec::new()),
        RecordingFile::PythonRecording(original) => {
            let faults = original.faults();
            (Arc::new(Timeline::of_game(original.file)), faults)
        }
        RecordingFile::Bundle(bundle) => {
            let bundle = checked.insert(bundle);
            (Arc::clone(&bundle.timeline), bundle.faults.clone())
        }
        RecordingFile::Session(session) => {
            let finder = GameFinder::beside(disk.clone(), path, out);
            let folder = path.parent().filter(|folder| *folder != Path::new(""));
            let root = folder.unwrap_or(Path::new(".")).join("../..");
            let end = session.meta.session_end;
            let (watched, faults) = games_during(disk, &root, &session, Some(end));
            let timeline = Timeline::of_session(session, &mut |id| finder.find(id), watched);
            let timeline = timeline.ok_or_else(|| {
                format!(
                    "{} has no game in it: there is nothing to play",
                    paths::text(path)
                )
            })?;
            (Arc::new(timeline), faults)
        }
    };
    let name = path.file_name().unwrap_or_default();
    Ok(OpenedReplay {
        path: path.to_owned(),
        curve: timeline.equity().into(),
        timeline,
        name: name.to_string_lossy().into_owned(),
        faults,
        game: None,
        is_running: false,
        bundle: checked.map(Arc::from),
    })
}
