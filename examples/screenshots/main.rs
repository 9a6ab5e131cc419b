//! Paints the pictures of the README: `cargo run --release --example screenshots`, without a display
//! `xvfb-run -a cargo run --release --example screenshots`.
//!
//! Opens the program's own window, plays fixed games in it with its own keys, and prints the path of each picture. The
//! settings and recordings of the user are not touched. This file owns the folders: the one of the pictures, and a
//! temporary one for everything else. [`scenes`] says what is played, [`camera`] plays it and takes the pictures.

mod album;
mod camera;
mod input;
mod lab_scene;
mod piano_scene;
mod recordings;
mod review_scene;
mod scenes;
mod stage;
mod steps;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::sync_channel;
use std::time::Instant;

use anyhow::Context as _;
use clap::Parser;
use pianola::cli::SignalHandlers;
use pianola::recording::UnsavedGames;
use pianola::ui::native::{closer, has_display, show};
use tracing_subscriber::EnvFilter;

use album::Album;
use camera::Camera;
use recordings::Recordings;

/// The way out where no window can be opened.
const WITHOUT_DISPLAY: &str =
    "`xvfb-run -a cargo run --release --example screenshots` paints without a display";
/// Names that are tried for the temporary folder.
const NAMES: u32 = 100;

/// Paints the pictures of the window, from games of the practice table.
#[derive(Debug, Parser)]
struct Args {
    /// Folder of the pictures; made if it is not there.
    #[arg(value_name = "DIR", default_value = "screenshots")]
    folder: PathBuf,
    /// Paints the scene of this picture only, for example `piano.png`; may be given several times.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
}

fn main() -> ExitCode {
    let since = Instant::now();
    pianola::feed::install_panic_hook();
    let filter = EnvFilter::try_from_env("PIANOLA_LOG")
        .unwrap_or_else(|_| EnvFilter::new("error,pianola=info,screenshots=info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .init();
    match screenshots(&Args::parse(), since) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            writeln!(std::io::stderr(), "error: {why:#}").ok(); // The exit code says it, too.
            ExitCode::FAILURE
        }
    }
}

fn screenshots(args: &Args, since: Instant) -> anyhow::Result<()> {
    let album = Album::open(&args.folder)?;
    anyhow::ensure!(
        has_display(),
        "there is no display to paint on (DISPLAY and WAYLAND_DISPLAY are not set); {WITHOUT_DISPLAY}"
    );
    let (temporary, copy) = (TemporaryFolder::new()?, TemporaryFolder::new()?);
    let recordings = Recordings::new(&temporary.0, &copy.0);
    let ctx = egui::Context::default();
    // Only the pictures are kept.
    let unsaved = UnsavedGames::default();
    unsaved.set_over();
    let signals = SignalHandlers::new()
        .and_then(|signals| signals.listen(unsaved, closer(ctx.clone())))
        .context("cannot listen for Ctrl-C")?;
    let (sender, result) = sync_channel(1);
    let camera = Camera::new(&ctx, album, recordings, since, (&args.only, sender));
    let shown = show(ctx, camera);
    signals.end();
    shown.with_context(|| format!("no window can be opened; {WITHOUT_DISPLAY}"))?;
    result
        .try_recv()
        .context("the window was closed before the last picture was painted")?
}

/// A folder for settings and recordings, removed at the end.
struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    /// Makes the folder. The pictures show its name, so it is short, and the same each time as far as it is free.
    fn new() -> anyhow::Result<Self> {
        let base = std::env::temp_dir();
        let names = (1..=NAMES).map(|n| match n {
            1 => "pianola".to_owned(),
            n => format!("pianola-{n}"),
        });
        let mut last = None;
        for name in names {
            let path = base.join(name);
            match make_private(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(why) => last = Some(why),
            }
            if last.as_ref().map(std::io::Error::kind) != Some(std::io::ErrorKind::AlreadyExists) {
                break;
            }
        }
        let why = last.context("a name was tried")?;
        Err(why).with_context(|| format!("cannot make a folder in {}", base.display()))
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        if let Err(why) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(folder = %self.0.display(), %why, "cannot be removed");
        }
    }
}

/// Makes a new folder for this user alone: other users write to its parent, too.
fn make_private(path: &Path) -> std::io::Result<()> {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "modes are a matter of Unix"))]
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)
}
