//! The quality report: everything that quality.txt, quality.json and quality.html show.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::checks::{self, Check, Verdict};
use super::coverage::{Coverage, Gap, QualityDay};
use super::day::DayFacts;
use super::lifetimes::{Lifetimes, SidebetPoint, SurvivalPoint};
use super::own_results::OwnResults;
use super::self_check::SelfCheck;
use crate::dataset::finding::Finding;
use crate::recording::APP;
use crate::recording::format::json;

/// Points of a curve; more would not be seen.
const CURVE_POINTS: usize = 160;
/// A curve ends where fewer games than this are left.
const CURVE_GAMES: u64 = 20;
/// A curve ends where less than this part of the games is left: the rest is noise.
const CURVE_PART: u64 = 50;

/// The report on a data set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The program that wrote it.
    pub app: String,
    /// The sums over all days.
    pub totals: Totals,
    /// The groups of games that are compared with the published algorithm, each by itself.
    pub groups: Vec<Group>,
    /// The days, by origin and date.
    pub days: Vec<QualityDay>,
    /// The gaps, by origin and time.
    pub gaps: Vec<Gap>,
    /// Everything that is wrong, by kind and file.
    pub findings: Vec<Finding>,
}

/// Sums over all days.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Totals {
    /// Games.
    pub games: u64,
    /// Games proven against their seed.
    pub proven: u64,
    /// Games proven, with ticks computed from the seed.
    pub repaired: u64,
    /// Games that cannot be proven.
    pub unverifiable: u64,
    /// Games that contradict their seed.
    pub mismatch: u64,
    /// Games that may be used to train.
    pub trainable: u64,
    /// Ticks with a price.
    pub ticks: u64,
    /// Sessions.
    pub sessions: u64,
    /// Actions.
    pub actions: u64,
    /// Recorded time.
    pub covered_hours: f64,
    /// Time without recording between the first and the last game of each origin.
    pub missing_hours: f64,
    /// Games that probably ran meanwhile.
    pub missed_games: f64,
}

/// Games that come from one kind of server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its origins.
    pub origins: Vec<String>,
    /// Trainable games.
    pub trainable_games: u64,
    /// Games of which at least one step was observed.
    pub observed_games: u64,
    /// Games of `--seed`, left out.
    pub seeded: u64,
    /// Games of a version with another algorithm, left out.
    pub other_version: u64,
    /// Games of which no step was observed.
    pub unobserved: u64,
    /// Plain mean of the rug ticks of trainable games.
    pub trainable_mean_rug: Option<f64>,
    /// Mean rug tick by the estimate over all games.
    pub all_mean_rug: Option<f64>,
    /// The comparisons.
    pub checks: Vec<Check>,
    /// Survival of all games.
    pub survival: Vec<SurvivalPoint>,
    /// Sidebets in all games.
    pub sidebets: Vec<SidebetPoint>,
    /// The player's results.
    pub own: OwnResults,
}

impl Report {
    /// Makes the report of these partitions with what is wrong in them. A day from `today` on is open.
    pub fn new(facts: &[DayFacts], findings: &[Finding], today: NaiveDate) -> Self {
        let Coverage { days, gaps } = Coverage::new(facts, today);
        let mut totals = Totals::default();
        for day in &days {
            totals.add_day(day);
        }
        totals.ticks = facts.iter().map(|day| day.ticks).sum();
        for gap in &gaps {
            totals.missing_hours += gap.seconds / 3_600.0;
        }
        let mut findings = findings.to_vec();
        findings.sort();
        Self {
            app: APP.to_owned(),
            totals,
            groups: groups(facts),
            days,
            gaps,
            findings,
        }
    }

    /// Returns the checks that say "look", with the name of their group.
    pub fn looks(&self) -> impl Iterator<Item = (&Group, &Check)> {
        let groups = self.groups.iter();
        let checks = groups.flat_map(|group| group.checks.iter().map(move |check| (group, check)));
        checks.filter(|(_, check)| check.verdict == Verdict::Look)
    }

