//! The window of a scene: the program's own window over its own host, and the table it plays at.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use serde_json::json;

use super::scenes::{Scene, SceneTable};
use pianola::engine::GameSource;
use pianola::feed::Address;
use pianola::host::{Host, HostHandle};
use pianola::library::worker::LibraryWorker;
use pianola::settings::Saver;
use pianola::settings::Settings;
use pianola::table::{Fault, GameStream, Speed, StepKind, Table, TableConfig, TableSource};
use pianola::ui::native::waker;
use pianola::ui::{App, Startup};

/// Games in the capture of a table that takes no orders.
const WATCHED_GAMES: usize = 3;

/// The window with everything behind it. Fields are dropped in this order: the host stops before its table.
pub struct Stage {
    pub shell: App,
    handle: HostHandle,
    _host: Host,
    table: Option<Table>,
}

impl Stage {
    /// Starts a scene, which writes to `folder` only.
    pub fn start(
        ctx: &egui::Context,
        scene: &Scene,
        folder: &Path,
        since: Instant,
    ) -> anyhow::Result<Self> {
        let table = table(scene, folder)?;
        let place = match &table {
            // Nothing listens at the first port.
            None if scene.table == SceneTable::NoBrowser => {
                GameSource::Browser("127.0.0.1:1".parse()?)
            }
            Some(table) => GameSource::Url(Address::parse(&table.url())?),
            None => GameSource::Practice {
                seed: Some(scene.seed),
                speed: Speed::default(),
            },
        };
        let mut host = Host::start(waker(ctx)).context("cannot start the thread of the host")?;
        let file = folder.join("settings.json");
        let settings = Settings {
            recordings: Some(folder.to_owned()),
            look: scene.look,
            money_colours: scene.money_colours,
            // No picture in the middle of a motion.
            reduce_motion: true,
            welcome: scene.welcome,
            ..Settings::default()
        };
        let saver = Saver::start(file.clone(), &settings);
        let start = Startup {
            host: host.handle(),
            events: host.take_events().context("the host has events once")?,
            saver: saver.context("cannot start the thread of the settings")?,
            settings,
            file,
            notice: None,
            source: Some(place),
            out: None,
            auto_record: false,
            raw_capture: false,
            replay: None,
            since,
        };
        let library_worker =
            LibraryWorker::start(waker(ctx)).context("cannot start the library")?;
        Ok(Self {
            shell: App::new(ctx, start, library_worker),
            handle: host.handle(),
            _host: host,
            table,
        })
    }

    /// Changes the speed of the games: waits may be fast.
    pub fn set_speed(&self, speed: Speed) -> anyhow::Result<()> {
        match &self.table {
            Some(table) => table.set_speed(speed)?,
            None => anyhow::ensure!(self.handle.speed(speed), "the host does not listen"),
        }
        Ok(())
    }
}

/// Returns the table of a scene that does not use the built-in one.
fn table(scene: &Scene, folder: &Path) -> anyhow::Result<Option<Table>> {
    let (seed, source, faults) = match scene.table {
        SceneTable::Practice | SceneTable::NoBrowser => return Ok(None),
        SceneTable::Drifting => (Some(scene.seed), TableSource::Practice, vec![Fault::Drift]),
        SceneTable::Watching => {
            let path = write_capture(scene.seed, folder).context("cannot write games down")?;
            let looped = false;
            (None, TableSource::Capture { path, looped }, Vec::new())
        }
    };
    let table = Table::start(TableConfig {
        seed,
        source,
        faults,
        ..TableConfig::default()
    })?;
    Ok(Some(table))
}

/// Writes games of a seed to a capture: a table that plays a capture takes no orders, so the window only watches.
fn write_capture(seed: u64, folder: &Path) -> io::Result<PathBuf> {
    let path = folder.join("capture.jsonl");
    let mut file = BufWriter::new(File::create(&path)?);
    let mut stream = GameStream::seeded(seed);
    let mut micros = 0;
    let mut games = 0;
    while games < WATCHED_GAMES {
        let step = stream.next_step();
        micros += step.delay_micros;
        games += usize::from(step.kind == StepKind::Settled);
        for message in step.messages {
            let mut args = message.args;
            let data = args.pop();
            let line = json!({
                // Unix milliseconds.
                "ts": micros / 1_000,
                "event": message.event,
                "trace": args.pop(),
                "data": data,
            });
            writeln!(file, "{line}")?;
        }
    }
    file.flush()?;
    Ok(path)
}
