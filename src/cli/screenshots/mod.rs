//! `pianola screenshots`: the pictures of the window's states, painted by the window itself while fixed games are
//! played in it.
//!
//! Owns the folders: where the pictures go, and the one of its own in which everything else lies until the end. What
//! is played is [`scenes`]'s, how it is played and taken is [`camera`]'s.

mod album;
mod camera;
mod scenes;
mod stage;

use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::time::Instant;

use anyhow::Context as _;

use super::stop::SignalHandlers;
use super::window::{closer, has_display, show};
use super::{CommandOutcome, ScreenshotsArgs};
use crate::paths;
use crate::recording::UnsavedGames;
use album::Album;
use camera::Camera;

/// The way out where no window can be.
const WITHOUT_DISPLAY: &str = "`xvfb-run -a pianola screenshots` paints without a display";
/// Names that are tried for the own folder.
const NAMES: u32 = 100;

pub(super) fn screenshots(
    args: &ScreenshotsArgs,
    since: Instant,
) -> anyhow::Result<CommandOutcome> {
    let album = Album::open(&args.folder)?;
    anyhow::ensure!(
        has_display(),
        "there is no display to paint on (DISPLAY and WAYLAND_DISPLAY are not set); {WITHOUT_DISPLAY}"
    );
    let own = OwnFolder::new()?;
    let ctx = egui::Context::default();
    // Nothing of it is kept but the pictures.
    let unsaved = UnsavedGames::default();
    unsaved.set_over();
    let signals = SignalHandlers::new()
        .and_then(|signals| signals.listen(unsaved, closer(ctx.clone())))
        .context("cannot listen for Ctrl-C")?;
    let (tell, told) = sync_channel(1);
    let camera = Camera::new(&ctx, album, &own.0, since, tell);
    let shown = show(ctx, camera);
    signals.end();
    shown.with_context(|| format!("no window can be opened; {WITHOUT_DISPLAY}"))?;
    told.try_recv()
        .context("the window was closed before the last picture was painted")??;
    Ok(CommandOutcome::Done)
}

/// A folder for settings and recordings that nobody keeps, removed at the end.
struct OwnFolder(PathBuf);

impl OwnFolder {
    /// Makes the folder. Its name is short and the same each time, as far as it is free: it is to be read in the
    /// pictures.
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
        Err(why).with_context(|| format!("cannot make a folder in {}", paths::text(&base)))
    }
}

impl Drop for OwnFolder {
    fn drop(&mut self) {
        if let Err(why) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(folder = %paths::text(&self.0), %why, "cannot be removed");
        }
    }
}

/// Makes a folder that was not there, for this user alone: others write to the folder above, too.
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
