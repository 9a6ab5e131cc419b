//! Strategies in the window: the documents that the player edits, with an editor that marks errors while they type, the
//! shipped examples, and files.

mod document;
mod document_ui;
mod documents;
mod editor;
mod file;
mod highlight;

pub use document::StrategyDocument;
pub use documents::StrategyDocuments;

use std::path::{Path, PathBuf};

/// Returns the folder that is offered for new files of strategies: beside the one of the recordings.
pub fn strategies_beside(recordings: &Path) -> PathBuf {
    recordings.parent().unwrap_or(recordings).join("strategies")
}
