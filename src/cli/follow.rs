//! Runs an engine for a command: news as they come, a status line for a person, until Ctrl-C or enough.

use std::path::PathBuf;

use anyhow::Context as _;
use tokio::sync::mpsc;

use super::stop::SignalHandlers;
use super::{folders, output};
use crate::capture::CaptureConfig;
use crate::disk::RealDisk;
use crate::engine::{Engine, Notice, Setup, View};
use crate::feed::{FeedConfig, FeedState};
use crate::game::Phase;
use crate::host::OpenedSource;
use crate::paths;
use crate::recording::{FolderLock, Recorder, SavedGame, UnsavedGames};

/// What a command makes of the news.
pub(super) trait RunReporter {
    /// Takes a piece of news; returns the line to print on stdout, if it makes one.
    fn take(&mut self, notice: &Notice) -> Option<String>;
    /// Whether a person sees those lines, too, beside the status line.
    fn tells_a_person(&self) -> bool;
    /// Whether it may end.
    fn enough(&self) -> bool;
    /// Returns the end of the status line.
    fn status(&self, view: &View) -> String;
}

/// What a run left.
pub(super) struct RunOutcome {
    /// The last view.
    pub view: View,
    /// Where everything was recorded.
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

/// Runs an engine on a source until the follower has enough; `out` and the raw capture as the options say.
pub(super) fn run(
    source: &OpenedSource,
    (out, raw_capture): (Option<&PathBuf>, bool),
    setup: impl FnOnce(FeedConfig, &Recorder<RealDisk>) -> anyhow::Result<Setup>,
    follower: &mut dyn RunReporter,
) -> anyhow::Result<RunOutcome> {
    let folder = folders::of(source.origin, out)?;
    // Before anything is started: a folder that cannot be written to is the most common mistake.
    let lock = FolderLock::acquire(&folder)?;
    let (mut recorder, open) =
        Recorder::open(RealDisk, folder.clone(), source.origin).map_err(anyhow::Error::msg)?;
    recorder.set_lock(lock.clone());
    let unsaved = UnsavedGames::default();
    recorder.count_unsaved_in(unsaved.clone());
    if let Some(trouble) = recorder.trouble() {
        anyhow::bail!("{}", trouble);
    }
    tracing::info!(from = %source, to = %paths::text(&folder), "recording");
    let mut feed = source.feed();
    if raw_capture {
        let capture = CaptureConfig::beside(&folder, true);
        tracing::info!(to = %paths::text(&capture.folder), "raw capture");
        feed.capture = Some(capture);
    }
    let setup = Setup {
        server: source.server,
        ..setup(feed, &recorder)?
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    // Before anything runs that wants to be stopped cleanly.
    let signals = SignalHandlers::new().context("cannot listen for Ctrl-C")?;
    let mut engine = Engine::start(setup, recorder, open)
        .context("cannot start the threads of the recording")?;
    let notices = engine
        .take_notices()
        .context("the engine has notices once")?;
    let signals = signals
        .listen(unsaved, engine.stop_request())
        .context("cannot listen for Ctrl-C")?;
    runtime.block_on(follow(&engine, notices, follower));
    let view = engine.stop();
    drop(lock);
    signals.end();
    report_counts(&view);
    Ok(RunOutcome { view, folder })
}

/// Follows the engine until a signal or the follower asks it to stop and its last notice has come.
async fn follow(
    engine: &Engine,
    mut notices: mpsc::Receiver<Notice>,
    follower: &mut dyn RunReporter,
) {
    let mut view = engine.view();
    let mut stopping = false;
    let status = output::to_a_person().then(output::status_line);
    let mut printer = LinePrinter {
        follower,
        status: status.clone(),
        reader_left: false,
    };
    loop {
        tokio::select! {
            notice = notices.recv() => {
                let Some(notice) = notice else { break };
                printer.take(&notice);
                if printer.follower.enough() && !stopping {
                    stopping = true;
                    engine.request_stop();
                }
            }
            changed = view.changed() => {
                if changed.is_err() {
                    // The engine is gone; what it still told is in the notices.
                    while let Some(notice) = notices.recv().await {
                        printer.take(&notice);
                    }
                    break;
                }
            }
        }
        if let Some(line) = &status {
            line.set_message(status_text(&view.borrow_and_update(), printer.follower));
        }
    }
    if let Some(line) = status {
        line.finish_and_clear();
    }
}

/// Prints what the follower makes of the news, as long as somebody reads it.
struct LinePrinter<'a> {
    follower: &'a mut dyn RunReporter,
    status: Option<indicatif::ProgressBar>,
    reader_left: bool,
}

impl LinePrinter<'_> {
    fn take(&mut self, notice: &Notice) {
        let line = self.follower.take(notice);
        let wanted = self.status.is_none() || self.follower.tells_a_person();
        let Some(line) = line.filter(|_| wanted && !self.reader_left) else {
            return;
        };
        let printed = match &self.status {
            Some(status) => status.suspend(|| output::print(&line)),
            None => output::print(&line),
        };
        if !printed {
            self.reader_left = true;
            tracing::warn!("the list of the games cannot be printed any more; recording goes on");
        }
    }
}

/// Says what was not understood, once, at the end.
fn report_counts(ended: &View) {
    let counts = &ended.counts;
    let lists = [
        ("unknown events", &counts.unknown_events),
        ("unknown keys", &counts.unknown_keys),
        ("malformed events", &counts.malformed_events),
        ("malformed keys", &counts.malformed_keys),
    ];
    for (what, list) in lists {
        if !list.is_empty() {
            // Names are escaped already.
            let rows: Vec<_> = list
                .iter()
                .map(|(name, count)| format!("{name} {count}"))
                .collect();
            tracing::info!("{what}: {}", rows.join(", "));
        }
    }
    if let Some(trouble) = &ended.recorder.trouble {
        output::say(&format!(
            "error: not everything could be saved: {}",
            trouble
        ));
    }
    let refused = ended.recording.refused_games;
    if refused > 0 {
        output::say(&format!(
            "error: {refused} new games were not recorded: they came faster than any server plays, and without a proof"
        ));
    }
    if let Some(lost) = ended.recorder.lost() {
        output::say(&format!("error: lost while the disk took nothing: {lost}"));
    }
}

/// `GAME_ID TICKS PEAK PROOF FILE`; a peak that is a lower bound begins with `>=`.
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

fn status_text(view: &View, follower: &dyn RunReporter) -> String {
    if let Some(trouble) = &view.recorder.trouble {
        return format!("NOT RECORDING: {}", trouble);
    }
    let feed = match &view.feed {
        FeedState::Connecting { attempt } => return format!("connecting (attempt {attempt})"),
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
            format!("{} tick {tick} at {:.4}x", view.phase, price.round_dp(4))
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
        follower.status(view)
    )
}
