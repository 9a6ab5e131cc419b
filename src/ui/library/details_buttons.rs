//! The buttons and links below the details of a recording.

use egui::Ui;

use super::details::game_id;
use super::details_card::{DetailsAction, DetailsContext};
use super::shared_file::why_not_shared;
use crate::library::NO_GAMES;
use crate::ui::command::{KeyCommand, LibraryKey};
use crate::ui::format::escaped;
use crate::ui::widgets::{Icon, PushButton, icon_link_ui};

impl DetailsContext<'_> {
    /// Draws them: what replays the recording, and links.
    pub(super) fn buttons_ui(&self, ui: &mut Ui, action: &mut Option<DetailsAction>) {
        ui.spacing_mut().item_spacing.y = 8.0;
        let is_session = self.row.session().is_some();
        let damaged = self.row.reason().is_some();
        let can_replay = self.row.has_games() && !damaged;
        ui.add_enabled_ui(!self.is_opening && can_replay, |ui| {
            let text = if is_session {
                "Replay session"
            } else {
                "Replay game"
            };
            let open = KeyCommand::InLibrary(LibraryKey::Open);
            let (tip, key) = (open.tip(ui.ctx()), open.key_name(ui.ctx()));
            let game = self.details.proven().filter(|_| is_session).map(game_id);
            let whole = ui.available_width();
            let width = if game.is_some() { whole * 0.6 } else { whole };
            ui.horizontal(|ui| {
                let replay = PushButton::new(text).replay().icon(Icon::Play).key(&key);
                if ui
                    .add(replay.size(width, 36.0))
                    .on_hover_text(tip)
                    .on_disabled_hover_text(if can_replay { "" } else { NO_GAMES })
                    .clicked()
                {
                    *action = Some(DetailsAction::Replay(None));
                }
                if let Some(game) = game {
                    let button = PushButton::new("This game").icon(Icon::Play);
                    let rest = whole - width - ui.spacing().item_spacing.x;
                    let tip = "Replay the session from the game in the chart";
                    if ui.add(button.size(rest, 36.0)).on_hover_text(tip).clicked() {
                        *action = Some(DetailsAction::Replay(Some(game)));
                    }
                }
            });
        });
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            if is_session {
                let link = icon_link_ui(ui, Icon::Line, "Review");
                if link.on_hover_text("What the session was worth").clicked() {
                    *action = Some(DetailsAction::Review);
                }
                let link = icon_link_ui(ui, Icon::Flag, "Note");
                if link.on_hover_text(KeyCommand::Note.tip(ui.ctx())).clicked() {
                    *action = Some(DetailsAction::Note);
                }
                let refused = why_not_shared(&self.row.path);
                ui.add_enabled_ui(refused.is_none() && !damaged, |ui| {
                    let command = KeyCommand::ShareSession;
                    let link = icon_link_ui(ui, Icon::Forward, "Share…")
                        .on_hover_text(command.tip(ui.ctx()))
                        .on_disabled_hover_text(refused.unwrap_or_default());
                    if link.clicked() {
                        *action = Some(DetailsAction::Share);
                    }
                });
            }
            if let Some(game) = self.details.proven() {
                let id = game.file.meta.game_id.to_string();
                let link = icon_link_ui(ui, Icon::Copy, "Copy id");
                if link.on_hover_text(escaped(&id)).clicked() {
                    ui.ctx().copy_text(id);
                }
            }
            let path = self.row.path.display().to_string();
            let link = icon_link_ui(ui, Icon::Folder, "Copy path");
            if link.on_hover_text(escaped(&path)).clicked() {
                ui.ctx().copy_text(path);
            }
        });
    }
}