    /// Returns the text of quality.json.
    ///
    /// # Errors
    ///
    /// None in practice: every value can be written.
    pub fn to_json(&self) -> serde_json::Result<Vec<u8>> {
        json::to_text(self)
    }

    /// Reads quality.json.
    ///
    /// # Errors
    ///
    /// It is no report, or one of another version.
    pub fn parse(text: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(text)
    }
}

impl Totals {
    fn add_day(&mut self, day: &QualityDay) {
        let row = &day.row;
        let add = |sum: &mut u64, count: i32| *sum += u64::from(count.unsigned_abs());
        add(&mut self.games, row.games_seen);
        add(&mut self.proven, row.proven);
        add(&mut self.repaired, row.repaired);
        add(&mut self.unverifiable, row.unverifiable);
        add(&mut self.mismatch, row.mismatch);
        add(&mut self.trainable, row.trainable);
        add(&mut self.sessions, row.sessions);
        add(&mut self.actions, row.actions);
        self.covered_hours += day.covered_s / 3_600.0;
        self.missed_games += row.missed_games_est;
    }

    /// Returns the share of games that are proven, repaired ones included.
    pub fn proven_share(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
        let share = (self.proven + self.repaired) as f64 / self.games.max(1) as f64;
        share
    }
}

/// Returns the group of an origin: games of one server belong together, however they were recorded.
fn group_of(origin: &str) -> (u8, &'static str) {
    match origin {
        "live" | "browser" | "original" => (0, "rugs.fun"),
        "practice" => (1, "practice table"),
        _ => (2, "other servers"),
    }
}

fn groups(facts: &[DayFacts]) -> Vec<Group> {
    let mut sums: BTreeMap<(u8, &str), (SelfCheck, OwnResults, Vec<String>)> = BTreeMap::new();
    for day in facts {
        let (games, own, origins) = sums.entry(group_of(day.origin())).or_default();
        games.merge(&day.self_check);
        own.merge(&day.own);
        if !origins.iter().any(|origin| origin == day.origin()) {
            origins.push(day.origin().to_owned());
        }
    }
    let groups = sums.into_iter();
    let mut groups: Vec<Group> = groups
        .map(|((_, name), (games, own, mut origins))| {
            origins.sort();
            group(name, origins, &games, own)
        })
        .collect();
    checks::judge(groups.iter_mut().flat_map(|group| &mut group.checks));
    groups
}

fn group(name: &str, origins: Vec<String>, games: &SelfCheck, own: OwnResults) -> Group {
    let mut checks = checks::of_games(games);
    checks.push(checks::of_own_sidebets(
        own.unseeded_sidebets_won,
        own.unseeded_sidebets,
    ));
    Group {
        name: name.to_owned(),
        origins,
        trainable_games: games.trainable.games(),
        observed_games: games.observed.games(),
        seeded: games.seeded,
        other_version: games.other_version,
        unobserved: games.unobserved,
        trainable_mean_rug: games.trainable.plain_mean(),
        all_mean_rug: games.observed.censored_mean(),
        checks,
        survival: thin_survival(&games.observed),
        sidebets: sidebets(&games.observed),
        own,
    }
}

/// Returns the number of games down to which a curve is drawn.
fn fewest_games(games: &Lifetimes) -> u64 {
    CURVE_GAMES.max(games.games() / CURVE_PART)
}

/// Returns the survival curve at as many ticks as a picture shows.
fn thin_survival(games: &Lifetimes) -> Vec<SurvivalPoint> {
    let fewest = fewest_games(games);
    let mut curve = games.survival();
    let known = curve.iter().rposition(|point| point.at_risk >= fewest);
    curve.truncate(known.map_or(0, |last| last + 1));
    let step = curve.len().div_ceil(CURVE_POINTS).max(1);
    curve.into_iter().step_by(step).collect()
}

/// Returns the sidebets at every tenth tick, as long as enough games are left.
fn sidebets(games: &Lifetimes) -> Vec<SidebetPoint> {
    let fewest = fewest_games(games);
    let points = (0..).step_by(10).map_while(|tick| games.sidebet(tick));
    points
        .take_while(|point| point.games >= fewest)
        .take(CURVE_POINTS)
        .collect()
}
