//! `pianola verify`: proves recorded games again.

use serde_json::json;

use super::status_line::status_line;
use super::{CommandOutcome, VerifyArgs, output};
use crate::fairness::{CommitmentSource, ProofStatus};
use crate::library::{Ending, MetaMismatch, NotVerified, Verdict, VerifiedGame, verify_path};
use crate::plural::count;

pub(super) fn verify(args: &VerifyArgs) -> CommandOutcome {
    let mut totals = VerifyTotals::default();
    let progress = output::is_interactive().then(status_line);
    let mut reader_left = false;
    for path in &args.paths {
        verify_path(path, &mut |verdict| {
            totals.take(&verdict);
            if let Some(line) = &progress {
                line.set_message(count(totals.games(), "game"));
            }
            let text = if args.json {
                as_json(&verdict)
            } else {
                as_line(&verdict)
            };
            reader_left |= !reader_left && !output::print_above(progress.as_ref(), &text);
        });
    }
    if let Some(line) = progress {
        line.finish_and_clear();
    }
    if totals.empty > 0 {
        output::say(
            "no game in a folder: games are named *.game.json, lists of revealed games *.jsonl; name the folder of the recordings",
        );
    }
    if totals.disagreeing > 0 {
        let files = count(totals.disagreeing, "game file");
        output::say(&format!(
            "{files} with wrong values beside the prices; their lines name them"
        ));
    }
    let last = if args.json {
        totals.to_json()
    } else {
        totals.to_string()
    };
    if !reader_left {
        output::print(&last);
    }
    if totals.mismatch + totals.unreadable + totals.empty + totals.disagreeing > 0 {
        CommandOutcome::Finding
    } else {
        CommandOutcome::Done
    }
}

#[derive(Debug, Default)]
struct VerifyTotals {
    proven: u64,
    repaired: u64,
    mismatch: u64,
    unverifiable: u64,
    unreadable: u64,
    /// Folders without a game.
    empty: u64,
    /// Game files with wrong metadata; each is counted by its status, too.
    disagreeing: u64,
}

impl VerifyTotals {
    fn take(&mut self, verdict: &Verdict) {
        let slot = match &verdict.result {
            Ok(checked) => {
                self.disagreeing += u64::from(!checked.disagreements.is_empty());
                match checked.proof.status {
                    ProofStatus::Proven => &mut self.proven,
                    ProofStatus::Repaired => &mut self.repaired,
                    ProofStatus::Mismatch => &mut self.mismatch,
                    ProofStatus::Unverifiable => &mut self.unverifiable,
                }
            }
            Err(NotVerified::Unreadable(_)) => &mut self.unreadable,
            Err(NotVerified::NoGames) => &mut self.empty,
            Err(NotVerified::PassedOver(_)) => return,
        };
        *slot += 1;
    }

    /// Returns the number of games: a file that cannot be read is none.
    fn games(&self) -> u64 {
        self.proven + self.repaired + self.mismatch + self.unverifiable
    }

    fn to_json(&self) -> String {
        json!({
            "games": self.games(), "proven": self.proven, "repaired": self.repaired,
            "mismatch": self.mismatch, "unverifiable": self.unverifiable, "unreadable": self.unreadable,
            "empty_folders": self.empty, "disagreeing": self.disagreeing,
        })
        .to_string()
    }
}

impl std::fmt::Display for VerifyTotals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            proven,
            repaired,
            mismatch,
            unverifiable,
            unreadable,
            ..
        } = self;
        write!(
            f,
            "{}: {proven} proven, {repaired} repaired, {mismatch} mismatch, {unverifiable} unverifiable",
            count(self.games(), "game")
        )?;
        if *unreadable > 0 {
            write!(f, ", {unreadable} unreadable")
        } else {
            Ok(())
        }
    }
}

