//! The page as a picture, and what became of what was exported.

use std::path::Path;

use egui::{Context, Rect};

use super::ReviewPage;
use super::toolbar::ReviewScope;
use crate::recording::EXPORTS;
use crate::ui::export::note_export;
use crate::ui::notices::Notices;
use crate::ui::picture::take_picture;

/// What a picture of the page is for.
#[derive(Debug, Clone, Copy)]
pub enum PictureUse {
    /// The clipboard.
    Copy,
    /// A file in the folder of exports.
    Save,
}

impl ReviewPage {
    /// Takes a picture of the page, for the clipboard or as a file in the folder of exports.
    pub(super) fn take_picture(
        &self,
        ctx: &Context,
        page: Rect,
        picture: PictureUse,
        folder: Option<&Path>,
    ) {
        match (picture, folder) {
            (PictureUse::Copy, _) => {
                let clipboard = ctx.clone();
                take_picture(ctx, page, move |image| clipboard.copy_image(image));
            }
            (PictureUse::Save, Some(folder)) => {
                let name = self.picture_name();
                self.files.png(ctx, &folder.join(EXPORTS), name, page);
            }
            (PictureUse::Save, None) => {}
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
