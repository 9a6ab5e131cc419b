//! A data set that the program builds of its own recordings, read by Polars, `DuckDB`, pandas and Spark: every table by
//! folder and by glob, joined without a cast, with the sums of the recordings; and the recipes of its card and of
//! `docs/data.md`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Weak};

use pianola::account::Action;
use pianola::protocol::GameId;
use pianola::protocol::number::to_f64_lossy;
use pianola::recording::{GameFile, SessionFile, day_of};
use pianola::table::Fault;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::files::{game_file, games, is_whole, overwrite};
use crate::support::original_text;
use crate::support::process::{pianola, run, stderr, stdout};
use crate::support::python::{python, python_has, script, spark_is_there};
use crate::support::script_run::{ScriptRun, confirmed, play, run_script, sessions};

const SCRIPT: &str = "
1 presale buy 0.01
1 presale sidebet 0.002
1 2 sell 50
2 presale buy 0.02
2 1 sell 100
3 presale buy 0.01
";
const PAGE: &str = include_str!("../../docs/data.md");
const FIXTURES: [&str; 2] = ["example.game.json", "old.game.json"];
/// Ticks of a recording of the Python original, the rug among them.
const ORIGINAL_TICKS: usize = 4;
/// Ticks of a sidebet, which is the label of the recipes.
const LABEL_TICKS: usize = 40;

/// Recordings and the data set that the program built of them.
struct Built {
    games: BTreeMap<GameId, GameFile>,
    sessions: Vec<(PathBuf, SessionFile)>,
    folder: TempDir,
    _played: ScriptRun,
}

/// Returns the data set of these tests, which those that run at the same time share.
fn built() -> Arc<Built> {
    static SHARED: Mutex<Weak<Built>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap();
    shared.upgrade().unwrap_or_else(|| {
        let built = Arc::new(Built::new());
        *shared = Arc::downgrade(&built);
        built
    })
}

