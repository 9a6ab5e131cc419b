//! The reader of recordings: the days, games and sessions of a folder, the catalog that searches them, opening and
//! verifying files, bundles to share, and the recordings of the Python original.

mod bundle;
mod catalog;
mod day;
mod game_finder;
mod listing;
#[cfg(all(test, feature = "window"))]
pub(crate) mod made_rows;
mod messages;
mod open;
mod open_replay;
mod opened_replay;
mod opened_review;
mod original;
mod preview;
mod proven_game;
mod query;
mod revealed_seeds;
mod review_worker;
mod reviewed_session;
mod row;
mod running_replay;
mod session_facts;
mod session_reviewer;
mod session_size;
mod unindexed;
mod verify;
mod watched_games;
mod whole_games;
pub mod worker;

pub use bundle::{
    BundleContent, BundledGame, CheckProgress, OpenedBundle, ShareFailure, SharedBundle,
    open_bundle, plan_share, save_bundle, share,
};
pub use catalog::{Catalog, DaySummary, VisibleRows};
pub use day::LibraryDay;
pub use game_finder::GameFinder;
pub use listing::{Library, SessionFiles, is_of_recordings, read_library, rebuild, session_files};
pub use messages::{LibraryEvent, ShareOptions};
pub use open::{RecordingFile, open};
pub use opened_replay::OpenedReplay;
pub use opened_review::{ChosenTrades, OpenedReview};
pub use original::{PythonRecording, Tier, TimeRule};
pub use preview::Preview;
pub use proven_game::ProvenGame;
pub use query::{Bounds, Column, PnlSign, Query, RowKind, Sort};
pub use revealed_seeds::RevealedSeeds;
pub use review_worker::{ReviewEvent, ReviewWorker};
pub use reviewed_session::{ReviewedSession, no_game_text, review_session};
pub use row::{LibraryRow, RowEntry, rows_of};
pub use running_replay::NO_GAMES;
pub use session_facts::SessionFacts;
pub use session_reviewer::{ReviewTask, ReviewedEvent, SessionReviewer};
pub use session_size::check_size;
pub use verify::{
    Ending, MetaMismatch, NotVerified, RevealedSeed, Verdict, VerifiedGame, prove_games,
    verify_game, verify_path,
};
pub use whole_games::whole_games;
