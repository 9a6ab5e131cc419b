//! The local wallet between two runs: beside the journals, because it is in progress for ever.
//!
//! While a session runs, its journal has the newest wallet; the file follows when the session is published, also by
//! the recovery after a crash.

use std::io;
use std::path::PathBuf;

use super::files::{JOURNAL, LONGEST, WriteError, make_folder, replace};
use super::{Disk, Recorder};
use crate::account::LocalWallet;
use crate::paths;

const WALLET: &str = "wallet.json";
/// Where a wallet goes that cannot be read.
const DAMAGED: &str = "wallet-damaged.json";

impl<D: Disk> Recorder<D> {
    /// Returns the wallet as it was put down last; `None` when nobody has played here with one.
    ///
    /// A file that cannot be read is kept aside, and that is said: whoever wants it back can look into it.
    pub fn wallet(&self) -> Option<LocalWallet> {
        let path = self.wallet_path(WALLET);
        let text = match self.disk.read_at_most(&path, LONGEST) {
            Ok(text) => text,
            Err(why) => {
                if why.kind() != io::ErrorKind::NotFound {
                    tracing::error!(file = %paths::text(&path), %why, "the local wallet cannot be read; a full one is used");
                }
                return None;
            }
        };
        let read = serde_json::from_slice(&text).map_err(|error| error.to_string());
        let possible = |wallet: LocalWallet| {
            let possible = wallet.account.is_possible();
            possible
                .then_some(wallet)
                .ok_or("a wallet holds nothing negative".to_owned())
        };
        match read.and_then(possible) {
            Ok(wallet) => Some(wallet),
            Err(why) => {
                let aside = self.wallet_path(DAMAGED);
                self.disk.rename(&path, &aside).ok(); // Then it is replaced; the error below has its name.
                tracing::error!(file = %paths::text(&aside), %why, "the local wallet was damaged and is kept aside; a full one is used");
                None
            }
        }
    }

    /// Keeps the wallet for the next run.
    pub(super) fn keep_wallet(&self, wallet: &LocalWallet) -> Result<(), WriteError> {
        let folder = self.root.join(JOURNAL);
        let text = crate::recording::format::json::to_text(wallet);
        let text = text.map_err(|e| WriteError::new("write", &folder, e.into()))?;
        make_folder(&self.disk, &self.root, &folder)?;
        replace(&self.disk, &folder, WALLET, &text)
    }

    fn wallet_path(&self, name: &str) -> PathBuf {
        self.root.join(JOURNAL).join(name)
    }
}
