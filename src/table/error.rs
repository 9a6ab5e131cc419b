//! The reasons why a table does not start.

use super::speed::BadSpeed;
use crate::capture::CaptureError;

/// Why a table does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// The speed is outside the limits.
    #[error(transparent)]
    Speed(#[from] BadSpeed),
    /// The capture cannot be played.
    #[error(transparent)]
    Capture(#[from] CaptureError),
    /// A capture is played as it is.
    #[error("a capture is played as it is: faults are for the practice games only")]
    FaultsWithCapture,
    /// The port is not available.
    #[error("cannot listen on 127.0.0.1:{port}; is another table running there?")]
    Listen {
        /// The port.
        port: u16,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// The web server of the table cannot work with this time.
    #[error(
        "the clock of this computer says {0}, and no practice table can be served before 1970 or after 9999; set the clock"
    )]
    Clock(String),
    /// The operating system gave no random bytes.
    #[error("the operating system gives no random numbers ({0}); choose a seed")]
    Random(String),
    /// The operating system gave no thread or runtime.
    #[error("cannot start the table's thread")]
    Thread(#[source] std::io::Error),
}
