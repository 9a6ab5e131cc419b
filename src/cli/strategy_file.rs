//! The strategy that an argument names: a file, or an example.

use std::path::Path;

use super::UsageError;
use crate::open_file::read_regular;
use crate::paths;
use crate::strategy::{EXAMPLES, Strategy};

/// The longest strategy, in bytes: about a hundred thousand script lines.
const MAX_BYTES: u64 = 4 << 20;

/// Reads the strategy or script of an argument. A file goes before an example of the same name.
///
/// # Errors
/// There is no such file or example, or its text cannot be read as a strategy: a wrong use.
pub(super) fn read_strategy(argument: &Path) -> anyhow::Result<Strategy> {
    let example = EXAMPLES
        .iter()
        .find(|example| argument == Path::new(example.file) && !argument.exists());
    let file = paths::text(argument);
    let text = match example {
        Some(example) => example.text.to_owned(),
        None => file_text(argument, &file)?,
    };
    Strategy::parse(&text).map_err(|why| UsageError(format!("{file}:\n{why}")).into())
}

fn file_text(path: &Path, file: &str) -> anyhow::Result<String> {
    let text = read_regular(path, MAX_BYTES).map_err(|why| {
        let advice = why.advice();
        let names = EXAMPLES.map(|example| example.file).join(", ");
        UsageError(format!(
            "cannot read the strategy {file}: {why}; {advice} (examples: {names})"
        ))
    })?;
    String::from_utf8(text).map_err(|why| {
        let at = why.utf8_error().valid_up_to();
        UsageError(format!(
            "{file}: byte {at} is no UTF-8 text; name a strategy or script"
        ))
        .into()
    })
}

/// Returns the names of the examples, for the help.
pub(super) fn example_names() -> String {
    EXAMPLES.map(|example| example.file).join(", ")
}
