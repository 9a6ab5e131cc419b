//! Findings: what is wrong with a recording, or with the data set.

use serde::{Deserialize, Serialize};

crate::named_enum::named_enum! {
    /// The kind of a finding.
    #[derive(PartialOrd, Ord, Hash)]
    pub enum FindingKind {
        /// A file cannot be read.
        Unreadable = "unreadable",
        /// A game contradicts its seed.
        Mismatch = "mismatch",
        /// The proof of today is not the one in the file.
        ProofDiffers = "proof_differs",
        /// A file states something about itself that is wrong.
        WrongStatement = "wrong_statement",
        /// Two files of one game have different prices.
        DuplicateDiffers = "duplicate_differs",
        /// A replay of the session computes another number.
        ReplayDiffers = "replay_differs",
        /// The data set differs from the recordings.
        DataDiffers = "data_differs",
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// Its kind.
    pub kind: FindingKind,
    /// The file, by its path in the folder of recordings or in the data set.
    pub file: String,
    /// The game or session, if it is about one.
    pub id: Option<String>,
    /// What is wrong, in one sentence.
    pub text: String,
}
