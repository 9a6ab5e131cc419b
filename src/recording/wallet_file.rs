//! The file of the local wallet: what the player has between two runs. It lies beside the journals.
//!
//! While a session runs, its journal has the newest wallet. The file follows when the session is published, also by the
//! recovery after a crash.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::durable::{make_folder, put_aside, replace};
use super::format::json;
use super::format::names::JOURNAL;
use super::format::read::MAX_FILE_BYTES;
use super::open_sessions::OpenSession;
use crate::account::{Account, LocalWallet};
use crate::disk::{Disk, FileError};
use crate::game::Time;
use crate::paths;
use crate::protocol::GameId;

const WALLET: &str = "wallet.json";

/// The content of the file.
#[derive(Serialize, Deserialize)]
struct WalletFile {
    account: Account,
    game: Option<GameId>,
    /// The start of the session that left the wallet; `None` in a file of an older version.
    #[serde(default)]
    session_start: Option<Time>,
}

/// Reads the wallet; `None` if there is none yet. A damaged file is renamed, not overwritten.
///
/// # Errors
/// The disk failed, or the file is none for this user: another try may find the wallet.
pub(super) fn read(disk: &dyn Disk, root: &Path) -> Result<Option<LocalWallet>, FileError> {
    let file = read_file(disk, root)?;
    Ok(file.map(|WalletFile { account, game, .. }| LocalWallet { account, game }))
}

fn read_file(disk: &dyn Disk, root: &Path) -> Result<Option<WalletFile>, FileError> {
    let folder = root.join(JOURNAL);
    let path = folder.join(WALLET);
    let text = match disk.read_at_most(&path, MAX_FILE_BYTES) {
        Ok(text) => text,
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(why) => return Err(FileError::new("read", &path, why)),
    };
    let read = serde_json::from_slice::<WalletFile>(&text).map_err(|error| error.to_string());
    let why = match read {
        Ok(file) if file.account.is_possible() => return Ok(Some(file)),
        Ok(_) => "a wallet holds nothing negative".to_owned(),
        Err(why) => why,
    };
    let aside = put_aside(disk, &folder, WALLET, "damaged")?;
    tracing::error!(file = %paths::text(&aside), %why, "the local wallet was damaged and is kept aside; a full one is used");
    Ok(None)
}

/// Writes the wallet that a session left, for the next run. A session that an earlier start could not read does not
/// replace the wallet of a later session.
pub(super) fn write(disk: &dyn Disk, root: &Path, open: &OpenSession) -> Result<(), FileError> {
    let Some(LocalWallet { account, game }) = open.session.local_wallet() else {
        return Ok(());
    };
    let folder = root.join(JOURNAL);
    let start = open.session.start;
    if open.is_recovered
        && let Some(there) = read_file(disk, root)?
        && there.session_start.is_some_and(|newer| newer > start)
    {
        tracing::warn!(%start, "the wallet of this session is not kept: a later session has left one");
        return Ok(());
    }
    let file = WalletFile {
        account,
        game,
        session_start: Some(start),
    };
    let text = json::to_text(&file).map_err(|why| FileError::new("write", &folder, why.into()))?;
    make_folder(disk, root, &folder)?;
    replace(disk, &folder, WALLET, &text)
}
