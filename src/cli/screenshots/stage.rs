//! What stands before the camera: the real window over the real host, and the table it plays at.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use serde_json::json;

use super::super::window::waker;
use super::scenes::{Scene, Seats};
use crate::feed::Address;
use crate::host::{GameSource, Host, HostHandle};
use crate::library::worker::LibraryWorker;
use crate::settings::Settings;
use crate::settings::file::Saver;
use crate::table::{Fault, Mark, Script, Source, Speed, Table, TableConfig};
use crate::ui::{Shell, Start};

/// Games that are written down for a table that takes no orders.
const WATCHED_GAMES: usize = 3;

/// The window with everything behind it. The parts end in this order: the host stops before the table it is at.
pub(super) struct Stage {
    pub shell: Shell,
    asks: HostHandle,
    _host: Host,
    table: Option<Table>,
}

impl Stage {
    /// Sets a scene up. Whatever it writes goes to `folder`.
    pub fn set(
        ctx: &egui::Context,
        scene: &Scene,
        folder: &Path,
        since: Instant,
    ) -> anyhow::Result<Self> {
        let table = table(scene, folder)?;
        let place = match &table {
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
            welcome: scene.welcome,
            ..Settings::default()
        };
        let saver = Saver::start(file.clone(), &settings);
        let start = Start {
            asks: host.handle(),
            told: host.take_events().context("the host tells once")?,
            saver: saver.context("cannot start the thread of the settings")?,
            settings,
            file,
            notice: None,
            place: Some(place),
            out: None,
            auto_record: false,
            raw_capture: false,
            replay: None,
            since,
        };
        let librarian = LibraryWorker::start(waker(ctx)).context("cannot start the library")?;
        Ok(Self {
            shell: Shell::new(ctx, start, librarian),
            asks: host.handle(),
            _host: host,
            table,
        })
    }

    /// Lets the games run at another speed: what is only waited for may be quick.
    pub fn set_speed(&self, speed: Speed) -> anyhow::Result<()> {
        match &self.table {
            Some(table) => table.set_speed(speed)?,
            None => anyhow::ensure!(self.asks.speed(speed), "the host does not listen"),
        }
        Ok(())
    }
}

/// Returns the table of a scene that plays at another one than the built-in.
fn table(scene: &Scene, folder: &Path) -> anyhow::Result<Option<Table>> {
    let (seed, source, faults) = match scene.seats {
        Seats::Practice => return Ok(None),
        Seats::Wrong => (Some(scene.seed), Source::Practice, vec![Fault::Drift]),
        Seats::Watching => {
            let path = write_capture(scene.seed, folder).context("cannot write games down")?;
            let looped = false;
            (None, Source::Capture { path, looped }, Vec::new())
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

/// Writes games of a seed down as a capture: a table that plays one takes no orders, so the window only watches.
fn write_capture(seed: u64, folder: &Path) -> io::Result<PathBuf> {
    let path = folder.join("capture.jsonl");
    let mut file = BufWriter::new(File::create(&path)?);
    let mut script = Script::seeded(seed);
    let mut micros = 0;
    let mut games = 0;
    while games < WATCHED_GAMES {
        let step = script.next_step();
        micros += step.delay_micros;
        games += usize::from(step.mark == Mark::Settled);
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
