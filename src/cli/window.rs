//! `pianola` alone: the window, and what is around it: the settings, the icon, the ways in which it is ended.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::source::{SourceArgs, place};
use super::stop::SignalHandlers;
use super::windowless::without_window;
use super::{CommandOutcome, WindowArgs, output};
use crate::host::{GameSource, Host, StopReport, Waker};
use crate::library::worker::LibraryWorker;
use crate::paths;
use crate::settings::config_file;
use crate::settings::file::{LoadedSettings, Saver, load};
use crate::ui::{Shell, Start};

/// The program as desktops know it: the name of `assets/pianola.desktop`.
const APP_ID: &str = "pianola";
const ICON: &[u8] = include_bytes!("../../assets/icon.png");
/// News are drawn this long after they came, with all that came in between.
const GATHER: Duration = Duration::from_millis(10);

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
    let asks = host.handle();
    // What is open is saved even if the window cannot be closed: a hidden one may not be drawn.
    let close = closer(ctx.clone());
    let signals = SignalHandlers::new()
        .and_then(|signals| {
            signals.listen(host.unsaved(), move || {
                asks.stop();
                close();
            })
        })
        .context("cannot listen for Ctrl-C")?;
    let opened = open(args, named, since, ctx, &mut host);
    // The signals are heard until everything is saved.
    let left = host.stop();
    signals.end();
    match opened {
        Ok(()) => Ok(report(&left)),
        Err(why) => {
            output::say(&format!("no window can be opened: {why}"));
            without_window(args)
        }
    }
}

/// Returns what wakes the window of a context.
pub(super) fn waker(ctx: &egui::Context) -> Waker {
    let ctx = ctx.clone();
    Arc::new(move || ctx.request_repaint_after_for(GATHER, egui::ViewportId::ROOT))
}

/// The source that the options name, if they name one. A seed or a speed are the practice table's.
fn named(args: &SourceArgs) -> anyhow::Result<Option<GameSource>> {
    let elsewhere = args.live || args.url.is_some() || args.browser.is_some();
    if !args.practice && !elsewhere && args.seed.is_none() && args.speed.is_none() {
        return Ok(None);
    }
    let wanted = SourceArgs {
        practice: !elsewhere,
        ..args.clone()
    };
    place(&wanted).map(Some)
}

#[cfg(all(unix, not(target_os = "macos")))]
pub(super) fn has_display() -> bool {
    let named = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"]
        .into_iter()
        .any(named)
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
pub(super) fn has_display() -> bool {
    true
}

/// Opens the window; returns when it was closed, or could not be opened.
fn open(
    args: &WindowArgs,
    place: Option<GameSource>,
    since: Instant,
    ctx: egui::Context,
    host: &mut Host,
) -> anyhow::Result<()> {
    let file = config_file().unwrap_or_else(|| PathBuf::from("settings.json"));
    let LoadedSettings { settings, notice } = load(&file);
    let saver = Saver::start(file.clone(), &settings);
    let start = Start {
        asks: host.handle(),
        told: host.take_events().context("the host tells once")?,
        saver: saver.context("cannot start the thread of the settings")?,
        settings,
        file,
        notice,
        place,
        out: args.out.clone(),
        auto_record: args.auto_record,
        raw_capture: args.raw_capture,
        replay: args.replay.clone(),
        since,
    };
    // Before the window: while that opens, the table is set up.
    let librarian =
        LibraryWorker::start(waker(&ctx)).context("cannot start the library's thread")?;
    let shell = Shell::new(&ctx, start, librarian);
    show(ctx, shell)
}

/// Opens the program's window with an app in it; returns when it was closed, or could not be opened.
pub(super) fn show(ctx: egui::Context, app: impl eframe::App + 'static) -> anyhow::Result<()> {
    let mut viewport = egui::ViewportBuilder::default()
        .with_title("Pianola")
        .with_app_id(APP_ID)
        .with_inner_size([1_400.0, 900.0])
        .with_min_inner_size([700.0, 600.0]);
    match eframe::icon_data::from_png_bytes(ICON) {
        Ok(icon) => viewport = viewport.with_icon(icon),
        Err(why) => tracing::warn!(%why, "the window has no icon"),
    }
    let options = eframe::NativeOptions {
        viewport,
        renderer: eframe::Renderer::Glow,
        ..eframe::NativeOptions::default()
    };
    let creator: eframe::AppCreator<'_> = Box::new(|_| Ok(Box::new(app)));
    eframe::run_native_ext("Pianola", options, Some(ctx), creator)
        .map_err(|why| anyhow::anyhow!("{why}"))
}

/// Says what was recorded, and whether something was not.
fn report(left: &[StopReport]) -> CommandOutcome {
    let mut end = CommandOutcome::Done;
    for left in left {
        tracing::info!(games = left.games, sessions = left.sessions, folder = %paths::text(&left.folder), "saved");
        if let Some(trouble) = &left.trouble {
            output::say(&format!("error: not everything could be saved: {trouble}"));
            end = CommandOutcome::Finding;
        }
    }
    end
}

/// Returns what closes the window of a context: that ends everything in order.
pub(super) fn closer(ctx: egui::Context) -> impl FnOnce() + Send + 'static {
    move || {
        ctx.send_viewport_cmd_to(egui::ViewportId::ROOT, egui::ViewportCommand::Close);
        ctx.request_repaint_of(egui::ViewportId::ROOT);
    }
}