/// Returns `STATUS GAME_ID TICKS PEAK [what was checked] [reason]`, and a bracket for each wrong value of a game file.
fn as_line(verdict: &Verdict) -> String {
    let checked = match &verdict.result {
        Ok(checked) => checked,
        Err(refusal) => {
            let (word, why) = refusal_status(refusal);
            let place = output::escaped(&verdict.place);
            return format!("{word} {place} [{}]", output::escaped(why));
        }
    };
    let peak = checked.peak;
    let (status, id, ticks) = (
        checked.proof.status.as_str(),
        &checked.game_id,
        checked.ticks,
    );
    let mut line = format!("{status} {id} {ticks} {peak} [{}]", compared(checked));
    let wrong_values = checked.disagreements.iter().map(|found| {
        let MetaMismatch { key, stored, found } = found;
        format!("{key}: stored {stored}, found {found}")
    });
    for words in why(checked).into_iter().chain(wrong_values) {
        for part in [" [", &output::escaped(&words), "]"] {
            line.push_str(part);
        }
    }
    line
}

/// Returns the status and the reason of what is no game.
fn refusal_status(refusal: &NotVerified) -> (&'static str, &str) {
    match refusal {
        NotVerified::Unreadable(why) => ("unreadable", why),
        NotVerified::PassedOver(why) => ("passed-over", why),
        NotVerified::NoGames => ("empty", "no game in this folder or below it"),
    }
}

/// Returns what was compared, in words.
fn compared(checked: &VerifiedGame) -> String {
    let (proof, compared) = (&checked.proof, checked.compared);
    if proof.checked_ticks == 0 && proof.status != ProofStatus::Mismatch {
        return match (compared.hash, compared.peak) {
            (true, true) => "hash and peak only",
            (true, false) => "hash only",
            (false, true) => "peak only",
            (false, false) => "nothing",
        }
        .to_owned();
    }
    let hash = match proof.commitment {
        CommitmentSource::Seen => "hash seen before the reveal",
        CommitmentSource::File => "hash in the file",
        CommitmentSource::None => "no hash",
    };
    if !checked.prices {
        return if compared.peak {
            "hash and peak only"
        } else {
            "hash only"
        }
        .to_owned();
    }
    let mut parts = vec![count(proof.checked_ticks, "price")];
    if proof.mismatch.is_none() {
        let others = [(compared.peak, "peak"), (compared.rug, "rug tick")];
        let others = others.into_iter().filter(|(is_so, _)| *is_so);
        parts.extend(others.map(|(_, word)| word.to_owned()));
    }
    parts.push(hash.to_owned());
    match checked.ending {
        Ending::Given => {}
        Ending::LastTickMissing => parts.push("last tick not given".to_owned()),
        Ending::TicksMissing(n) => parts.push(format!("last {} not given", count(n, "tick"))),
    }
    parts.join(", ")
}

fn why(checked: &VerifiedGame) -> Option<String> {
    let proof = &checked.proof;
    let mismatch = proof.mismatch.as_ref().map(ToString::to_string);
    mismatch.or_else(|| proof.reason.clone())
}

fn as_json(verdict: &Verdict) -> String {
    let row = match &verdict.result {
        Err(refusal) => {
            let (status, why) = refusal_status(refusal);
            json!({ "file": verdict.place, "status": status, "reason": why })
        }
        Ok(checked) => json!({
            "file": verdict.place,
            "status": checked.proof.status,
            "game_id": checked.game_id,
            "ticks": checked.ticks,
            "peak": checked.peak.multiplier.map(|peak| peak.to_string()),
            "peak_exact": checked.peak.exact,
            "checked": compared(checked),
            "checked_ticks": checked.proof.checked_ticks,
            "commitment": checked.proof.commitment,
            "reason": checked.proof.reason,
            "mismatch": checked.proof.mismatch,
            "disagreements": checked.disagreements.iter().map(|found| {
                json!({ "key": found.key, "stored": found.stored, "found": found.found })
            }).collect::<Vec<_>>(),
        }),
    };
    row.to_string()
}
