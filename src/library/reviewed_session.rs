//! A session with its review: the one way in which a session is read for the page, for a folder and for the command.

use std::path::Path;
use std::sync::Arc;

use super::game_finder::GameFinder;
use super::open::{RecordingFile, open};
use super::running_replay::open_running;
use crate::disk::Disk;
use crate::paths;
use crate::recording::{SessionNotes, read_notes, root_of_session_journal};
use crate::replay::Timeline;
use crate::review::{LUCK_SAMPLES, Luck, LuckPoint, SessionReview};

/// A session with its review.
#[derive(Debug)]
pub struct ReviewedSession {
    /// The session with its games.
    pub timeline: Arc<Timeline>,
    /// Its review.
    pub review: SessionReview,
    /// Its notes.
    pub notes: SessionNotes,
    /// What is wrong with a bundle, with the notes, or with the games of the running session, in words.
    pub faults: Vec<String>,
}

/// Reads and reviews a session file, a bundle, or the running session, which its journal names. The games of a session are
/// searched beside it, then in `out`. `None` for a session without any game: it was saved for its notes alone.
///
/// # Errors
///
/// The text says what is wrong and what to do.
pub fn review_session<D: Disk + Clone>(
    disk: &D,
    path: &Path,
    out: Option<&Path>,
) -> Result<Option<ReviewedSession>, String> {
    let no_session = || format!("{} is a game, and no session", paths::text(path));
    let (timeline, notes, faults) = if let Some(root) = root_of_session_journal(path) {
        let opened = open_running(disk, root, None)?;
        let notes = read_notes(disk, path);
        let faults = opened.faults.into_iter().chain(notes.fault).collect();
        (Some(opened.timeline), notes.words, faults)
    } else {
        match open(disk, path)? {
            RecordingFile::Session(session) => {
                let finder = GameFinder::beside(disk.clone(), path, out);
                let timeline = Timeline::of_session(session, &mut |id| finder.find(id), []);
                let notes = read_notes(disk, path);
                let faults = notes.fault.into_iter().collect();
                (timeline.map(Arc::new), notes.words, faults)
            }
            RecordingFile::Bundle(bundle) => (Some(bundle.timeline), bundle.notes, bundle.faults),
            RecordingFile::Game(_) | RecordingFile::PythonRecording(_) => return Err(no_session()),
        }
    };
    let Some(timeline) = timeline else {
        return Ok(None);
    };
    let review = SessionReview::of(&timeline).ok_or_else(no_session)?;
    Ok(Some(ReviewedSession {
        timeline,
        review,
        notes,
        faults,
    }))
}

/// Returns why a session without any game is not reviewed where it alone was chosen.
pub fn no_game_text(path: &Path) -> String {
    format!("{} has no game in it", paths::text(path))
}

impl ReviewedSession {
    /// Returns its luck, simulated with the same seed each time and everywhere.
    pub fn luck(&self) -> Luck {
        self.review.simulate_luck(LUCK_SAMPLES, self.luck_seed())
    }

    /// Returns what the odds expect, with bands, after each game in which something was risked.
    pub fn luck_curve(&self) -> Vec<LuckPoint> {
        self.review.luck_curve(LUCK_SAMPLES, self.luck_seed())
    }

    fn luck_seed(&self) -> u64 {
        let id = self
            .timeline
            .session()
            .and_then(|file| file.meta.session_id);
        id.map_or(0, |id| id.as_u64_pair().0 ^ id.as_u64_pair().1)
    }
}