impl Built {
    /// Plays at two tables, one of them with drifts, adds the games of the fixtures and a recording of the Python
    /// original, and builds the data set.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut practice = pianola();
        practice.args(["play", "--speed", "max"]);
        let (code, lines, log) = run_script(&mut practice, SCRIPT, folder.path());
        assert_eq!(code, Some(0), "{lines:#?}\n{log}");
        let played = play(&[Fault::Drift], 5, 20.0, SCRIPT);
        let shipped = folder.path().join("shipped");
        for name in FIXTURES {
            copy_fixture(name, &shipped);
        }
        let original = folder.path().join("game_20251029_172119.jsonl");
        let text = original_text::original("20251029-0123456789abcdef", ORIGINAL_TICKS);
        overwrite(&original, text.as_bytes());
        let sources = [
            folder.path().join("out"),
            played.folder.path().join("out"),
            shipped,
        ];
        let output = pianola()
            .args(["dataset", "build", "--origin", "live,practice,url"])
            .args(&sources)
            .arg("--import")
            .arg(&original)
            .arg("--out")
            .arg(folder.path().join("set"))
            .output()
            .unwrap();
        let text = stdout(&output);
        assert!(output.status.success(), "{text}{}", stderr(&output));
        let games = sources.iter().flat_map(|root| games(root));
        Self {
            games: games
                .map(|file| (file.meta.game_id.clone(), file))
                .collect(),
            sessions: sources.iter().flat_map(|root| sessions(root)).collect(),
            folder,
            _played: played,
        }
    }

    fn set(&self) -> PathBuf {
        self.folder.path().join("set")
    }

    /// Returns columns and number of rows of each table, as the manifest says.
    fn tables(&self) -> Value {
        let text = fs::read(self.set().join("dataset.json")).unwrap();
        let manifest: Value = serde_json::from_slice(&text).unwrap();
        let tables = manifest["tables"].as_array().unwrap().iter();
        let with_rows = tables.filter(|table| table["rows"] != 0);
        let shape = |table: &Value| {
            let columns = table["columns"].as_array().unwrap().iter();
            let columns: Vec<_> = columns.map(|column| column["name"].clone()).collect();
            let shape = json!({ "columns": columns, "rows": table["rows"] });
            (table["name"].as_str().unwrap().to_owned(), shape)
        };
        with_rows
            .map(shape)
            .collect::<serde_json::Map<_, _>>()
            .into()
    }

    /// Fails unless a tool found what the recordings have.
    fn assert_found(&self, found: &Value) {
        assert_eq!(found["tables"], self.tables());
        let rows = |table: &str| found["tables"][table]["rows"].as_u64().unwrap();
        let actions: usize = self
            .sessions
            .iter()
            .map(|(_, file)| file.actions.len())
            .sum();
        let drifts: usize = self
            .sessions
            .iter()
            .map(|(_, file)| file.drifts.len())
            .sum();
        let ticks: usize = self.games.values().map(|file| file.prices.len()).sum();
        // One more is the recording of the Python original.
        assert_eq!(rows("imports"), 1);
        assert_eq!(rows("games"), self.games.len() as u64 + 1);
        assert_eq!(rows("paths"), self.games.len() as u64 + 1);
        assert_eq!(rows("ticks"), (ticks + ORIGINAL_TICKS) as u64);
        assert_eq!(rows("sessions"), self.sessions.len() as u64);
        assert_eq!(rows("actions"), actions as u64);
        assert_eq!(rows("drifts"), drifts as u64);
        assert!(drifts > 0);
        self.assert_sums(found);
        self.assert_days(&found["days"]);
        for recipe in found["recipes"].as_array().unwrap() {
            self.assert_recipe(recipe);
        }
    }

    /// Fails unless orders and P&L are those of the session files, which `pianola replay` computes again.
    fn assert_sums(&self, found: &Value) {
        let sessions = found["sessions"].as_object().unwrap();
        assert_eq!(sessions.len(), self.sessions.len());
        for (path, file) in &self.sessions {
            let replayed = run(&["replay", "--json", &path.to_string_lossy()]);
            let replayed: Value = serde_json::from_str(&stdout(&replayed)).unwrap();
            let session = &sessions[&file.meta.session_id.unwrap().to_string()];
            assert_eq!(session["actions"], replayed["actions"]);
            assert_eq!(
                (&replayed["agree"], &replayed["disagreements"]),
                (&session["actions"], &json!(0))
            );
            assert_eq!(decimal(&session["pnl"]), file.meta.realised_pnl);
        }
        let executed = self.executed();
        let amount: Decimal = executed.iter().filter_map(|row| row.amount).sum();
        let joined = &found["joined"];
        assert!(executed.len() > SCRIPT.lines().count());
        assert_eq!(joined["rows"], executed.len());
        assert_eq!(joined["same_price"], executed.len());
        assert_eq!(decimal(&joined["amount"]), amount);
    }

    /// Returns the orders and results with a tick at which the server executed them, in games that were recorded.
    fn executed(&self) -> Vec<&Action> {
        let confirmed = self.sessions.iter().flat_map(|(_, file)| confirmed(file));
        confirmed
            .filter(|row| row.executed_tick.is_some() && self.games.contains_key(&row.game_id))
            .collect()
    }

    /// Fails unless the partitions name origins and days.
    fn assert_days(&self, found: &Value) {
        // The recording of the Python original is the one game of its day.
        let mut days = BTreeMap::from([("2025-10-29".to_owned(), 1)]);
        for file in self.games.values() {
            if file.meta.origin.as_str() != "live" {
                let start = file.meta.start_time.unwrap();
                *days.entry(day_of(start)).or_insert(0) += 1;
            }
        }
        assert_eq!(*found, json!(days));
    }

    /// Fails unless the recipe made one row for each tick of the games that may be used to train.
    fn assert_recipe(&self, found: &Value) {
        let games = self.games.values();
        let trainable: Vec<_> = games
            .filter(|file| is_whole(file) && !file.meta.seeded)
            .collect();
        assert!(trainable.len() >= 3, "the player's games and a fixture");
        let paths = trainable
            .iter()
            .map(|file| &file.prices[..file.prices.len() - 1]);
        let lengths: Vec<_> = paths.clone().map(<[_]>::len).collect();
        let double = |price: &Option<Decimal>| to_f64_lossy(price.unwrap());
        let rows: usize = lengths.iter().sum();
        assert_eq!(found["games"], trainable.len());
        assert_eq!(found["rows"], rows);
        assert_eq!(found["returns"], rows - trainable.len());
        let ticks: usize = lengths.iter().map(|length| length * (length - 1) / 2).sum();
        assert_eq!(found["ticks"], ticks);
        let labels: usize = lengths.iter().map(|length| *length.min(&LABEL_TICKS)).sum();
        assert_eq!(found["labels"], labels);
        assert_close(&found["prices"], paths.clone().flatten().map(double).sum());
        let of_game = |path: &[Option<Decimal>]| {
            (double(path.last().unwrap()) / double(path.first().unwrap())).ln()
        };
        assert_close(&found["sum_of_returns"], paths.map(of_game).sum());
    }

    /// Reads the data set with a tool, and runs the recipes of the data card and of `docs/data.md`.
    fn assert_read_by(&self, tool: &str, import: &str) {
        let mut program = python();
        program
            .arg(script("read_data_set.py"))
            .arg(tool)
            .arg(self.set());
        let card = fs::read_to_string(self.set().join("README.md")).unwrap();
        for (name, text) in [("card", card.as_str()), ("page", PAGE)] {
            let recipe = self.folder.path().join(format!("{tool}_of_{name}.py"));
            let codes = codes(text, "python").into_iter();
            let codes: Vec<_> = codes.filter(|code| code.contains(import)).collect();
            let [code] = codes[..] else {
                panic!("{name}: not one recipe for {tool}");
            };
            overwrite(&recipe, code.as_bytes());
            program.arg(recipe);
        }
        let output = program.output().unwrap();
        assert!(output.status.success(), "{tool}: {}", stderr(&output));
        let found: Value = serde_json::from_str(&stdout(&output)).unwrap();
        assert_eq!(found["recipes"].as_array().unwrap().len(), 2);
        self.assert_found(&found);
    }
}

