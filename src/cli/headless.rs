//! Runs an engine for a command without a window: prints lines and a status line until Ctrl-C or until the command has
//! enough.

use std::path::PathBuf;

use anyhow::Context as _;
use tokio::sync::mpsc;

use super::signals::SignalHandlers;
use super::status_line::status_line;
use super::{folders, output};
use crate::capture::CaptureConfig;
use crate::engine::open::{PreparedSource, StartOptions};
use crate::engine::{Engine, Notice, OpenedSource, View};
use crate::feed::FeedState;
use crate::game::Phase;
use crate::paths;
use crate::protocol::{Counts, number};
use crate::recording::{SavedGame, UnsavedGames};

/// How a command reports a run.
pub(super) trait RunReporter {
    /// Takes a notice; returns the line for stdout, if there is one.
    fn take(&mut self, notice: &Notice) -> Option<String>;
    /// Whether the lines are also printed beside a status line.
    fn prints_beside_status(&self) -> bool;
    /// Whether the run may end.
    fn is_done(&self) -> bool;
    /// Returns the end of the status line.
    fn status(&self, view: &View) -> String;
}

/// The result of a run.
pub(super) struct RunOutcome {
    /// The last view.
    pub view: View,
    /// The folder of the recordings.
    pub folder: PathBuf,
}

impl RunOutcome {
    /// Whether something that happened is not in the files.
    pub fn lost_something(&self) -> bool {
        let recorder = &self.view.recorder;
        let refused = self.view.recording.refused_games;
        recorder.trouble.is_some() || recorder.lost().is_some() || refused > 0
    }
}

/// Runs an engine on a source until the reporter is done; `out` and `raw_capture` are the command's options.
pub(super) fn run(
    source: &OpenedSource,
    (out, raw_capture): (Option<&PathBuf>, bool),
    mut options: StartOptions,
    reporter: &mut dyn RunReporter,
) -> anyhow::Result<RunOutcome> {
    let folder = folders::folder_of(source.origin, out)?;
    let unsaved = UnsavedGames::default();
    // Before anything is started: a folder that cannot be written to is the most common mistake.
    let prepared = PreparedSource::new(source, folder.clone(), unsaved.clone())?;
    tracing::info!(from = %source, to = %paths::text(&folder), "recording");
    if raw_capture {
        let capture = CaptureConfig::beside(&folder, true);
        tracing::info!(to = %paths::text(&capture.folder), "raw capture");
        options.capture = Some(capture);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    // Before anything runs that has to be stopped cleanly.
    let signals = SignalHandlers::new().context("cannot listen for Ctrl-C")?;
    let mut engine = prepared.start(options)?;
    let notices = engine
        .take_notices()
        .context("the engine has notices once")?;
    let signals = signals
        .listen(unsaved, engine.stop_request())
        .context("cannot listen for Ctrl-C")?;
    runtime.block_on(report(&engine, notices, reporter));
    let view = engine.stop();
    signals.end();
    report_counts(&view);
    Ok(RunOutcome { view, folder })
}

/// Reports until a signal or the reporter stops the engine and its last notice has arrived.
async fn report(
    engine: &Engine,
    mut notices: mpsc::Receiver<Notice>,
    reporter: &mut dyn RunReporter,
) {
    let mut view = engine.view();
    let mut stopping = false;
    let status = output::is_interactive().then(status_line);
    let mut printer = LinePrinter {
        reporter,
        status: status.clone(),
        reader_left: false,
    };
    loop {
        tokio::select! {
            notice = notices.recv() => {
                let Some(notice) = notice else { break };
                printer.take(&notice);
                if printer.reporter.is_done() && !stopping {
                    stopping = true;
                    engine.request_stop();
                }
            }
            changed = view.changed() => {
                if changed.is_err() {
                    // The engine is gone; its last notices are in the queue.
                    while let Some(notice) = notices.recv().await {
                        printer.take(&notice);
                    }
                    break;
                }
            }
        }
        if let Some(line) = &status {
            line.set_message(status_text(&view.borrow_and_update(), printer.reporter));
        }
    }
    if let Some(line) = status {
        line.finish_and_clear();
    }
}

/// Prints the reporter's lines until the reader of stdout leaves.
struct LinePrinter<'a> {
    reporter: &'a mut dyn RunReporter,
    status: Option<indicatif::ProgressBar>,
    reader_left: bool,
}

