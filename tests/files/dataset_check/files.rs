//! Files that are damaged, missing, added, swapped, or wrongly stated.

use super::*;

/// In each kind of file: the file is named, and no other data file.
#[test]
fn one_damaged_byte_in_any_file_is_found_and_the_file_is_named() {
    let example = Example::new();
    let beside: [&str; 6] = [
        "README.md",
        "croissant.json",
        "dataset.json",
        "quality.html",
        "quality.json",
        "quality.txt",
    ];
    let data = Table::ALL
        .iter()
        .map(|table| example.file_of_any_origin(*table));
    for file in data.chain(beside.map(str::to_owned)) {
        let whole = &example.built[&file];
        let steps = if file.ends_with(".parquet") { 5 } else { 10 };
        for at in (0..whole.len()).step_by(whole.len() / steps + 1) {
            let mut flipped = whole.clone();
            flipped[at] ^= 0x55;
            overwrite(&example.root().join(&file), &flipped);
            match checked(&example.check_options()) {
                Ok(found) => {
                    let files = found.files();
                    assert!(
                        files.contains(file.as_str()),
                        "{file} at {at}: {}",
                        found.text()
                    );
                    // The name of a file may be what is damaged.
                    let others = files
                        .iter()
                        .filter(|other| **other != file && file != "dataset.json");
                    let data = others.filter(|other| other.ends_with(".parquet"));
                    assert_eq!(data.count(), 0, "{file} at {at}: {}", found.text());
                }
                Err(error) => {
                    assert_eq!(file, "dataset.json", "at {at}: {error}");
                    assert!(error.to_string().contains("dataset.json"), "{error}");
                }
            }
        }
        overwrite(&example.root().join(&file), whole);
    }
    assert_eq!(example.check().text(), "");
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let example = Example::new();
    for table in [Table::Games, Table::Ticks, Table::Actions, Table::Imports] {
        let file = example.file_of_any_origin(table);
        let path = example.root().join(&file);
        let whole = &example.built[&file];
        for damaged in [&whole[..whole.len() / 2], b"", b"PAR1PAR1"] {
            overwrite(&path, damaged);
            let found = example.check();
            let named = |f: &&Finding| f.kind == FindingKind::Unreadable && f.file == file;
            let n = found.findings.iter().filter(named).count();
            assert_eq!(n, 1, "{}", found.text());
        }
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        let text = example.check().text();
        assert!(text.contains(&file), "{text}");
        fs::remove_dir(&path).unwrap();
        overwrite(&path, whole);
    }
}

/// Of every table, the ticks as well: only `--no-ticks` leaves them out.
#[test]
fn a_removed_file_is_named() {
    let example = Example::new();
    for file in example
        .built
        .keys()
        .filter(|path| !path.starts_with(".state"))
    {
        fs::remove_file(example.root().join(file)).unwrap();
        if file == "dataset.json" {
            let error = checked(&example.check_options()).err().unwrap();
            assert!(
                error.to_string().starts_with("there is no data set in "),
                "{error}"
            );
        } else {
            let text = example.check().text();
            assert!(
                text.contains(&format!("data_differs {file} - it is missing")),
                "{file}: {text}"
            );
            assert_eq!(text.lines().count(), 1, "{file}: {text}");
        }
        overwrite(&example.root().join(file), &example.built[file]);
    }
}

#[test]
fn an_added_file_is_named() {
    let example = Example::new();
    let games = example.file(Table::Games);
    let folder = Path::new(&games).parent().unwrap().display().to_string();
    let of_another_day = "games/origin=practice/date=1999-01-01/part-0.parquet".to_owned();
    for (file, words) in [
        (
            format!("{folder}/part-1.parquet"),
            "no recording makes its rows",
        ),
        (of_another_day, "no recording makes its rows"),
        (
            format!("{folder}/notes.txt"),
            "it is no file of the data set",
        ),
        (
            "games/more.parquet".to_owned(),
            "it is no file of the data set",
        ),
    ] {
        put_file(&example.root().join(&file), &example.built[&games]);
        let text = example.check().text();
        assert!(
            text.contains(&format!("data_differs {file} - {words}")),
            "{file}: {text}"
        );
        example.restore();
    }
}

