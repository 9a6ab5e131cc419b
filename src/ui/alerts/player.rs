//! Plays the sounds, on a thread of its own with the default device.

use std::num::NonZero;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use rodio::DeviceSinkBuilder;
use rodio::buffer::SamplesBuffer;

use super::cue::Cue;
use super::queue::AlertQueue;
use super::tones::{RATE, samples};

/// The device is closed after so long without a sound: an open one costs processor time.
const OPEN_FOR: Duration = Duration::from_secs(5);

/// The player of the sounds.
#[derive(Debug)]
pub struct SoundPlayer {
    /// In percent; `None`: off.
    volume: Option<u8>,
    queue: AlertQueue<Vec<f32>>,
}

impl Default for SoundPlayer {
    fn default() -> Self {
        Self {
            volume: None,
            queue: AlertQueue::new("sound", play_all),
        }
    }
}

impl SoundPlayer {
    /// Sets the volume in percent; `None` turns the sounds off.
    pub fn set_volume(&mut self, volume: Option<u8>) {
        self.volume = volume.filter(|volume| *volume > 0);
    }

    /// Plays a sound if sounds are on.
    pub fn play(&mut self, cue: Cue) {
        if let Some(volume) = self.volume {
            self.queue.send(samples(cue, volume));
        }
    }
}

/// Plays what comes until nothing comes for a while. Without a device it ends at once, which is no error.
fn play_all(sounds: &Receiver<Vec<f32>>) {
    let mut device = match DeviceSinkBuilder::open_default_sink() {
        Ok(device) => device,
        Err(error) => {
            tracing::info!(%error, "no sound is played");
            return;
        }
    };
    device.log_on_drop(false);
    let mono = NonZero::<u16>::MIN;
    let rate = NonZero::new(u32::from(RATE)).unwrap_or(NonZero::<u32>::MIN);
    while let Ok(sound) = sounds.recv_timeout(OPEN_FOR) {
        device.mixer().add(SamplesBuffer::new(mono, rate, sound));
    }
}