/// Returns the blocks of code of a page in a language.
fn codes<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let blocks = page.split("\n```").skip(1).step_by(2);
    let of_language = blocks.filter_map(|block| block.strip_prefix(language));
    of_language
        .filter_map(|code| code.strip_prefix('\n'))
        .collect()
}

fn copy_fixture(name: &str, root: &Path) {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let from = fixtures.join(name);
    let day = day_of(game_file(&from).meta.start_time.unwrap());
    let games = root.join(day).join("games");
    fs::create_dir_all(&games).unwrap();
    fs::copy(from, games.join(name)).unwrap();
}

fn decimal(text: &Value) -> Decimal {
    text.as_str().unwrap().parse().unwrap()
}

/// Sums of doubles depend on their order.
fn assert_close(found: &Value, expected: f64) {
    let found = found.as_f64().unwrap();
    let difference = (found - expected).abs();
    assert!(
        difference <= 1e-9 * expected.abs().max(1.0),
        "{found} is not {expected}"
    );
}

#[test]
fn polars_reads_every_table_and_its_recipes_run() {
    if python_has(&["polars"]) {
        built().assert_read_by("polars", "import polars");
    }
}

#[test]
fn duckdb_reads_every_table_and_its_recipes_run() {
    if python_has(&["duckdb"]) {
        built().assert_read_by("duckdb", "import duckdb");
    }
}

#[test]
fn pandas_reads_every_table_and_its_recipes_run() {
    if python_has(&["pandas", "pyarrow"]) {
        built().assert_read_by("pandas", "import pandas");
    }
}

#[test]
fn spark_reads_every_table_and_its_recipes_run() {
    if spark_is_there() {
        built().assert_read_by("spark", "from pyspark");
    }
}

#[test]
fn the_queries_of_the_page_run_in_duckdb() {
    if !python_has(&["duckdb"]) {
        return;
    }
    let built = built();
    let count = |query: &str, folder: &Path| {
        let program = "import duckdb, sys; print(len(duckdb.sql(sys.argv[1]).fetchall()))";
        let output = python()
            .args(["-c", program, query])
            .current_dir(folder)
            .output()
            .unwrap();
        assert!(output.status.success(), "{query}\n{}", stderr(&output));
        stdout(&output).trim().parse::<usize>().unwrap()
    };
    let queries = codes(PAGE, "sql");
    let [of_tables, of_files] = queries[..] else {
        panic!("the page has two queries");
    };
    assert_eq!(count(of_tables, &built.set()), built.executed().len());
    // The recordings that the player made are in `out`.
    let of_files = of_files.replace("'recordings/", "'out/");
    let ticks = games(&built.folder.path().join("out"));
    let ticks: usize = ticks.iter().map(|file| file.prices.len()).sum();
    assert_eq!(count(&of_files, built.folder.path()), ticks);
}
