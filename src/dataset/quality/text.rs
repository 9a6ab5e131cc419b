//! quality.txt, and the words that it shares with quality.html.

use std::fmt::Write as _;

use super::checks::{Check, CheckScope};
use super::numbers::{
    decimal, duration, limits, observed, one_line, percent, probability, published, signed, whole,
};
use super::report::{Group, Report};
use crate::dataset::rows::{Condition, QualityRow};
use crate::plural::{count, grouped};

/// Gaps and findings beyond these are in quality.json only.
pub(super) const SHOWN: usize = 200;

/// What the word "look" means.
pub(super) const LOOK_MEANS: &str = "\"look\" means: if the server draws as published, all checks of this report together \
     show so large a difference less than once in a thousand data sets. Look at the data and at how they were recorded first. \
     It is never a way to win: the rug has no memory.";

/// Why the complete games alone mislead.
pub(super) const LENGTH_BIAS: &str = "Complete games alone are a biased sample of the lengths: a long game is more often cut off or \
     joined late. Their rugs and sidebets are shown and not judged. \"All games\" counts every game only while it was watched (delayed entry, censored ends), and is the \
     fair estimate of rugs and sidebets.";

impl Report {
    /// Returns the text of quality.txt.
    ///
    /// # Panics
    ///
    /// Never: writing to a `String` does not fail.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        self.write_text(&mut out)
            .expect("writing to a String never fails");
        out
    }

    /// Returns the head: how much there is, how much of it is proven, and what is missing.
    pub fn head(&self) -> String {
        let totals = &self.totals;
        format!(
            "{}, {} proven, {} hours covered, {} hours missing ≈ {}",
            count(grouped(totals.games), "game"),
            percent(totals.proven_share(), 1),
            decimal(totals.covered_hours, 1),
            decimal(totals.missing_hours, 1),
            count(whole(totals.missed_games), "game"),
        )
    }

    fn write_text(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "{}\n", self.head())?;
        let totals = &self.totals;
        writeln!(
            out,
            "proven {}, repaired {}, unverifiable {}, mismatch {}; trainable {}\n{}, {}, {}; \
             written by {}\n",
            grouped(totals.proven),
            grouped(totals.repaired),
            grouped(totals.unverifiable),
            grouped(totals.mismatch),
            grouped(totals.trainable),
            count(grouped(totals.ticks), "tick"),
            count(grouped(totals.sessions), "session"),
            count(grouped(totals.actions), "action"),
            self.app,
        )?;
        for group in &self.groups {
            write_group(out, group)?;
        }
        if !self.groups.is_empty() {
            writeln!(out, "{LOOK_MEANS}\n{LENGTH_BIAS}\n")?;
        }
        self.write_days(out)?;
        self.write_gaps(out)?;
        self.write_findings(out)
    }

    fn write_days(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "DAYS (UTC)")?;
        if self.days.is_empty() {
            return writeln!(out, "  none\n");
        }
        writeln!(
            out,
            "  {:<10} {:<9} {:<9} {:>7} {:>7} {:>7} {:>8} {:>5} {:>7} {:>7}  notes",
            "day",
            "origin",
            "condition",
            "games",
            "proven",
            "hours",
            "missing",
            "gaps",
            "missed",
            "actions"
        )?;
        for day in &self.days {
            let row = &day.row;
            writeln!(
                out,
                "  {:<10} {:<9} {:<9} {:>7} {:>7} {:>7.1} {:>8} {:>5} {:>7.0} {:>7}  {}",
                day.date.to_string(),
                row.source_origin,
                row.condition.as_str(),
                row.games_seen,
                row.proven + row.repaired,
                day.covered_s / 3_600.0,
                duration(row.gap_s),
                row.gaps_n,
                row.missed_games_est,
                row.actions,
                notes(row).join(", "),
            )?;
        }
        writeln!(out)
    }

    fn write_gaps(&self, out: &mut String) -> std::fmt::Result {
        writeln!(
            out,
            "GAPS (a pause between games longer than 25 s of the server's time)"
        )?;
        if self.gaps.is_empty() {
            writeln!(out, "  none")?;
        }
        for gap in self.gaps.iter().take(SHOWN) {
            writeln!(
                out,
                "  {:<9} {} to {}  {:>9}  ≈ {:.0} games",
                gap.origin,
                gap.from.format("%Y-%m-%d %H:%M:%S"),
                gap.to.format("%Y-%m-%d %H:%M:%S"),
                duration(gap.seconds),
                gap.games,
            )?;
        }
        write_more(out, self.gaps.len())?;
        writeln!(out)
    }

    fn write_findings(&self, out: &mut String) -> std::fmt::Result {
        writeln!(out, "FINDINGS")?;
        if self.findings.is_empty() {
            writeln!(out, "  none")?;
        }
        for finding in self.findings.iter().take(SHOWN) {
            let id = finding.id.as_ref().map(|id| format!(" [{}]", one_line(id)));
            writeln!(
                out,
                "  {:<17} {}{}: {}",
                finding.kind.as_str(),
                one_line(&finding.file),
                id.unwrap_or_default(),
                one_line(&finding.text),
            )?;
        }
        write_more(out, self.findings.len())
    }
}

