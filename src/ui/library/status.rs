//! The line below the table: what is being done, what went wrong, how many rows there are; and the text of an empty list.

use std::path::Path;

use crate::library::{Catalog, RowKind};
use crate::ui::command::KeyCommand;
use crate::ui::format::{count, escaped, signed};
use crate::ui::theme::role::{PILL, TABLE};
use crate::ui::theme::{StatusLevel, Theme};
use crate::ui::widgets::{PushButton, truncated_ui};

/// The state of the listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listing {
    /// Not started.
    NotStarted,
    /// More days follow.
    Running,
    /// Complete.
    Done,
    /// The folder cannot be listed, for this reason.
    Failed(String),
}

/// What the line is drawn with.
pub struct StatusLine<'a> {
    pub catalog: &'a mut Catalog,
    /// More days follow.
    pub reading: bool,
    /// The file that is being opened.
    pub opening: Option<&'a Path>,
    /// Why the typed path cannot be opened.
    pub path_error: Option<&'a str>,
    /// How far a data set is that is being built.
    pub building: Option<String>,
    /// The result of the last request.
    pub message: Option<&'a (StatusLevel, String)>,
}

/// What the player did in the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusAction {
    /// Remove the message.
    Dismiss,
    /// Show the details in place of the list.
    Details,
}

impl StatusLine<'_> {
    /// Draws what is being done, or what went wrong, in place of the number of rows.
    fn message_ui(&self, ui: &mut egui::Ui, action: &mut Option<StatusAction>) -> bool {
        let theme = Theme::of(ui);
        if let Some(path) = self.opening {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            ui.label(format!("Opening {}…", escaped(&name)));
            return true;
        }
        if let Some(error) = self.path_error {
            let text = escaped(error);
            truncated_ui(ui, theme.amber, &text).on_hover_text(text);
            return true;
        }
        if let Some(text) = &self.building {
            ui.label(TABLE.text(text).color(theme.quiet));
            return true;
        }
        let Some((level, text)) = self.message else {
            return false;
        };
        let dismissed = ui.small_button("Dismiss").clicked();
        let text = escaped(text);
        truncated_ui(ui, theme.level(*level), &text).on_hover_text(text);
        if dismissed {
            *action = Some(StatusAction::Dismiss);
        }
        true
    }

    /// Draws the number of rows, and whether more follow. `has_details`: the details have a button here.
    pub fn ui(&mut self, ui: &mut egui::Ui, has_details: bool) -> Option<StatusAction> {
        let mut action = None;
        let theme = Theme::of(ui);
        let kind = self.catalog.query().kind;
        let all = self.catalog.count(kind);
        let shown = self.catalog.visible().len();
        let stale = self.catalog.stale_days();
        let thing = match kind {
            RowKind::Sessions => "session",
            RowKind::Games => "game",
            RowKind::Damaged => "damaged file",
        };
        let mut text = format!("{shown} of {}", count(all, thing));
        if self.reading {
            text.push_str(", reading…");
        }
        ui.horizontal_centered(|ui| {
            if has_details {
                let button = PushButton::new("Details").size(0.0, 24.0);
                if ui.add(button).clicked() {
                    action = Some(StatusAction::Details);
                }
            }
            if self.message_ui(ui, &mut action) {
                return;
            }
            ui.label(TABLE.text(text).color(theme.quiet));
            if kind == RowKind::Sessions && shown == all {
                let sum = self.catalog.realised_pnl();
                ui.add_space(8.0);
                ui.label(TABLE.text("Realised in all sessions").color(theme.quiet));
                ui.label(PILL.text(signed(sum)).color(theme.money(sum)));
            }
            if stale > 0 {
                let text = format!(
                    "{}: the files were read in place of the index",
                    count(stale, "day")
                );
                truncated_ui(ui, theme.amber, TABLE.text(text));
            }
        });
        action
    }
}

/// Returns what will appear in an empty list, and what to do.
pub fn empty_text(ctx: &egui::Context, listing: &Listing, catalog: &Catalog) -> String {
    let kind = catalog.query().kind;
    let all = catalog.count(kind);
    match (listing, kind) {
        (Listing::Failed(why), _) => escaped(why),
        (Listing::NotStarted, _) => "No folder is shown. Choose one with \"Open…\".".to_owned(),
        (Listing::Running, _) => "The folder is being read…".to_owned(),
        (Listing::Done, _) if all > 0 => {
            "Nothing found. Clear the search and the filters to see all.".to_owned()
        }
        (Listing::Done, RowKind::Damaged) => {
            "No damaged files: every recording can be read.".to_owned()
        }
        (Listing::Done, RowKind::Games) => {
            let key = KeyCommand::AutoRecord.key_name(ctx);
            format!(
                "Saved games appear here. Games you trade in are always saved; {key} saves every game."
            )
        }
        (Listing::Done, RowKind::Sessions) => {
            "Sessions appear here with their result once you have traded.".to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::Query;
    use crate::ui::key_bindings::KeyBindings;

    #[test]
    fn the_text_of_an_empty_list_names_the_key_that_the_player_assigned() {
        let (ctx, mut catalog) = (egui::Context::default(), Catalog::default());
        catalog.set_query(Query {
            kind: RowKind::Games,
            ..Query::default()
        });
        let says = |key: &str| empty_text(&ctx, &Listing::Done, &catalog).contains(key);
        assert!(says("; Ctrl T saves"));
        let assigned = [("AutoRecord".to_owned(), "F7".to_owned())];
        KeyBindings::of(&assigned.into_iter().collect()).install(&ctx);
        assert!(says("; F7 saves"));
    }
}
