//! Right data sets, and recordings that are not those of the build.

use super::*;

#[test]
fn a_data_set_that_agrees_with_its_recordings_has_no_finding() {
    let mut example = Example::new();
    let found = example.check();
    assert_eq!(found.text(), "");
    let ticks = example.ticks().len() as u64 + 4;
    let actions = example.data.sessions[0].actions.len() as u64;
    let expected = CheckReport {
        games: 3,
        ticks,
        sessions: 1,
        actions,
        findings: 0,
    };
    assert_eq!(found.report, expected);
    assert_eq!(
        files_of(example.root()),
        example.built,
        "it changes nothing"
    );
    // So has one without ticks, and one of pseudonyms.
    example.options.ticks = false;
    build_with(&example.options).unwrap();
    let found = example.check();
    assert_eq!((found.text().as_str(), found.report.ticks), ("", 0));
    let mut options = example.check_options();
    let salt = Some(Salt::new([7; 32]));
    example.options.salt.clone_from(&salt);
    build_with(&example.options).unwrap();
    assert_eq!(built_of(example.root()), None, "the folders are not noted");
    options.salt = salt;
    assert_eq!(checked(&options).unwrap().text(), "");
    options.salt = Some(Salt::new([8; 32]));
    let text = checked(&options).unwrap().text();
    assert!(
        text.contains("sessions.player: the data set has "),
        "{text}"
    );
}

/// A day that is not over, days without recordings, and a game that was recorded twice.
#[test]
fn open_and_missing_days_and_copies_of_games_are_built_again_as_they_were() {
    let mut set = data_set::DataSet::of_days(&[("2025-12-15", 2), ("2025-12-18", 1)]);
    let other = set.folder.path().join("other");
    put_game(&other, &games_on("2025-12-15", 1, 1)[0], Origin::Live);
    set.options.folders.push(other);
    set.options.now = "2025-12-18T12:00:00Z".parse().unwrap();
    set.build();
    let conditions = texts(set.out(), "quality", "condition");
    let conditions: Vec<_> = conditions.iter().flatten().map(String::as_str).collect();
    assert_eq!(conditions, ["degraded", "missing", "missing", "open"]);
    assert_eq!(numbers(set.out(), "games", "source_files_n")[0], Some(2));
    let options = |folders: &[PathBuf]| CheckOptions {
        root: set.out().to_owned(),
        folders: folders.to_vec(),
        imports: Vec::new(),
        salt: None,
    };
    let all = options(&set.options.folders);
    assert_eq!(checked(&all).unwrap().text(), "");
    // Without the copy its count is wrong.
    let text = checked(&options(&set.options.folders[..1])).unwrap().text();
    let expected = "games.source_files_n: the data set has 2, the recordings say 1";
    assert!(text.contains(expected), "{text}");
}

/// Recordings that changed after the build, were removed, or came.
#[test]
fn recordings_that_are_not_those_of_the_build_are_found() {
    let example = Example::new();
    let game = &example.games()[0];
    let path = example.recorded.folder.path().join(&game.file);
    let text = fs::read_to_string(&path).unwrap();
    let changed = text.replace("\"reconnects\": 0", "\"reconnects\": 3");
    overwrite(&path, changed.as_bytes());
    let found = example.check().text();
    let expected = format!(
        "{} games.reconnects: the data set has 0, the recordings say 3",
        game.game_id
    );
    assert!(found.contains(&expected), "{found}");
    assert!(found.contains("games.file_sha256: "), "{found}");
    assert!(
        found.contains("its recordings are not those of the build; build the data set again"),
        "{found}"
    );
    fs::remove_file(&path).unwrap();
    let found = example.check();
    let expected = format!(
        "{} games: the data set has it, and the recordings do not",
        game.game_id
    );
    assert!(found.text().contains(&expected), "{}", found.text());
    assert_eq!(found.report.games, 2, "the others were compared");
    overwrite(&path, text.as_bytes());
    assert_eq!(example.check().text(), "");
    fs::remove_file(&example.recorded.path).unwrap();
    let found = example.check();
    assert!(
        found.text().contains(&example.file(Table::Sessions)),
        "{}",
        found.text()
    );
    assert_eq!((found.report.games, found.report.sessions), (3, 0));
    // A game more.
    let new = &games_on("2031-01-01", 3, 1)[0];
    put_game(example.recorded.folder.path(), new, Origin::Practice);
    let found = example.check().text();
    assert!(
        found.contains("dataset.json - practice 2031-01-01: it is missing"),
        "{found}"
    );
    assert!(
        found.contains("it is missing, and the recordings give it 1 row"),
        "{found}"
    );
}

