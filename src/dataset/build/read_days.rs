//! The first pass over all days: what is known of each file, read again where it has changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::builder::Builder;
use super::reading::{DayCatalogs, FileContent, is_settled, origin_of_unreadable, read_file};
use super::unit::{ReadGames, UnitBuilder};
use super::{BuildError, OnProgress, step};
use crate::dataset::catalog::CatalogEntry;
use crate::dataset::partition::{DataOrigin, Partition};
use crate::dataset::plan::{Item, Plan};
use crate::dataset::progress::{BuildProgress, BuildStep};
use crate::dataset::source::{FileKind, SourceDay, SourceFile};

/// Days with more bytes are read a second time when their tables are written: their rows would take too much memory.
const MAX_DAY_BYTES: u64 = 64 << 20;

/// The files of a day with what is known of them.
type Entries<'d> = Vec<(&'d SourceFile, CatalogEntry)>;

impl Builder<'_> {
    /// Returns what is known of every file that is wanted. Partitions that need only what was just read are written at
    /// once.
    pub(super) fn read_days(
        &mut self,
        progress: &mut OnProgress<'_>,
    ) -> Result<Vec<Item>, BuildError> {
        let all = self.sources.files();
        let mut items = Vec::with_capacity(all);
        let mut done = 0;
        for day in &self.sources.days {
            let catalogs = self.catalogs(day)?;
            let mut count = |read: usize| {
                let step_now = BuildStep::Reading;
                let done = done + read;
                step(
                    progress,
                    BuildProgress {
                        step: step_now,
                        done,
                        all,
                    },
                )
            };
            count(0)?;
            let day_items = if is_settled(day, &catalogs, &self.names) {
                self.remembered(day, &catalogs)
            } else {
                let (entries, games) = self.read_day(day, &mut count)?;
                self.remember(day, &catalogs, &entries)?;
                let items = self.items(day, entries);
                self.write_early(day, &items, games)?;
                items
            };
            done += day.files.len();
            for item in day_items {
                if self.options.wants(item.partition) {
                    items.push(item);
                } else if !self.options.origins.contains(&item.partition.origin) {
                    *self.left_out.entry(item.partition.origin).or_default() += 1;
                }
            }
        }
        Ok(items)
    }

    /// Returns the files of a day as they were at the last build.
    fn remembered(&self, day: &SourceDay, catalogs: &DayCatalogs) -> Vec<Item> {
        let entry = |file: &SourceFile| {
            let key = self.names.key(file.kind, &file.name);
            catalogs.get(&file.folder)?.get(file.kind, &key).cloned()
        };
        let found = day
            .files
            .iter()
            .filter_map(|file| Some((file, entry(file)?)));
        self.items(day, found.collect())
    }

    /// Reads the files of a day. The games are those that were read, by their places among the entries.
    fn read_day<'d>(
        &self,
        day: &'d SourceDay,
        count: &mut dyn FnMut(usize) -> Result<(), BuildError>,
    ) -> Result<(Entries<'d>, ReadGames), BuildError> {
        let bytes: u64 = day.files.iter().map(|file| file.version.size).sum();
        let mut games = ReadGames::new();
        let mut entries = Vec::with_capacity(day.files.len());
        for (read, file) in day.files.iter().enumerate() {
            count(read)?;
            let path = self.sources.path(day, file);
            let Some(mut found) = read_file(&path, file.kind, &day.relative(file)) else {
                continue;
            };
            if file.kind == FileKind::Session && self.anonymizer.is_some() {
                found.hide_reason();
            }
            let entry = found.entry(file, self.options.now);
            if let FileContent::Game(record) = found.content
                && bytes <= MAX_DAY_BYTES
            {
                games.insert(entries.len(), record);
            }
            entries.push((file, entry));
        }
        Ok((entries, games))
    }

    /// Returns the files of a day with their partitions.
    fn items(&self, day: &SourceDay, entries: Entries<'_>) -> Vec<Item> {
        let mut readable = BTreeMap::<usize, DataOrigin>::new();
        for (file, entry) in &entries {
            if let Some(partition) = entry.partition() {
                readable.entry(file.folder).or_insert(partition.origin);
            }
        }
        let other = self.options.origins.first().copied();
        let other = other.unwrap_or(DataOrigin::Live);
        let of_unreadable = |folder| Partition {
            origin: origin_of_unreadable(
                self.sources,
                folder,
                readable.get(&folder).copied(),
                other,
            ),
            date: day.date,
        };
        let items = entries.into_iter().map(|(file, entry)| Item {
            day: day.date,
            kind: file.kind,
            name: Arc::clone(&file.name),
            folder: file.folder,
            partition: entry
                .partition()
                .unwrap_or_else(|| of_unreadable(file.folder)),
            sha256: entry.sha256,
            content: entry.content,
        });
        items.collect()
    }

    /// Stages the catalogs of a day that was read.
    fn remember(
        &mut self,
        day: &SourceDay,
        old: &DayCatalogs,
        entries: &Entries<'_>,
    ) -> Result<(), BuildError> {
        let mut catalogs = DayCatalogs::new();
        for file in &day.files {
            catalogs.entry(file.folder).or_default();
        }
        for (file, entry) in entries {
            let catalog = catalogs.entry(file.folder).or_default();
            let key = self.names.key(file.kind, &file.name).into_owned();
            catalog.put(file.kind, key, entry.clone());
        }
        for (folder, catalog) in catalogs {
            if old.get(&folder) != Some(&catalog) {
                self.stage_catalog(folder, day.date, &catalog)?;
            }
        }
        Ok(())
    }

    /// Writes the partitions of a day that need nothing but this day. Whether that was right is decided when all days
    /// are known: then their digests are the same.
    fn write_early(
        &mut self,
        day: &SourceDay,
        items: &[Item],
        mut games: ReadGames,
    ) -> Result<(), BuildError> {
        if games.is_empty() {
            return Ok(());
        }
        let mut partitions = BTreeMap::<Partition, Vec<usize>>::new();
        for (place, item) in items.iter().enumerate() {
            let here = item.partition.date == day.date && self.options.wants(item.partition);
            if here {
                partitions.entry(item.partition).or_default().push(place);
            }
        }
        for (partition, places) in partitions {
            let own = places.iter().map(|place| items[*place].clone());
            let plan = Plan::new(own.collect(), []);
            let all: Vec<_> = (0..places.len()).collect();
            if !all.iter().all(|place| plan.has_games_of(*place)) {
                continue;
            }
            let source = plan.digest(&all, self.options.shape());
            if self.is_up_to_date(partition, source)? {
                continue;
            }
            let mut own = ReadGames::new();
            for (local, place) in places.iter().enumerate() {
                if let Some(record) = games.remove(place) {
                    own.insert(local, record);
                }
            }
            let unit = UnitBuilder {
                sources: self.sources,
                plan: &plan,
                options: self.options,
                imports: &self.imports,
                anonymizer: self.anonymizer.as_ref(),
            };
            let unit = unit.build(partition, &all, source, &mut own);
            let unit = unit.map_err(|why| BuildError::Tables { partition, why })?;
            self.stage_unit(partition, unit)?;
        }
        Ok(())
    }
}