fn write_more(out: &mut String, all: usize) -> std::fmt::Result {
    if all > SHOWN {
        writeln!(out, "  and {} more, in quality.json", all - SHOWN)?;
    }
    Ok(())
}

fn write_group(out: &mut String, group: &Group) -> std::fmt::Result {
    writeln!(
        out,
        "SELF-CHECKS: {} ({})",
        group.name,
        group.origins.join(", ")
    )?;
    writeln!(out, "  {}", mean_sentence(group))?;
    if let Some(left_out) = left_out(group) {
        writeln!(out, "  {left_out}")?;
    }
    for scope in CheckScope::ALL {
        let checks = group.checks.iter().filter(|check| check.scope == *scope);
        let checks: Vec<_> = checks.collect();
        if checks.iter().all(|check| check.n == 0) {
            continue;
        }
        writeln!(out, "\n  {}", scope_title(*scope, group))?;
        writeln!(
            out,
            "    {:<36} {:>12} {:>23} {:>10} {:>9} {:>23}  result",
            "", "observed", "95 % limits", "published", "chance", "n"
        )?;
        for check in checks {
            writeln!(out, "    {}", check_line(check))?;
        }
    }
    if !group.sidebets.is_empty() {
        writeln!(
            out,
            "\n  Sidebets by tick, all games (20 % is the break-even, {} the published chance)",
            percent(super::sidebet_chance(), 2)
        )?;
        for point in group.sidebets.iter().filter(|point| point.tick % 40 == 0) {
            writeln!(
                out,
                "    tick {:>4}  {:>7} of {:>7} games   {} to {}",
                point.tick,
                percent(point.rate, 2),
                grouped(point.games),
                percent(point.low, 2),
                percent(point.high, 2),
            )?;
        }
    }
    if let Some(own) = own_sentence(group) {
        writeln!(out, "\n  {own}")?;
    }
    writeln!(out)
}

fn check_line(check: &Check) -> String {
    let limits = limits(check).unwrap_or_default();
    let at = check.at.as_ref().map(|at| format!(" ({at})"));
    format!(
        "{:<36} {:>12} {:>23} {:>10} {:>9} {:>23}  {}{}",
        check.kind.title(),
        observed(check),
        limits,
        published(check),
        probability(check),
        format!("{} {}", grouped(check.n), check.kind.unit()),
        check.verdict.as_str(),
        at.unwrap_or_default(),
    )
}

/// Returns which games a scope has.
pub(super) fn scope_title(scope: CheckScope, group: &Group) -> String {
    match scope {
        CheckScope::Trainable => format!("Trainable games ({})", grouped(group.trainable_games)),
        CheckScope::All => format!(
            "All games while they were watched ({})",
            grouped(group.observed_games)
        ),
        CheckScope::Own => "Own bets".to_owned(),
    }
}

/// Returns the two means of the rug tick.
pub(super) fn mean_sentence(group: &Group) -> String {
    let mean =
        |value: Option<f64>| value.map_or_else(|| "unknown".to_owned(), |mean| decimal(mean, 1));
    format!(
        "Mean rug tick: {} in trainable games, {} estimated over all games; published: 200",
        mean(group.trainable_mean_rug),
        mean(group.all_mean_rug),
    )
}