impl LinePrinter<'_> {
    fn take(&mut self, notice: &Notice) {
        let line = self.reporter.take(notice);
        let is_wanted = self.status.is_none() || self.reporter.prints_beside_status();
        let Some(line) = line.filter(|_| is_wanted && !self.reader_left) else {
            return;
        };
        if !output::print_above(self.status.as_ref(), &line) {
            self.reader_left = true;
            tracing::warn!("the list of the games cannot be printed any more; recording goes on");
        }
    }
}

/// Logs what could not be decoded.
pub(super) fn log_counts(counts: &Counts) {
    let lists = [
        ("unknown events", &counts.unknown_events),
        ("unknown keys", &counts.unknown_keys),
        ("malformed events", &counts.malformed_events),
        ("malformed keys", &counts.malformed_keys),
    ];
    for (what, list) in lists {
        if !list.is_empty() {
            // The decoder has escaped the names.
            let rows: Vec<_> = list
                .iter()
                .map(|(name, count)| format!("{name} {count}"))
                .collect();
            tracing::info!("{what}: {}", rows.join(", "));
        }
    }
}

/// Reports at the end what could not be decoded or saved.
fn report_counts(view: &View) {
    log_counts(&view.counts);
    if let Some(trouble) = &view.recorder.trouble {
        output::say(&format!("error: not everything could be saved: {trouble}"));
    }
    let refused = view.recording.refused_games;
    if refused > 0 {
        output::say(&format!(
            "error: {refused} new games were not recorded: they came faster than any server plays, and without a proof"
        ));
    }
    if let Some(lost) = view.recorder.lost() {
        output::say(&format!("error: lost while the disk took nothing: {lost}"));
    }
}

/// Returns `GAME_ID TICKS PEAK PROOF FILE`; a peak that is a lower bound begins with `>=`.
pub(super) fn game_line(saved: &SavedGame) -> String {
    let meta = &saved.meta;
    let peak = meta.peak();
    let proof = meta.proof.status.as_str();
    format!(
        "{} {} {peak} {proof} {}",
        meta.game_id,
        meta.duration_ticks,
        paths::text(&saved.path)
    )
}

fn status_text(view: &View, reporter: &dyn RunReporter) -> String {
    if let Some(trouble) = &view.recorder.trouble {
        return format!("NOT RECORDING: {trouble}");
    }
    let feed = match &view.feed {
        FeedState::Connecting { attempt, .. } => return format!("connecting (attempt {attempt})"),
        FeedState::Down { why, .. } => return format!("offline: {why}"),
        FeedState::Stale { .. } => "stale",
        FeedState::Up { .. } => "connected",
        FeedState::Stopped => "stopped",
    };
    let game = view.game_id.as_ref().map_or(
        "waiting for the first update".to_owned(),
        ToString::to_string,
    );
    let now = match (view.phase, view.tick, view.price) {
        (Phase::Active | Phase::Rugged, Some(tick), Some(price)) => {
            format!(
                "{} tick {tick} at {}x",
                view.phase,
                number::rounded(price, 4)
            )
        }
        (phase, ..) => phase.to_string(),
    };
    let holes = if view.holes > 0 {
        format!(", {} missing", view.holes)
    } else {
        String::new()
    };
    let room = view.recorder.low_space.map_or(String::new(), |left| {
        format!(" · only {left} MB left on the disk")
    });
    format!(
        "{feed} · {game} · {now}{holes} · {}{room}",
        reporter.status(view)
    )
}
