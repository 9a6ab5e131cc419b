//! What is recorded, and where.

use std::path::PathBuf;

use egui::Ui;

use super::rows::{Field, noted_row_ui, row_ui, section_ui};
use super::{SettingsAction, SettingsContext};
use crate::capture::CaptureState;
use crate::settings::{Settings, folder_of};
use crate::ui::dialog::{Dialog, DialogKind};
use crate::ui::format::short_path;
use crate::ui::theme::Theme;
use crate::ui::top_bar::capture_text;
use crate::ui::widgets::{PushButton, switch_ui, wrapped_ui};

/// The field of the folder and its dialog.
#[derive(Debug, Default)]
pub struct Recording {
    folder: Field,
    dialog: Option<Dialog>,
}

impl Recording {
    /// Returns the field with the folder of the settings.
    pub fn new(settings: &Settings) -> Self {
        Self {
            folder: Field::new(folder_text(settings)),
            dialog: None,
        }
    }

    /// Draws the rows.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        settings: &mut Settings,
        context: SettingsContext<'_>,
        actions: &mut Vec<SettingsAction>,
    ) {
        self.take_dialog(settings, actions);
        let theme = Theme::of(ui);
        section_ui(
            ui,
            "Recording",
            "games you trade in are always saved",
            |ui| {
                let name = "Record every game automatically";
                let note = "From the start of each game to its end, also after a restart";
                row_ui(ui, name, note, |ui| {
                    let mut auto = context.auto_record.unwrap_or(settings.auto_record);
                    ui.add_enabled_ui(context.auto_record.is_some(), |ui| {
                        if switch_ui(ui, &mut auto, name).changed() {
                            actions.push(SettingsAction::AutoRecord(auto));
                        }
                    });
                });
                self.folder_ui(ui, settings, context, actions);
                if let Some(failure) = context.failure {
                    wrapped_ui(ui, theme.amber, failure);
                }
                capture_ui(ui, &mut settings.raw_capture, context.capture);
            },
        );
    }

    fn folder_ui(
        &mut self,
        ui: &mut Ui,
        settings: &mut Settings,
        context: SettingsContext<'_>,
        actions: &mut Vec<SettingsAction>,
    ) {
        let theme = Theme::of(ui);
        let saving_to = match context.folder {
            None => "Nothing is recorded now".to_owned(),
            Some(folder) if context.folder_is_fixed => {
                format!(
                    "Saving to {}, as --out says until the window is closed",
                    short_path(folder)
                )
            }
            Some(folder) => format!("Saving to {}", short_path(folder)),
        };
        let (note, colour) = self.folder.note(&theme, &saving_to);
        let note = note.to_owned();
        noted_row_ui(ui, "Folder", (&note, colour), |ui| {
            let small = |text| PushButton::new(text).size(0.0, 28.0);
            let choose = ui.add_enabled(self.dialog.is_none(), small("Choose…"));
            if choose.clicked() {
                let title = "Folder of the recordings";
                match Dialog::open(ui.ctx(), DialogKind::Folder, title, context.folder) {
                    Ok(dialog) => self.dialog = Some(dialog),
                    Err(error) => self.folder.error = Some(error),
                }
            }
            if settings.recordings.is_some() && ui.add(small("Use the default").quiet()).clicked() {
                self.set_folder(None, settings, actions);
            }
            let name = "Folder of the recordings";
            let field = self.folder.ui(ui, name, "this user's data folder", 176.0);
            if field.lost_focus() {
                self.read_folder(settings, actions);
            }
        });
    }

    /// Shows the folder of the settings, in place of what was typed.
    pub fn show_folder(&mut self, settings: &Settings) {
        self.folder = Field::new(folder_text(settings));
    }

    /// Sets a folder that was typed and not set yet.
    pub fn leave(&mut self, settings: &mut Settings, actions: &mut Vec<SettingsAction>) {
        if self.folder.is_unread() {
            self.read_folder(settings, actions);
        }
    }

    /// Sets the folder that was typed, or shows why it cannot be used. The player may go on to another field.
    fn read_folder(&mut self, settings: &mut Settings, actions: &mut Vec<SettingsAction>) {
        let typed = match self.folder.text.trim() {
            "" => Ok(None),
            text => folder_of(text)
                .map(Some)
                .ok_or("A folder is named with its whole path"),
        };
        let is_new = self.folder.text != folder_text(settings);
        let folder = self.folder.accept(typed);
        self.folder.focus = false;
        if let Some(folder) = folder.filter(|_| is_new) {
            self.set_folder(folder, settings, actions);
        }
    }

    fn set_folder(
        &mut self,
        folder: Option<PathBuf>,
        settings: &mut Settings,
        actions: &mut Vec<SettingsAction>,
    ) {
        settings.recordings = folder;
        self.show_folder(settings);
        actions.push(SettingsAction::FolderChanged);
    }

    fn take_dialog(&mut self, settings: &mut Settings, actions: &mut Vec<SettingsAction>) {
        match Dialog::take_path(&mut self.dialog, "Type the path here") {
            Some(Ok(folder)) => self.set_folder(Some(folder), settings, actions),
            Some(Err(why)) => self.folder.error = Some(why),
            None => {}
        }
    }
}

fn folder_text(settings: &Settings) -> String {
    let folder = settings.recordings.as_ref();
    folder.map_or(String::new(), |folder| folder.display().to_string())
}

/// Draws the switch of the raw capture and its state.
fn capture_ui(ui: &mut Ui, on: &mut bool, capture: Option<&CaptureState>) {
    let theme = Theme::of(ui);
    let name = "Raw capture (for bug reports)";
    let state =
        capture.and_then(|capture| Some((capture_text(capture)?, capture.trouble.is_some())));
    let (note, colour) = match &state {
        Some((words, true)) => (words.as_str(), theme.amber),
        Some((words, false)) => (words.as_str(), theme.quiet),
        None => (
            "All traffic without secrets, in .captures, at most 512 MB",
            theme.quiet,
        ),
    };
    noted_row_ui(ui, name, (note, colour), |ui| switch_ui(ui, on, name));
}