/// Returns which games were left out of the checks.
pub(super) fn left_out(group: &Group) -> Option<String> {
    let parts = [
        (group.seeded, "of a seeded table"),
        (group.other_version, "of a version other than v3"),
        (group.unobserved, "without an observed step"),
    ];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let parts: Vec<_> = parts
        .map(|(count, what)| format!("{} {what}", grouped(count)))
        .collect();
    (!parts.is_empty()).then(|| format!("Left out: games {}", parts.join(", ")))
}

/// Returns what the player's results came to, with their number.
pub(super) fn own_sentence(group: &Group) -> Option<String> {
    let own = &group.own;
    if own.results() == 0 {
        return None;
    }
    let kinds = [
        (
            own.exits,
            "sales and liquidations",
            own.exits_won,
            "with profit",
            own.exits_pnl,
        ),
        (
            own.sidebets,
            "sidebets",
            own.sidebets_won,
            "won",
            own.sidebets_pnl,
        ),
    ];
    let kinds = kinds.into_iter().filter(|(count, ..)| *count > 0);
    let kinds = kinds.map(|(count, name, won, result, pnl)| {
        let pnl = signed(&pnl.to_string());
        format!(
            "{} {name}, {} {result}: {pnl}",
            grouped(count),
            grouped(won)
        )
    });
    let mut text = format!(
        "Own P&L: {} SOL in {} results ({})",
        signed(&own.pnl().to_string()),
        grouped(own.results()),
        kinds.collect::<Vec<_>>().join("; "),
    );
    if let Some((mean, low, high)) = own.mean() {
        write!(text, "; mean {mean:+.6} (95 %: {low:+.6} to {high:+.6})")
            .expect("writing to a String never fails");
    } else {
        text.push_str("; too few for a mean");
    }
    Some(text)
}

/// Returns what is missing or wrong on a day, in words.
pub(super) fn notes(row: &QualityRow) -> Vec<String> {
    let counts = [
        (row.mismatch, "mismatch"),
        (row.unreadable, "unreadable"),
        (row.missing_ticks, "ticks missing"),
        (row.repaired_ticks, "ticks repaired"),
        (row.late_joins, "late joins"),
        (row.no_rug, "without rug"),
        (row.history_only, "from history only"),
        (row.crash, "closed after a crash"),
        (row.reconnects, "reconnects"),
        (row.duplicates, "duplicates"),
        (row.drifts, "drifts"),
        (row.clock_back_n, "clock set back"),
        (row.id_day_differs_n, "day of the id differs"),
        (row.inexact_actions, "inexact amounts"),
    ];
    let named = counts.into_iter().filter(|(count, _)| *count > 0);
    let named = named.map(|(count, name)| format!("{count} {name}"));
    let anomalies = row.anomalies.iter().filter(|(_, count)| *count > 0);
    let anomalies = anomalies.map(|(anomaly, count)| format!("{count} {}", anomaly.as_str()));
    named.chain(anomalies).collect()
}

/// Returns the meaning of a condition.
pub(super) fn meaning(condition: Condition) -> &'static str {
    match condition {
        Condition::Complete => "recorded without a gap, nothing wrong",
        Condition::Degraded => "a part is missing (the stronger the colour, the more) or wrong",
        Condition::Open => "not over when this was written",
        Condition::Missing => "no game recorded",
    }
}

/// Returns the sentence above the checks.
pub(super) fn looks_sentence(report: &Report) -> String {
    let judged = report.groups.iter().flat_map(|group| &group.checks);
    let judged = judged.filter(|check| check.verdict.is_judged()).count();
    let looks = report.looks().count();
    match (judged, looks) {
        (0, _) => "Too few games for the self-checks".to_owned(),
        (n, 0) => format!("All {n} self-checks are consistent with the published algorithm"),
        (n, 1) => format!("1 of {n} self-checks says look"),
        (n, looks) => format!("{looks} of {n} self-checks say look"),
    }
}
