//! `pianola verify`: recorded games proven again.

use serde_json::json;

use super::{End, VerifyArgs, output};
use crate::fairness::{CommitmentSeen, Mismatch, Status};
use crate::recording::{Checked, Verdict, verify_path};

pub(super) fn verify(args: &VerifyArgs) -> End {
    let mut sums = Sums::default();
    let progress = output::to_a_person().then(output::status_line);
    let mut reader_left = false;
    for path in &args.paths {
        verify_path(path, &mut |verdict| {
            sums.take(&verdict);
            if let Some(line) = &progress {
                line.set_message(format!("{} games", sums.games()));
            }
            let text = if args.json {
                as_json(&verdict)
            } else {
                as_line(&verdict)
            };
            reader_left |= !reader_left && !print_above(progress.as_ref(), &text);
        });
    }
    if let Some(line) = progress {
        line.finish_and_clear();
    }
    if sums.games() == 0 {
        output::say(
            "no game files here: games are named *.game.json, lists of revealed games *.jsonl",
        );
    }
    let last = if args.json {
        sums.to_json()
    } else {
        sums.to_string()
    };
    if !reader_left {
        output::print(&last);
    }
    if sums.mismatch + sums.unreadable > 0 {
        End::Finding
    } else {
        End::Done
    }
}

fn print_above(progress: Option<&indicatif::ProgressBar>, text: &str) -> bool {
    match progress {
        Some(line) => line.suspend(|| output::print(text)),
        None => output::print(text),
    }
}

#[derive(Debug, Default)]
struct Sums {
    proven: u64,
    repaired: u64,
    mismatch: u64,
    unverifiable: u64,
    unreadable: u64,
}

impl Sums {
    fn take(&mut self, verdict: &Verdict) {
        let slot = match verdict.result.as_ref().map(|checked| checked.proof.status) {
            Ok(Status::Proven) => &mut self.proven,
            Ok(Status::Repaired) => &mut self.repaired,
            Ok(Status::Mismatch) => &mut self.mismatch,
            Ok(Status::Unverifiable) => &mut self.unverifiable,
            Err(_) => &mut self.unreadable,
        };
        *slot += 1;
    }

    fn games(&self) -> u64 {
        self.proven + self.repaired + self.mismatch + self.unverifiable + self.unreadable
    }

    fn to_json(&self) -> String {
        json!({
            "games": self.games(), "proven": self.proven, "repaired": self.repaired,
            "mismatch": self.mismatch, "unverifiable": self.unverifiable, "unreadable": self.unreadable,
        })
        .to_string()
    }
}

impl std::fmt::Display for Sums {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            proven,
            repaired,
            mismatch,
            unverifiable,
            unreadable,
        } = self;
        write!(
            f,
            "{} games: {proven} proven, {repaired} repaired, {mismatch} mismatch, {unverifiable} unverifiable",
            self.games()
        )?;
        if *unreadable > 0 {
            write!(f, ", {unreadable} unreadable")
        } else {
            Ok(())
        }
    }
}

/// `STATUS GAME_ID TICKS PEAK [what was checked] [reason]`
fn as_line(verdict: &Verdict) -> String {
    match &verdict.result {
        Err(why) => format!(
            "unreadable {} [{}]",
            output::escaped(&verdict.place),
            output::escaped(why)
        ),
        Ok(checked) => {
            let peak = checked.peak;
            let (status, id, ticks) = (
                checked.proof.status.as_str(),
                &checked.game_id,
                checked.ticks,
            );
            let why =
                why(checked).map_or(String::new(), |why| format!(" [{}]", output::escaped(&why)));
            format!("{status} {id} {ticks} {peak} [{}]{why}", what(checked))
        }
    }
}

/// What was compared.
fn what(checked: &Checked) -> String {
    let proof = &checked.proof;
    let hash = match proof.commitment {
        CommitmentSeen::Seen => "hash seen before the reveal",
        CommitmentSeen::File => "hash in the file",
        CommitmentSeen::None => "no hash",
    };
    match (proof.status, checked.prices) {
        (Status::Unverifiable, _) if proof.checked_ticks == 0 => "nothing".to_owned(),
        (Status::Mismatch, true) => format!("{} prices, {hash}", proof.checked_ticks),
        (_, true) => {
            let rug = if checked.rug { ", rug tick" } else { "" };
            format!("{} prices, peak{rug}, {hash}", proof.checked_ticks)
        }
        (_, false) => "hash and peak only".to_owned(),
    }
}

fn why(checked: &Checked) -> Option<String> {
    match (&checked.proof.mismatch, &checked.proof.reason) {
        (
            Some(Mismatch::Tick {
                tick,
                expected,
                seen,
            }),
            _,
        ) => Some(format!("tick {tick}: expected {expected}, seen {seen}")),
        (Some(Mismatch::Hash { hash }), _) => Some(format!("the seed has the hash {hash}")),
        (None, reason) => reason.clone(),
    }
}

fn as_json(verdict: &Verdict) -> String {
    let row = match &verdict.result {
        Err(why) => json!({ "file": verdict.place, "status": "unreadable", "reason": why }),
        Ok(checked) => json!({
            "file": verdict.place,
            "status": checked.proof.status,
            "game_id": checked.game_id,
            "ticks": checked.ticks,
            "peak": checked.peak.multiplier.map(|peak| peak.to_string()),
            "peak_exact": checked.peak.exact,
            "checked": what(checked),
            "checked_ticks": checked.proof.checked_ticks,
            "commitment": checked.proof.commitment,
            "reason": checked.proof.reason,
            "mismatch": checked.proof.mismatch,
        }),
    };
    row.to_string()
}
