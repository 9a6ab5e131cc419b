//! `pianola` alone: opens the window over the host, the settings and the library.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context as _;

use super::signals::SignalHandlers;
use super::source::{SourceArgs, source_of};
use super::without_window::without_window;
use super::{CommandOutcome, WindowArgs, output};
use crate::engine::GameSource;
use crate::host::{Host, StopReport};
use crate::library::worker::LibraryWorker;
use crate::paths;
use crate::settings::file::{LoadedSettings, load};
use crate::settings::{Saver, config_file};
use crate::ui::native::{closer, has_display, show, waker};
use crate::ui::{App, Startup};

pub(super) fn window(args: &WindowArgs, since: Instant) -> anyhow::Result<CommandOutcome> {
    let named = named(&args.source)?;
    if !has_display() {
        output::say(
            "there is no display to open a window on (DISPLAY and WAYLAND_DISPLAY are not set)",
        );
        return without_window(args);
    }
    let ctx = egui::Context::default();
    let mut host = Host::start(waker(&ctx)).context("cannot start the thread behind the window")?;
    let handle = host.handle();
    // The host saves even if the window does not close: a hidden window may not be drawn.
    let close = closer(ctx.clone());
    let signals = SignalHandlers::new()
        .and_then(|signals| {
            signals.listen(host.unsaved(), move || {
                handle.stop();
                close();
            })
        })
        .context("cannot listen for Ctrl-C")?;
    let opened = open(args, named, since, ctx, &mut host);
    // Signals are handled until everything is saved.
    let reports = host.stop();
    signals.end();
    match opened {
        Ok(()) => Ok(print_reports(&reports)),
        Err(why) => {
            output::say(&format!("no window can be opened: {why}"));
            without_window(args)
        }
    }
}

/// Returns the source that the options name, if they name one. A seed or a speed names the practice table.
fn named(args: &SourceArgs) -> anyhow::Result<Option<GameSource>> {
    let elsewhere = args.live || args.url.is_some() || args.browser.is_some();
    if !args.practice && !elsewhere && args.seed.is_none() && args.speed.is_none() {
        return Ok(None);
    }
    let args = SourceArgs {
        practice: !elsewhere,
        ..args.clone()
    };
    source_of(&args).map(Some)
}

/// Opens the window; returns when it was closed, or could not be opened.
fn open(
    args: &WindowArgs,
    source: Option<GameSource>,
    since: Instant,
    ctx: egui::Context,
    host: &mut Host,
) -> anyhow::Result<()> {
    let file = config_file().unwrap_or_else(|| PathBuf::from("settings.json"));
    let LoadedSettings { settings, notice } = load(&file);
    let saver = Saver::start(file.clone(), &settings);
    let start = Startup {
        host: host.handle(),
        events: host.take_events().context("the host has events once")?,
        saver: saver.context("cannot start the thread of the settings")?,
        settings,
        file,
        notice,
        source,
        out: args.out.clone(),
        auto_record: args.auto_record,
        raw_capture: args.raw_capture,
        replay: args.recording().cloned(),
        since,
    };
    // The source starts while the window opens.
    let library_worker =
        LibraryWorker::start(waker(&ctx)).context("cannot start the library's thread")?;
    let app = App::new(&ctx, start, library_worker);
    show(ctx, app)
}

/// Prints what was recorded, and what could not be saved.
fn print_reports(reports: &[StopReport]) -> CommandOutcome {
    let mut outcome = CommandOutcome::Done;
    for report in reports {
        tracing::info!(games = report.games, sessions = report.sessions, folder = %paths::text(&report.folder), "saved");
        if let Some(trouble) = &report.trouble {
            output::say(&format!("error: not everything could be saved: {trouble}"));
            outcome = CommandOutcome::Finding;
        }
    }
    outcome
}
