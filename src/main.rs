//! Starts the program.

use std::process::ExitCode;

/// Keeps the buffers of a frame for the next one.
#[cfg(feature = "window")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    pianola::feed::install_panic_hook();
    pianola::cli::run()
}