/// Nothing shows that the rows of a day are right whose recordings are gone.
#[test]
fn a_day_whose_recordings_are_gone_is_a_finding() {
    let set = data_set::DataSet::of_days(&[("2025-12-15", 1), ("2025-12-16", 1)]);
    set.build();
    fs::remove_dir_all(set.recordings().join("2025-12-15")).unwrap();
    set.build();
    let options = CheckOptions {
        root: set.out().to_owned(),
        folders: set.options.folders.clone(),
        imports: Vec::new(),
        salt: None,
    };
    let found = checked(&options).unwrap();
    let expected = "data_differs dataset.json - live 2025-12-15: its recordings are not in the folders that were read, so nothing shows that its rows are right; name the folders and imports that it was built of\n";
    assert_eq!(found.text(), expected);
    // Its files still are those that dataset.json states.
    let file = set
        .out()
        .join("games/origin=live/date=2025-12-15/part-0.parquet");
    let mut bytes = fs::read(&file).unwrap();
    bytes[100] ^= 1;
    overwrite(&file, &bytes);
    let text = checked(&options).unwrap().text();
    assert!(
        text.contains("it is not the file that dataset.json states"),
        "{text}"
    );
}

/// Returns the findings of a check against the folders that the builds noted, and the number of games compared.
fn check_noted(set: &data_set::DataSet) -> (String, u64) {
    let BuiltOf { folders, imports } = built_of(set.out()).unwrap();
    let options = CheckOptions {
        root: set.out().to_owned(),
        folders,
        imports,
        salt: None,
    };
    let found = checked(&options).unwrap();
    (found.text(), found.report.games)
}

/// What was built of a range, or of a single day, is checked against that.
#[test]
fn a_data_set_of_some_days_agrees_with_the_recordings_of_these_days() {
    let mut set = data_set::DataSet::of_days(&[("2025-12-14", 1), ("2025-12-15", 1)]);
    set.options.range.from = pianola::dataset::parse_day("2025-12-15");
    set.build();
    assert_eq!(check_noted(&set), (String::new(), 1));
    let whole = set.options.folders[0].clone();
    (set.options.range.from, set.options.folders) = (None, vec![whole.join("2025-12-15")]);
    set.build();
    assert_eq!(check_noted(&set), (String::new(), 1));
    // A day of a folder that was built as a whole before.
    set.options.folders = vec![whole.clone()];
    set.build();
    set.options.folders = vec![whole.join("2025-12-14")];
    set.build();
    assert_eq!(check_noted(&set), (String::new(), 2));
    // The other one is still not gone.
    set.build();
    assert_eq!(check_noted(&set), (String::new(), 2));
    let built = built_of(set.out()).unwrap().folders;
    assert_eq!(built.len(), 2, "{built:?}");
}

/// A build of one day, of a range or of another origin leaves the days of earlier builds, and their recordings are there.
#[test]
fn days_of_earlier_builds_are_not_gone() {
    let days = ["2025-12-13", "2025-12-14", "2025-12-15", "2025-12-16"];
    let mut set = data_set::DataSet::of_days(&days.map(|day| (day, 1)));
    let whole = set.options.folders[0].clone();
    set.options.range.from = pianola::dataset::parse_day(days[1]);
    set.options.range.to = pianola::dataset::parse_day(days[2]);
    set.build();
    assert_eq!(check_noted(&set), (String::new(), 2));
    // One day of the range, then one outside of it.
    set.options.range = DayRange::default();
    for (day, games) in [(days[1], 2), (days[3], 3), (days[2], 3)] {
        set.options.folders = vec![whole.join(day)];
        set.build();
        assert_eq!(check_noted(&set), (String::new(), games), "{day}");
    }
    // Another origin, of another folder.
    let practice = set.folder.path().join("practice");
    put_game(&practice, &games_on(days[1], 9, 1)[0], Origin::Practice);
    set.options.folders = vec![practice];
    set.options.origins = BTreeSet::from([DataOrigin::Practice]);
    set.build();
    assert_eq!(check_noted(&set), (String::new(), 4));
    // One whose recordings are really gone is still found.
    fs::remove_dir_all(whole.join(days[3])).unwrap();
    let (text, games) = check_noted(&set);
    assert_eq!((text.lines().count(), games), (1, 3), "{text}");
    assert!(
        text.contains("live 2025-12-16: its recordings are not in the folders"),
        "{text}"
    );
}

#[test]
fn a_rebuild_mends_a_damaged_data_file() {
    let mut example = Example::new();
    let file = example.file(Table::Games);
    let path = example.root().join(&file);
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    overwrite(&path, &bytes);
    assert!(example.check().text().contains(&file));
    example.options.rebuild = true;
    build_with(&example.options).unwrap();
    assert_eq!(files_of(example.root()), example.built);
    assert_eq!(example.check().text(), "");
}
