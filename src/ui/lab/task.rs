//! The run of the lab behind the page: on threads of its own, with progress, until it is done or cancelled.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::time::{Duration, Instant};

use super::fields::LabFields;
use super::figures::as_sentence;
use crate::background::{self, Waker};
use crate::disk::RealDisk;
use crate::lab::{LabGames, LabProgress, LabReport, LabSettings, in_pool, run};
use crate::library::whole_games;
use crate::plural::{self, grouped};
use crate::ui::format::{short_path, std_seconds};

/// The results of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct FinishedRun {
    /// The figures.
    pub report: LabReport,
    /// Where the games come from, in words.
    pub games: String,
    /// How long it took.
    pub took: Duration,
}

/// A run in progress.
#[derive(Debug)]
pub struct LabTask {
    shared: Arc<SharedProgress>,
    result: Receiver<Result<FinishedRun, String>>,
    since: Instant,
}

/// The progress of a run and of reading the games before it.
#[derive(Debug, Default)]
struct SharedProgress {
    lab: LabProgress,
    /// All games of the run; 0 while the recordings are read.
    games: AtomicU64,
    /// Game files that were read.
    files: AtomicU64,
}

impl LabTask {
    /// Starts a run; on the games of a folder of recordings if there is one. `waker` wakes the window at its end.
    ///
    /// # Errors
    /// A text for the player: the settings are out of their limits, or there is no thread.
    pub fn start(
        settings: LabSettings,
        on: Option<(PathBuf, LabFields)>,
        waker: Waker,
    ) -> Result<Self, String> {
        settings
            .check()
            .map_err(|why| as_sentence(&why.to_string()))?;
        let shared = Arc::new(SharedProgress::default());
        let (sender, result) = sync_channel(1);
        let there = Arc::clone(&shared);
        let since = Instant::now();
        let work = move || {
            let finished = play(settings, on, &there).map(|(report, games)| FinishedRun {
                report,
                games,
                took: since.elapsed(),
            });
            sender.send(finished).ok(); // Fails only after the page has gone.
            waker();
        };
        background::spawn("lab", work)
            .map(|_detached| Self {
                shared,
                result,
                since,
            })
            .map_err(|why| format!("No thread can be started ({why})"))
    }

    /// Returns the result once it is there.
    pub fn take(&self) -> Option<Result<FinishedRun, String>> {
        match self.result.try_recv() {
            Ok(result) => Some(result),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Err(
                "The lab has failed; this is a fault of the program".to_owned(),
            )),
        }
    }

    /// Asks it to end with what is done.
    pub fn cancel(&self) {
        self.shared.lab.cancel();
    }

    /// Whether it was asked to end.
    pub fn is_cancelled(&self) -> bool {
        self.shared.lab.is_cancelled()
    }

    /// Returns how much is done, from 0 to 1; 0 while recordings are read.
    pub fn share(&self) -> f32 {
        let all = self.shared.games.load(Ordering::Relaxed);
        let done = self.shared.lab.games().min(all);
        let thousandths = done * 1_000 / all.max(1);
        f32::from(u16::try_from(thousandths).unwrap_or(1_000)) / 1_000.0
    }

    /// Returns how far it is, in words.
    pub fn status(&self) -> String {
        let all = self.shared.games.load(Ordering::Relaxed);
        if self.is_cancelled() {
            "Stopping…".to_owned()
        } else if all == 0 {
            let files = grouped(self.shared.files.load(Ordering::Relaxed));
            format!("Reading recordings: {}", plural::count(files, "file"))
        } else {
            let (done, all) = (grouped(self.shared.lab.games()), grouped(all));
            format!(
                "{done} of {} · {}",
                plural::count(all, "game"),
                std_seconds(self.since.elapsed())
            )
        }
    }
}

impl Drop for LabTask {
    fn drop(&mut self) {
        // The result is not needed: the threads end with their current games.
        self.cancel();
    }
}

