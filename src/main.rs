//! Start: arguments, then the command they name.

use std::process::ExitCode;

fn main() -> ExitCode {
    pianola::feed::install_panic_hook();
    pianola::cli::run()
}
