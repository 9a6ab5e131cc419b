//! The file of the local wallet: a new one never replaces one that is only unreadable, or newer.

use std::fs;

use pianola::account::{Action, SessionEvent, WalletKind};
use pianola::disk::RealDisk;
use pianola::recording::Origin;

use crate::support::decimal::d;
use crate::support::worked_example::{action, buy, ended, open, started};

fn local(at: &str) -> SessionEvent {
    let mut start = started(at, None);
    if let SessionEvent::Started { wallet, .. } = &mut start {
        *wallet = WalletKind::Local;
    }
    start
}

fn left_with(balance: &str) -> SessionEvent {
    let row = Action {
        balance_after: Some(d(balance)),
        ..buy()
    };
    action(1, row)
}

#[test]
fn a_wallet_that_cannot_be_read_is_an_error_and_stays() {
    let folder = tempfile::tempdir().unwrap();
    let recorder = open(RealDisk, folder.path(), Origin::Live);
    assert_eq!(recorder.wallet(), Ok(None));
    let path = folder.path().join(".journal/wallet.json");
    fs::create_dir(&path).unwrap();
    let why = recorder.wallet().unwrap_err();
    assert!(
        why.starts_with("cannot read ") && why.contains("wallet.json"),
        "{why}"
    );
    assert!(path.is_dir());
}

#[test]
fn each_damaged_wallet_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join(".journal");
    let recorder = open(RealDisk, folder.path(), Origin::Live);
    for damaged in ["one", "two"] {
        fs::write(journal.join("wallet.json"), damaged).unwrap();
        assert_eq!(recorder.wallet(), Ok(None));
    }
    let kept = ["wallet.json.damaged-1", "wallet.json.damaged-2"];
    let kept = kept.map(|name| fs::read_to_string(journal.join(name)).unwrap());
    assert_eq!(kept, ["one", "two"]);
    assert!(!journal.join("wallet.json").exists());
}

#[test]
fn a_session_that_is_read_later_does_not_replace_a_newer_wallet() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join(".journal");
    let mut recorder = open(RealDisk, folder.path(), Origin::Live);
    recorder.take(local("2025-12-15T01:00:00Z"));
    recorder.take(left_with("0.5"));
    recorder.write();
    drop(recorder); // Killed.
    let is_session = |path: &std::path::PathBuf| path.extension().is_some_and(|e| e == "session");
    let mut found = fs::read_dir(&journal)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let unread = found.find(is_session).unwrap();
    let away = folder.path().join("away");
    fs::rename(&unread, &away).unwrap();

    let mut recorder = open(RealDisk, folder.path(), Origin::Live);
    recorder.take(local("2025-12-15T09:00:00Z"));
    recorder.take(left_with("0.7"));
    recorder.take(ended("2025-12-15T10:00:00Z"));
    recorder.finish();
    drop(recorder);
    fs::rename(&away, &unread).unwrap();
    let recorder = open(RealDisk, folder.path(), Origin::Live);
    assert!(!unread.exists(), "it is published");
    let wallet = recorder.wallet().unwrap().unwrap();
    assert_eq!(wallet.account.balance(), d("0.7"));
}
