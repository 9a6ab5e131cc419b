//! What the page exports: the tables of a session, and its picture.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{Context, Rect};

use super::ReviewPage;
use super::toolbar::{ExportKind, ReviewScope};
use crate::library::OpenedReview;
use crate::protocol::GameId;
use crate::recording::EXPORTS;
use crate::review::{actions_csv, trips_csv};
use crate::ui::export::note_export;
use crate::ui::notices::Notices;
use crate::ui::picture::take_picture;

/// Shown if there is no folder for a file.
const NO_FOLDER: &str =
    "Nothing was exported: no folder of recordings is open. Open one in the library";

/// What a picture of the page is for.
#[derive(Debug, Clone, Copy)]
pub enum PictureUse {
    /// The clipboard.
    Copy,
    /// A file in the folder of exports.
    Save,
}

impl ReviewPage {
    /// Returns the session whose cards are shown.
    pub(super) fn shown_session(&self) -> Option<&Arc<OpenedReview>> {
        self.sessions.done(self.chosen_session()?)
    }

    /// Writes the session that is shown as CSV into the folder of exports.
    pub(super) fn export(&mut self, ctx: &Context, kind: ExportKind, folder: Option<&Path>) {
        let Some(session) = self.shown_session().map(Arc::clone) else {
            return; // The entry of the menu is disabled.
        };
        if let Some(exports) = self.exports(folder) {
            let stem = session.path.file_stem().unwrap_or_default();
            let what = match kind {
                ExportKind::Trades => "trades",
                ExportKind::Actions => "actions",
            };
            let name = format!("{}_{what}", stem.to_string_lossy());
            self.files
                .csv(ctx, &exports, name, move || csv(&session, kind));
        }
    }

    /// Returns the folder of exports. Without a folder of recordings the player reads that nothing is exported.
    fn exports(&mut self, folder: Option<&Path>) -> Option<PathBuf> {
        if folder.is_none() {
            self.exported = Some((Err(NO_FOLDER.to_owned()), false));
        }
        folder.map(|folder| folder.join(EXPORTS))
    }

    /// Takes a picture of the page, for the clipboard or as a file in the folder of exports.
    pub(super) fn take_picture(
        &mut self,
        ctx: &Context,
        page: Rect,
        picture: PictureUse,
        folder: Option<&Path>,
    ) {
        match picture {
            PictureUse::Copy => {
                let clipboard = ctx.clone();
                take_picture(ctx, page, move |image| clipboard.copy_image(image));
            }
            PictureUse::Save => {
                if let Some(exports) = self.exports(folder) {
                    self.files.png(ctx, &exports, self.picture_name(), page);
                }
            }
        }
    }

    /// Returns the name of a picture, without its ending: of the session, of the day, or of all sessions.
    fn picture_name(&self) -> String {
        let stem = self.chosen.as_ref().and_then(|path| path.file_stem());
        let of = match (self.scope, self.day) {
            (ReviewScope::Session, _) => stem.map(|stem| stem.to_string_lossy().into_owned()),
            (ReviewScope::Day, Some(day)) => Some(day.to_string()),
            _ => None,
        };
        format!("{}_review", of.as_deref().unwrap_or("all"))
    }

    /// Notes the last export among the messages, once.
    pub fn note_exports(&mut self, notices: Option<&mut Notices>) {
        if let (Some((result, is_noted @ false)), Some(notices)) = (&mut self.exported, notices) {
            note_export(notices, result, crate::clock::now());
            *is_noted = true;
        }
    }
}

/// Returns a table of a session as CSV.
fn csv(session: &OpenedReview, kind: ExportKind) -> String {
    match kind {
        ExportKind::Trades => trips_csv(session.review.trips.iter().map(|trip| {
            let game = session.game_id(trip.game);
            (game.map_or("", GameId::as_str), trip)
        })),
        ExportKind::Actions => {
            let file = session.timeline.session();
            actions_csv(file.map_or(&[], |file| &file.actions))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::export::export_text;

    #[test]
    fn without_a_folder_the_player_reads_that_nothing_was_exported() {
        let mut page = ReviewPage::default();
        page.take_picture(&Context::default(), Rect::ZERO, PictureUse::Save, None);
        let (result, is_noted) = page.exported.take().expect("a result");
        assert!(!is_noted);
        assert_eq!(export_text(&result), NO_FOLDER);
    }
}
