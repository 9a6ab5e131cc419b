//! quality.html: one page without anything from elsewhere, in light and dark.

mod calendar;
mod chart;

use std::fmt::Write as _;

use super::checks::{Check, CheckKind, CheckScope, Verdict};
use super::numbers::{
    decimal, duration, limits, observed, one_line, percent, probability, published, whole,
};
use super::report::{Group, Report};
use super::text::{
    LENGTH_BIAS, LOOK_MEANS, SHOWN, left_out, looks_sentence, mean_sentence, notes, own_sentence,
    scope_title,
};
use crate::dataset::rows::Condition;
use crate::plural::{count, grouped};

impl Report {
    /// Returns the text of quality.html.
    pub fn to_html(&self) -> String {
        let mut page = Page(String::new());
        page.head(self);
        page.calendar(self);
        for group in &self.groups {
            page.group(group);
        }
        page.days(self);
        page.gaps(self);
        page.findings(self);
        page.add(format_args!(
            "<footer>{}. The same numbers are in quality.txt and quality.json; README.md says which rows to trust.</footer>\n\
             </main>\n</body>\n</html>",
            escaped(&self.app)
        ));
        page.0
    }
}

/// Returns a text for HTML: names of games and files may hold anything.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(c),
        }
    }
    safe
}

/// The page as far as it is written.
struct Page(String);

impl Page {
    fn add(&mut self, text: std::fmt::Arguments<'_>) {
        self.0
            .write_fmt(text)
            .expect("writing to a String never fails");
        self.0.push('\n');
    }

