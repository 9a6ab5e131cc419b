//! The settings of the window on the desktop: on top of others, the reminder, and sounds and notifications in builds that
//! have them.

use egui::Ui;

use super::rows::{Field, row_ui, section_ui};
use super::{leave_number, number_row_ui};
use crate::protocol::number::parse_whole;
use crate::settings::{MAX_REMINDER, Settings};
use crate::ui::command::KeyCommand;
use crate::ui::widgets::switch_ui;

/// The fields of the section.
#[derive(Debug, Default)]
pub struct DesktopFields {
    reminder: Field,
}

impl DesktopFields {
    /// Returns the fields of these settings.
    pub fn new(settings: &Settings) -> Self {
        let minutes = settings.reminder_minutes;
        Self {
            reminder: Field::new(minutes.map_or(String::new(), |minutes| minutes.to_string())),
        }
    }

    /// Draws the section.
    pub fn ui(&mut self, ui: &mut Ui, settings: &mut Settings) {
        let remark = format!("compact window: {}", KeyCommand::Compact.key_name(ui.ctx()));
        section_ui(ui, "Desktop", &remark, |ui| {
            let name = "Keep on top";
            row_ui(ui, name, "Where the desktop allows it", |ui| {
                switch_ui(ui, &mut settings.keep_on_top, name);
            });
            self.reminder_ui(ui, settings);
            #[cfg(feature = "sound")]
            sound_ui(ui, settings);
            #[cfg(feature = "notifications")]
            {
                let name = "Notifications";
                let note = "Drift, not recording, a rug with your position in it";
                row_ui(ui, name, note, |ui| {
                    switch_ui(ui, &mut settings.notifications, name);
                });
            }
        });
    }

    /// Sets what was typed and not set yet.
    pub fn leave(&mut self, settings: &mut Settings) {
        leave_number(&mut self.reminder, minutes, &mut settings.reminder_minutes);
    }

    fn reminder_ui(&mut self, ui: &mut Ui, settings: &mut Settings) {
        let is_off = self.reminder.text.trim().is_empty();
        let unit = if is_off { "never" } else { "min" };
        let note = "With your result and the house cost of the session";
        let row = ("Remind me of the time", note, unit);
        if let Some(every) = number_row_ui(ui, &mut self.reminder, row, minutes) {
            settings.reminder_minutes = every;
        }
    }
}

/// Returns after how many minutes the reminder comes; empty: never.
fn minutes(text: &str) -> Result<Option<u32>, String> {
    match text.trim() {
        "" => Ok(None),
        text => match parse_whole(text).and_then(|minutes| u32::try_from(minutes).ok()) {
            Some(minutes) if (1..=MAX_REMINDER).contains(&minutes) => Ok(Some(minutes)),
            _ => Err(format!(
                "A whole number from 1 to {MAX_REMINDER}, or empty: never"
            )),
        },
    }
}

#[cfg(feature = "sound")]
fn sound_ui(ui: &mut Ui, settings: &mut Settings) {
    use crate::ui::widgets::named;

    let name = "Sounds";
    let note = "Order, win, rug, drift, not recording";
    row_ui(ui, name, note, |ui| {
        switch_ui(ui, &mut settings.sounds, name);
        if settings.sounds {
            let slider = egui::Slider::new(&mut settings.sound_volume, 0..=100).suffix(" %");
            named(ui.add(slider), "Volume");
        }
    });
}
