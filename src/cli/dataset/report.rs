//! `pianola dataset report`: prints how far a data set can be trusted, or copies its page.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;

use super::super::{CommandOutcome, output};
use crate::dataset::store::QUALITY;
use crate::disk::RealDisk;
use crate::open_file::{MAX_BYTES, read_regular};
use crate::paths;
use crate::recording::write_whole;

#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    /// Folder of the data set.
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// The report as JSON.
    #[arg(long)]
    json: bool,
    /// Write the report as one HTML page to this file.
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    html: Option<PathBuf>,
}

/// Prints the report that the last build wrote, or copies its page.
pub(super) fn report(args: &ReportArgs) -> anyhow::Result<CommandOutcome> {
    let name = match (&args.html, args.json) {
        (Some(_), _) => "quality.html",
        (None, true) => QUALITY,
        (None, false) => "quality.txt",
    };
    let path = args.dir.join(name);
    // A line for each finding makes it as long as it has to be.
    let text = read_regular(&path, u64::MAX).map_err(|why| {
        anyhow::anyhow!(
            "cannot read {}: {why}; name the folder of a data set, which `pianola dataset build` makes",
            paths::text(&path)
        )
    })?;
    if let Some(to) = &args.html {
        check_page_place(to, &args.dir, &text)?;
        let written = write_whole(&RealDisk, to, &text);
        written.map_err(|failed| anyhow::anyhow!(failed.text(to)))?;
        return Ok(CommandOutcome::Done);
    }
    let text = String::from_utf8_lossy(&text);
    if args.json {
        let report: serde_json::Value = serde_json::from_str(&text).with_context(|| {
            format!(
                "{} is damaged; build the data set again",
                paths::text(&path)
            )
        })?;
        output::print(&report.to_string());
    } else {
        text.lines().all(output::print);
    }
    Ok(CommandOutcome::Done)
}

/// Checks that a page may be written there: outside the data set, and in the place of nothing but an earlier page.
fn check_page_place(to: &Path, set: &Path, page: &[u8]) -> anyhow::Result<()> {
    let shown = paths::text(to);
    // The folders that are not there are made.
    let folder = to.ancestors().skip(1).find_map(|folder| {
        let is_here = folder.as_os_str().is_empty();
        fs::canonicalize(if is_here { Path::new(".") } else { folder }).ok()
    });
    let set = fs::canonicalize(set).ok();
    if let (Some(folder), Some(set)) = (folder, set)
        && folder.starts_with(set)
    {
        anyhow::bail!(
            "cannot write {shown}: it is inside the data set, which has quality.html; name a file elsewhere"
        );
    }
    let Ok(there) = fs::symlink_metadata(to) else {
        return Ok(());
    };
    let style = page.windows(7).position(|bytes| bytes == b"<style>");
    let head = &page[..style.unwrap_or(page.len())];
    let is_page = there.is_file()
        && read_regular(to, MAX_BYTES).is_ok_and(|earlier| earlier.starts_with(head));
    if is_page {
        return Ok(());
    }
    anyhow::bail!("cannot write {shown}: something else is there than a report; name another file");
}