    fn head(&mut self, report: &Report) {
        let totals = &report.totals;
        self.add(format_args!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
             content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
             <title>Quality of the data set</title>\n<style>\n{}</style>\n</head>\n<body>\n<main>\n\
             <h1>Quality of the data set</h1>\n<p class=\"lead\">{}</p>",
            include_str!("style.css"),
            report.head()
        ));
        self.0.push_str("<div class=\"tiles\">\n");
        let share = |count: u64| {
            #[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
            let share = count as f64 / totals.games.max(1) as f64;
            percent(share, 1)
        };
        let tiles = [
            (
                "Games",
                grouped(totals.games),
                count(grouped(totals.ticks), "tick"),
            ),
            (
                "Proven",
                percent(totals.proven_share(), 1),
                format!("{} of them repaired", grouped(totals.repaired)),
            ),
            (
                "Trainable",
                share(totals.trainable),
                count(grouped(totals.trainable), "game"),
            ),
            (
                "Recorded",
                format!("{} h", decimal(totals.covered_hours, 1)),
                {
                    let recorded = report.days.iter().filter(|day| day.covered_s > 0.0);
                    format!("on {}", count(recorded.count(), "day"))
                },
            ),
            (
                "Missing",
                format!("{} h", decimal(totals.missing_hours, 1)),
                format!("≈ {}", count(whole(totals.missed_games), "game")),
            ),
            (
                "Sessions",
                grouped(totals.sessions),
                count(grouped(totals.actions), "action"),
            ),
        ];
        for (label, value, under) in tiles {
            self.add(format_args!(
                "<div><div class=\"label\">{label}</div><div class=\"value\">{value}</div><div class=\"under\">{under}</div></div>"
            ));
        }
        self.0.push_str("</div>\n");
        self.banners(report);
    }

    /// Says at the top whether anything needs attention.
    fn banners(&mut self, report: &Report) {
        let looks: Vec<_> = report.looks().collect();
        let class = if looks.is_empty() { "good" } else { "warn" };
        let names = looks.iter().map(|(group, check)| {
            let scope = check.scope.as_str();
            format!("{} ({}, {scope})", check.kind.title(), group.name)
        });
        self.add(format_args!(
            "<div class=\"banner {class}\">{} {}<span>{}</span></div>",
            if looks.is_empty() { "✓" } else { "!" },
            looks_sentence(report),
            escaped(&names.collect::<Vec<_>>().join("; "))
        ));
        if !report.findings.is_empty() {
            self.add(format_args!(
                "<div class=\"banner bad\">! {} <span>listed at the end of this page</span></div>",
                count(grouped(report.findings.len() as u64), "finding")
            ));
        }
    }

    fn calendar(&mut self, report: &Report) {
        if report.days.is_empty() {
            return;
        }
        self.0.push_str("<section>\n<h2>Calendar</h2>\n");
        self.0.push_str(&calendar::calendars(&report.days));
        self.0.push_str("</section>\n");
    }

    fn group(&mut self, group: &Group) {
        self.add(format_args!(
            "<section>\n<h2>Self-checks: {}</h2>\n<p class=\"lead\">{}</p>",
            escaped(&group.name),
            mean_sentence(group)
        ));
        if let Some(left_out) = left_out(group) {
            self.add(format_args!("<p class=\"note\">{left_out}</p>"));
        }
        self.0.push_str("<div class=\"two\">\n");
        for (title, chart) in [
            (
                "Games that outlast each tick",
                chart::survival(&group.survival),
            ),
            (
                "Sidebets that win, by the tick of the bet",
                chart::sidebets(&group.sidebets),
            ),
        ] {
            if let Some(chart) = chart {
                self.add(format_args!("<div><h3>{title}</h3>\n{chart}</div>"));
            }
        }
        self.0.push_str("</div>\n");
        for scope in CheckScope::ALL {
            let checks = group.checks.iter().filter(|check| check.scope == *scope);
            let checks: Vec<&Check> = checks.filter(|check| check.n > 0).collect();
            if !checks.is_empty() {
                self.checks(&scope_title(*scope, group), &checks);
            }
        }
        if let Some(own) = own_sentence(group) {
            self.add(format_args!("<p>{}</p>", escaped(&own)));
        }
        self.add(format_args!(
            "<p class=\"note\">{LOOK_MEANS}</p>\n<p class=\"note\">{LENGTH_BIAS}</p>\n</section>"
        ));
    }

    fn checks(&mut self, title: &str, checks: &[&Check]) {
        self.add(format_args!(
            "<h3>{title}</h3>\n<div class=\"scroll\"><table>\n<tr><th></th><th class=\"n\">Recorded</th><th class=\"n\">95 % limits</th>\
             <th></th><th class=\"n\">Published</th><th class=\"n\">Chance</th><th class=\"n\">n</th><th>Result</th></tr>"
        ));
        for check in checks {
            let (word, class) = match check.verdict {
                Verdict::Consistent => ("✓ consistent", "consistent"),
                Verdict::Look => ("! look", "look"),
                Verdict::Biased => ("biased", "few"),
                Verdict::TooFew => ("too few", "few"),
            };
            let interval = check.low.zip(check.high).map(|(low, high)| {
                chart::interval(check.observed, low, high, check.expected, class)
            });
            let at = check.at.as_ref().filter(|_| check.probability.is_some());
            let at = at.map(|at| format!(" <small>{}</small>", escaped(at)));
            self.add(format_args!(
                "<tr><td>{}{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td>{}</td><td class=\"n\">{}</td>\
                 <td class=\"n\">{}</td><td class=\"n\">{} <small>{}</small></td><td><span class=\"pill {class}\">{word}</span></td></tr>",
                escaped(check.kind.title()),
                at.unwrap_or_default(),
                observed(check),
                limits(check).unwrap_or_default(),
                interval.unwrap_or_default(),
                expected(check),
                probability(check),
                grouped(check.n),
                check.kind.unit(),
            ));
        }
        self.0.push_str("</table></div>\n");
    }

    fn days(&mut self, report: &Report) {
        if report.days.is_empty() {
            return;
        }
        self.0.push_str(
            "<section>\n<h2>Days</h2>\n<p class=\"lead\">UTC, the newest first</p>\n<div class=\"tall\"><table>\n<tr><th>Day</th>\
             <th>Origin</th><th>Condition</th><th class=\"n\">Games</th><th class=\"n\">Proven</th><th class=\"n\">Recorded</th>\
             <th class=\"n\">Missing</th><th class=\"n\">Gaps</th><th class=\"n\">Missed games</th><th class=\"n\">Actions</th><th>Notes</th></tr>\n",
        );
        let mut days: Vec<_> = report.days.iter().collect();
        days.sort_by(|a, b| {
            b.date
                .cmp(&a.date)
                .then(a.row.source_origin.cmp(&b.row.source_origin))
        });
        for day in days {
            let row = &day.row;
            let condition = row.condition.as_str();
            let missed = match row.condition {
                Condition::Complete => "–".to_owned(),
                _ => format!("≈ {}", whole(row.missed_games_est)),
            };
            self.add(format_args!(
                "<tr><td>{}</td><td>{}</td><td><span class=\"pill {condition}\">{condition}</span></td><td class=\"n\">{}</td>\
                 <td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{missed}</td>\
                 <td class=\"n\">{}</td><td class=\"wrap\">{}</td></tr>",
                day.date,
                escaped(&row.source_origin),
                row.games_seen,
                row.proven + row.repaired,
                duration(day.covered_s),
                duration(row.gap_s),
                row.gaps_n,
                row.actions,
                escaped(&notes(row).join(", ")),
            ));
        }
        self.0.push_str("</table></div>\n</section>\n");
    }

    fn gaps(&mut self, report: &Report) {
        self.0.push_str("<section>\n<h2>Gaps</h2>\n");
        if report.gaps.is_empty() {
            self.0.push_str(
                "<p class=\"lead\">None between the first and the last game</p>\n</section>\n",
            );
            return;
        }
        self.0.push_str(
            "<p class=\"lead\">Pauses between games longer than 25 s of the server's time, the longest first</p>\n<div class=\"tall\">\
             <table>\n<tr><th>From (UTC)</th><th>To</th><th>Origin</th><th class=\"n\">Length</th><th class=\"n\">Games</th></tr>\n",
        );
        let mut gaps: Vec<_> = report.gaps.iter().collect();
        gaps.sort_by(|a, b| b.seconds.total_cmp(&a.seconds).then(a.from.cmp(&b.from)));
        for gap in gaps.into_iter().take(SHOWN) {
            self.add(format_args!(
                "<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">≈ {}</td></tr>",
                gap.from.format("%Y-%m-%d %H:%M:%S"),
                gap.to.format("%Y-%m-%d %H:%M:%S"),
                escaped(&gap.origin),
                duration(gap.seconds),
                whole(gap.games),
            ));
        }
        self.0.push_str("</table></div>\n");
        self.more(report.gaps.len());
        self.0.push_str("</section>\n");
    }

    fn findings(&mut self, report: &Report) {
        self.0.push_str("<section>\n<h2>Findings</h2>\n");
        if report.findings.is_empty() {
            self.0.push_str("<p class=\"lead\">None: every file was read, and every proof is the one in its file</p>\n</section>\n");
            return;
        }
        self.0.push_str(
            "<div class=\"tall\"><table>\n<tr><th>Kind</th><th>File</th><th>Game or session</th><th>What</th></tr>\n",
        );
        for finding in report.findings.iter().take(SHOWN) {
            self.add(format_args!(
                "<tr><td><span class=\"pill finding\">{}</span></td><td class=\"wrap\">{}</td><td class=\"wrap\">{}</td><td class=\"wrap\">{}</td></tr>",
                finding.kind.as_str().replace('_', " "),
                escaped(&finding.file),
                escaped(finding.id.as_deref().unwrap_or("")),
                escaped(&finding.text),
            ));
        }
        self.0.push_str("</table></div>\n");
        self.more(report.findings.len());
        self.0.push_str("</section>\n");
    }

    fn more(&mut self, all: usize) {
        if all > SHOWN {
            self.add(format_args!(
                "<p class=\"note\">and {} more, in quality.json</p>",
                all - SHOWN
            ));
        }
    }
}

/// Returns the published number; of chi² it is the mean.
fn expected(check: &Check) -> String {
    let text = published(check);
    match check.kind {
        CheckKind::RugTicks
        | CheckKind::Sidebets
        | CheckKind::BigMoveSizes
        | CheckKind::SmallMoves => text.replace("χ² ", "≈ "),
        _ => text,
    }
}
