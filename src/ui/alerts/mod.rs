//! Sounds and notifications of the desktop, for what the player should notice without looking. Both are off by default,
//! and each exists only in builds with its feature (`sound`, `notifications`). Playing and showing happen on threads of
//! their own: the window never waits for them, and a computer without speakers is no error.

#[cfg(any(feature = "sound", feature = "notifications", test))]
mod cue;
#[cfg(feature = "notifications")]
mod notifier;
#[cfg(feature = "sound")]
mod player;
#[cfg(any(feature = "sound", feature = "notifications", test))]
mod queue;
#[cfg(any(feature = "sound", test))]
mod tones;

use crate::engine::Notice;
use crate::settings::Settings;

/// The sounds and notifications that the settings turn on.
#[derive(Debug, Default)]
pub struct Alerts {
    #[cfg(any(feature = "sound", feature = "notifications"))]
    cues: cue::Cues,
    #[cfg(feature = "sound")]
    player: player::SoundPlayer,
    #[cfg(feature = "notifications")]
    notifier: notifier::Notifier,
}

#[cfg_attr(
    not(any(feature = "sound", feature = "notifications")),
    expect(
        clippy::unused_self,
        unused_variables,
        reason = "this build has neither"
    )
)]
impl Alerts {
    /// Applies the settings.
    pub fn apply(&mut self, settings: &Settings) {
        #[cfg(feature = "sound")]
        self.player
            .set_volume(settings.sounds.then_some(settings.sound_volume));
        #[cfg(feature = "notifications")]
        self.notifier.set_on(settings.notifications);
    }

    /// Forgets the rows that had their alert: a new engine numbers its rows from the start.
    pub fn forget_rows(&mut self) {
        #[cfg(any(feature = "sound", feature = "notifications"))]
        self.cues.forget_rows();
    }

    /// Takes a notice of the engine, and alerts the player if it deserves it.
    pub fn take(&mut self, notice: &Notice) {
        #[cfg(any(feature = "sound", feature = "notifications"))]
        if let Some(cue) = self.cues.of(notice) {
            #[cfg(feature = "sound")]
            self.player.play(cue);
            #[cfg(feature = "notifications")]
            if let Some(text) = cue.text(notice) {
                self.notifier.show(text);
            }
        }
    }
}