#[test]
fn swapped_partitions_are_named() {
    let set = data_set::DataSet::of_days(&[("2025-12-15", 1), ("2025-12-16", 1)]);
    set.build();
    let days = ["2025-12-15", "2025-12-16"];
    for table in ["games", "ticks", "paths", "quality"] {
        let [first, second] = days.map(|day| {
            let path = format!("{table}/origin=live/date={day}/part-0.parquet");
            set.out().join(path)
        });
        let aside = set.out().join("aside");
        let swap = || {
            fs::rename(&first, &aside).unwrap();
            fs::rename(&second, &first).unwrap();
            fs::rename(&aside, &second).unwrap();
        };
        swap();
        let options = CheckOptions {
            root: set.out().to_owned(),
            folders: set.options.folders.clone(),
            imports: Vec::new(),
            salt: None,
        };
        let found = checked(&options).unwrap();
        for day in days {
            let file = format!("{table}/origin=live/date={day}/part-0.parquet");
            assert!(found.files().contains(file.as_str()), "{}", found.text());
        }
        swap();
        assert_eq!(checked(&options).unwrap().text(), "");
    }
}

/// Every statement of `dataset.json` about the files and days.
#[test]
fn wrong_statements_of_the_manifest_are_named() {
    let example = Example::new();
    let path = example.root().join("dataset.json");
    let change = |change: &dyn Fn(&mut Value)| {
        let mut manifest: Value = serde_json::from_slice(&example.built["dataset.json"]).unwrap();
        change(&mut manifest);
        overwrite(&path, &serde_json::to_vec_pretty(&manifest).unwrap());
        example.check().text()
    };
    let other = "0".repeat(64);
    let text =
        change(&|manifest| manifest["days"][0]["files"][0]["sha256"] = other.as_str().into());
    assert!(
        text.contains("it is not the file that dataset.json states (another SHA-256)"),
        "{text}"
    );
    let text = change(&|manifest| manifest["days"][0]["files"][0]["rows"] = 5.into());
    assert!(
        text.contains("files.0.rows: it has 5, the recordings say 2"),
        "{text}"
    );
    assert!(
        text.contains("its tables are not those of its days"),
        "{text}"
    );
    let text = change(&|manifest| manifest["days"][0]["condition"] = "complete".into());
    assert!(text.contains("condition: it has \"complete\""), "{text}");
    let text = change(&|manifest| manifest["days"][0]["source"] = other.as_str().into());
    assert!(
        text.contains("its recordings are not those of the build"),
        "{text}"
    );
    let text = change(&|manifest| manifest["tables"][0]["bytes"] = 1.into());
    assert!(
        text.contains("dataset.json - its tables are not those of its days"),
        "{text}"
    );
    let text = change(&|manifest| _ = manifest["days"].as_array_mut().unwrap().remove(0));
    assert!(
        text.contains("it is missing, and the recordings have it"),
        "{text}"
    );
    assert!(text.contains("dataset.json does not name it"), "{text}");
    let text = change(&|manifest| manifest["app"] = "other 1.0".into());
    assert!(text.contains("dataset.json - "), "{text}");
    overwrite(&path, &example.built["dataset.json"]);
    assert_eq!(example.check().text(), "");
}

#[test]
fn a_folder_that_is_no_data_set_and_one_of_another_version_are_errors() {
    let example = Example::new();
    let mut options = example.check_options();
    let path = example.root().join("dataset.json");
    let text = String::from_utf8(example.built["dataset.json"].clone()).unwrap();
    for (schema, words) in [
        (0, "was built by an older version; build it again"),
        (9, "use a newer Pianola"),
    ] {
        let other = data_set::of_version(&text, schema);
        overwrite(&path, other.as_bytes());
        let error = checked(&options).err().unwrap().to_string();
        assert!(error.contains(words), "{error}");
    }
    options.root = example.folder.path().join("original");
    let error = checked(&options).err().unwrap().to_string();
    assert!(error.starts_with("there is no data set in "), "{error}");
}
