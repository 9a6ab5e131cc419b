//! The panels of the library over the window: the proof of a game, the data set, what is shared, and the check of a shared
//! file.

use egui::Context;

use super::bundle_panel::{BundleChoice, BundlePanel};
#[cfg(feature = "dataset")]
use super::dataset_panel::DatasetPanel;
use super::share_panel::SharePanel;
use crate::library::ProvenGame;
use crate::library::worker::LibraryWorker;
use crate::ui::proof_panel::proof_panel_ui;

/// The panels.
#[derive(Debug, Default)]
pub struct LibraryPanels {
    /// The game whose proof is shown.
    pub proof: Option<ProvenGame>,
    pub share: SharePanel,
    pub bundle: BundlePanel,
    #[cfg(feature = "dataset")]
    pub dataset: DatasetPanel,
}

impl LibraryPanels {
    /// Whether one covers the window.
    pub fn is_open(&self) -> bool {
        #[cfg(feature = "dataset")]
        if self.dataset.is_open() {
            return true;
        }
        self.proof.is_some() || self.share.is_open() || self.bundle.is_open()
    }

    /// Draws those that are open. Returns what the player does with a shared file.
    pub fn ui(&mut self, ctx: &Context, worker: &LibraryWorker) -> Option<BundleChoice> {
        if let Some(game) = &self.proof
            && !proof_panel_ui(ctx, game)
        {
            self.proof = None;
        }
        #[cfg(feature = "dataset")]
        self.dataset.ui(ctx);
        self.share.ui(ctx, worker);
        self.bundle.ui(ctx)
    }
}