/// Plays a run. Returns its report, and where the games come from.
fn play(
    mut settings: LabSettings,
    on: Option<(PathBuf, LabFields)>,
    shared: &SharedProgress,
) -> Result<(LabReport, String), String> {
    let mut games = match settings.source {
        LabGames::New { seed } => format!("new games, seed {seed}"),
        LabGames::Recorded(_) => String::new(),
    };
    if let Some((folder, fields)) = on {
        games = load(&mut settings, &folder, &fields, shared)?;
    }
    shared.games.store(settings.all_games(), Ordering::Relaxed);
    let played = in_pool(background::spare_cores(), || run(&settings, &shared.lab));
    let report = played.and_then(|report| report);
    let report = report.map_err(|why| as_sentence(&why.to_string()))?;
    Ok((report, games))
}

/// Puts the complete games of a folder into the settings. Returns what they are, in words.
fn load(
    settings: &mut LabSettings,
    folder: &Path,
    fields: &LabFields,
    shared: &SharedProgress,
) -> Result<String, String> {
    let shown = short_path(folder);
    let found = whole_games(&RealDisk, folder, &mut |files| {
        shared.files.store(files, Ordering::Relaxed);
        if shared.lab.is_cancelled() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    let found = found.map_err(|why| match why.kind() {
        std::io::ErrorKind::Interrupted => "Stopped before the recordings were read".to_owned(),
        _ => as_sentence(&why.to_string()),
    })?;
    let count = found.games.len() as u64;
    if count == 0 {
        return Err(format!(
            "No recorded game in {shown} is complete ({} left out): record some games, or play on new ones",
            found.left_out
        ));
    }
    (settings.games, settings.sessions) = fields.on_recorded(settings, count);
    settings.source = LabGames::Recorded(found.games.into());
    let left_out = match found.left_out {
        0 => String::new(),
        left_out => format!(", {} left out", grouped(left_out)),
    };
    Ok(format!(
        "{}{left_out}",
        plural::count(grouped(count), "recorded game")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::LabStrategy;
    use crate::strategy::Strategy;

    fn settings() -> LabSettings {
        let strategy =
            Strategy::parse("in presale buy 0.01\nafter 3 ticks sell all").expect("rules");
        let named = LabStrategy {
            name: "three ticks".to_owned(),
            strategy: Arc::new(strategy),
        };
        let mut settings = LabSettings::new(vec![named], 5);
        (settings.games, settings.sessions) = (10, 20);
        settings
    }

    fn finished(task: &LabTask) -> Result<FinishedRun, String> {
        let start = Instant::now();
        loop {
            if let Some(result) = task.take() {
                return result;
            }
            assert!(start.elapsed() < Duration::from_mins(1), "{task:?}");
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_run_gives_the_report_of_the_lab_and_wakes_the_window() {
        let (sender, woken) = sync_channel(1);
        let waker: Waker = Arc::new(move || sender.try_send(()).unwrap_or_default());
        let task = LabTask::start(settings(), None, waker).expect("a thread");
        let run_there = finished(&task).expect("a report");
        assert_eq!(
            Ok(run_there.report),
            run(&settings(), &LabProgress::default())
        );
        assert_eq!(run_there.games, "new games, seed 5");
        woken
            .recv_timeout(Duration::from_mins(1))
            .expect("the window is woken");
    }

    #[test]
    fn what_cannot_run_says_why_before_a_thread_starts() {
        let mut wrong = settings();
        wrong.strategies.clear();
        let why = LabTask::start(wrong, None, Arc::new(|| {})).expect_err("no strategy");
        assert!(
            why.starts_with("The lab compares 1 to 4 strategies"),
            "{why}"
        );
    }

    #[test]
    fn a_folder_without_complete_games_says_what_to_do() {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, text) in [
            (folder.path().to_owned(), "record some games"),
            (folder.path().join("none"), "choose another one"),
        ] {
            let on = Some((path, LabFields::default()));
            let task = LabTask::start(settings(), on, Arc::new(|| {})).expect("a thread");
            let why = finished(&task).expect_err("no games");
            assert!(why.contains(text), "{why}");
        }
    }
}
