//! The field with the path of the folder that is shown. Another folder, or a file, is opened by typing its path.

use std::path::{Path, PathBuf};

use crate::ui::format::escaped;
use crate::ui::theme::Theme;

/// The width from which on the field has the rest of its line to itself.
const NARROWEST: f32 = 240.0;

/// What stands in the field.
#[derive(Debug, Default)]
pub struct PathField {
    text: String,
    /// The text is not the folder that is shown.
    changed: bool,
    /// What was asked for and is not answered yet.
    asked: Option<PathBuf>,
    /// Why the path in the field cannot be opened.
    refused: Option<String>,
    focus: bool,
}

impl PathField {
    /// Draws the field. Returns the path that is to be opened, when Enter is pressed.
    pub fn ui(&mut self, ui: &mut egui::Ui, folder: Option<&Path>) -> Option<PathBuf> {
        let field = egui::TextEdit::singleline(&mut self.text)
            .hint_text("Path of a folder or file")
            .desired_width(ui.available_width().max(NARROWEST) - 2.0 * ui.spacing().item_spacing.x);
        let field = ui.add(field);
        ui.ctx()
            .accesskit_node_builder(field.id, |node| node.set_label("Path"));
        let field = field.on_hover_text("A folder to list or a recording to play; Enter opens it");
        if std::mem::take(&mut self.focus) {
            field.request_focus();
        }
        if field.changed() {
            self.changed = true;
            self.refused = None;
        }
        if !field.lost_focus() {
            return None;
        }
        let (enter, escape) = ui.input(|input| {
            let pressed = |key| input.key_pressed(key);
            (pressed(egui::Key::Enter), pressed(egui::Key::Escape))
        });
        if escape {
            self.reset(folder);
        }
        if !enter {
            return None;
        }
        // The name of a folder may be no text; the one that is shown is known exactly.
        if !self.changed {
            return folder.map(Path::to_owned);
        }
        let home = directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_owned());
        let path = path_of(&self.text, home.as_deref());
        if path.is_none() {
            self.refused = Some("Type the path of a folder or of a recording first".to_owned());
        }
        path
    }

    /// Draws why the path cannot be opened.
    pub fn refusal_ui(&self, ui: &mut egui::Ui) {
        if let Some(why) = &self.refused {
            let text = format!("✖ {}", escaped(why));
            let text = egui::RichText::new(text).color(Theme::of(ui).alert);
            ui.add(egui::Label::new(text).wrap());
        }
    }

    /// The field shall have the focus.
    pub fn focus(&mut self) {
        self.focus = true;
    }

    /// A path of this field is being opened.
    pub fn asked(&mut self, path: PathBuf) {
        self.asked = Some(path);
        self.refused = None;
    }

    /// A folder is shown.
    pub fn went_to(&mut self, folder: &Path) {
        // What is being typed stays, unless it was opened just now.
        if !self.changed || self.asked.as_deref() == Some(folder) {
            self.reset(Some(folder));
        }
    }

    /// A file cannot be opened; whether it is the one of this field, which then says why.
    pub fn is_refused(&mut self, path: &Path, why: &str) -> bool {
        let own = self.asked.as_deref() == Some(path);
        if own {
            self.asked = None;
            self.refused = Some(why.to_owned());
            self.focus = true;
        }
        own
    }

    /// Puts the folder that is shown back into the field.
    pub fn reset(&mut self, folder: Option<&Path>) {
        *self = Self {
            text: folder.map_or(String::new(), |folder| folder.display().to_string()),
            ..Self::default()
        };
    }
}

/// Returns the path that a text means: without spaces and quotes around it, `~` as the home folder.
fn path_of(text: &str, home: Option<&Path>) -> Option<PathBuf> {
    let text = text.trim();
    let inside = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    let text = inside('"').or_else(|| inside('\'')).unwrap_or(text);
    if text.is_empty() {
        return None;
    }
    let below = match text.strip_prefix('~') {
        Some("") => Some(""),
        Some(rest) => rest.strip_prefix(std::path::is_separator),
        None => None,
    };
    Some(match (below, home) {
        (Some(below), Some(home)) => home.join(below),
        _ => PathBuf::from(text),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_path_is_trimmed_and_its_tilde_is_the_home_folder() {
        let home = Path::new("/home/ada");
        for (text, path) in [
            ("/data/games", Some("/data/games")),
            ("  /data/my games \n", Some("/data/my games")),
            ("\"/data/a b\"", Some("/data/a b")),
            ("'/data/a b'", Some("/data/a b")),
            ("~", Some("/home/ada/")),
            ("~/games", Some("/home/ada/games")),
            ("~bob/games", Some("~bob/games")),
            ("games/~", Some("games/~")),
            ("", None),
            ("  ", None),
            ("\"\"", None),
        ] {
            assert_eq!(path_of(text, Some(home)), path.map(PathBuf::from), "{text}");
        }
        assert_eq!(path_of("~/games", None), Some(PathBuf::from("~/games")));
    }

    #[test]
    fn what_is_being_typed_stays_when_the_folder_is_read_again() {
        let mut field = PathField::default();
        field.went_to(Path::new("/a"));
        assert_eq!(field.text, "/a");
        field.text = "/a/b".to_owned();
        field.changed = true;
        field.went_to(Path::new("/a"));
        assert_eq!(field.text, "/a/b");
        field.asked(PathBuf::from("/a/b"));
        assert!(!field.is_refused(Path::new("/other"), "no"));
        assert!(field.is_refused(Path::new("/a/b"), "no such file"));
        assert_eq!(field.refused.as_deref(), Some("no such file"));
        field.asked(PathBuf::from("/a/b"));
        field.went_to(Path::new("/a/b"));
        assert_eq!((field.text.as_str(), field.changed), ("/a/b", false));
    }
}
