//! The file of the local wallet: what the player has between two runs. It lies beside the journals.
//!
//! While a session runs, its journal has the newest wallet. The file follows when the session is published, also by the
//! recovery after a crash.

use std::io;
use std::path::Path;

use super::durable::{make_folder, replace};
use super::format::json;
use super::format::names::JOURNAL;
use super::format::read::MAX_FILE_BYTES;
use crate::account::LocalWallet;
use crate::disk::{Disk, FileError};
use crate::paths;

const WALLET: &str = "wallet.json";
/// The name that a wallet gets that cannot be read.
const DAMAGED: &str = "wallet-damaged.json";

/// Reads the wallet; `None` if there is none yet. A damaged file is renamed, not overwritten.
pub(super) fn read(disk: &dyn Disk, root: &Path) -> Option<LocalWallet> {
    let folder = root.join(JOURNAL);
    let path = folder.join(WALLET);
    let text = match disk.read_at_most(&path, MAX_FILE_BYTES) {
        Ok(text) => text,
        Err(why) => {
            if why.kind() != io::ErrorKind::NotFound {
                tracing::error!(file = %paths::text(&path), %why, "the local wallet cannot be read; a full one is used");
            }
            return None;
        }
    };
    let read = serde_json::from_slice::<LocalWallet>(&text).map_err(|error| error.to_string());
    let why = match read {
        Ok(wallet) if wallet.account.is_possible() => return Some(wallet),
        Ok(_) => "a wallet holds nothing negative".to_owned(),
        Err(why) => why,
    };
    let aside = folder.join(DAMAGED);
    disk.rename(&path, &aside).ok(); // If this fails, the next wallet replaces it; the log line below names it.
    tracing::error!(file = %paths::text(&aside), %why, "the local wallet was damaged and is kept aside; a full one is used");
    None
}

/// Writes the wallet for the next run.
pub(super) fn write(disk: &dyn Disk, root: &Path, wallet: &LocalWallet) -> Result<(), FileError> {
    let folder = root.join(JOURNAL);
    let text = json::to_text(wallet).map_err(|why| FileError::new("write", &folder, why.into()))?;
    make_folder(disk, root, &folder)?;
    replace(disk, &folder, WALLET, &text)
}
