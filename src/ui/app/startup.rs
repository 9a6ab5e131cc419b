//! What the app is started with.

use std::path::PathBuf;
use std::sync::mpsc::Receiver;
use std::time::Instant;

use crate::engine::GameSource;
use crate::host::{HostEvent, HostHandle};
use crate::settings::{Saver, Settings};

/// What the app starts with.
#[derive(Debug)]
pub struct Startup {
    /// Sends requests to the host.
    pub host: HostHandle,
    /// Receives the events of the host.
    pub events: Receiver<HostEvent>,
    /// The settings.
    pub settings: Settings,
    /// Saves the settings.
    pub saver: Saver,
    /// The file of the settings.
    pub file: PathBuf,
    /// A message about the file for the player.
    pub notice: Option<String>,
    /// The source of the command line, valid until the player chooses another one.
    pub source: Option<GameSource>,
    /// The folder of the command line, valid until the program ends.
    pub out: Option<PathBuf>,
    /// Auto-record of the command line, valid until the player turns it on or off.
    pub auto_record: bool,
    /// Raw capture of the command line, valid until the player turns it on or off.
    pub raw_capture: bool,
    /// The recording of the command line to replay.
    pub replay: Option<PathBuf>,
    /// The time at which the program started.
    pub since: Instant,
}
