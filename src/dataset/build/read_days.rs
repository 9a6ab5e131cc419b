//! The first pass over all days: what is known of each file, read again where it has changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::builder::Builder;
use super::reading::{
    DayCatalogs, FileContent, ReadFile, is_settled, origin_of_unreadable, read_files,
};
use super::unit::{ReadGames, UnitBuilder};
use super::{BuildError, OnProgress, step};
use crate::dataset::catalog::CatalogEntry;
use crate::dataset::partition::{DataOrigin, Partition};
use crate::dataset::plan::{Item, Plan};
use crate::dataset::progress::{BuildProgress, BuildStep};
use crate::dataset::source::{FileKind, SourceDay, SourceFile};

/// Days with more bytes are read a second time when their tables are written: their rows would take too much memory.
const MAX_DAY_BYTES: u64 = 64 << 20;

/// Files that are read at once, spread over the worker threads of the current pool, at most; more of them have no more
/// than [`PORTION_BYTES`] together.
const PORTION_FILES: usize = 256;
/// Bytes of files that are read at once.
const PORTION_BYTES: u64 = 8 << 20;
/// Games that a worker thread proves together.
const TOGETHER: usize = 16;

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
        let mut rest = &day.files[..];
        while !rest.is_empty() {
            count(day.files.len() - rest.len())?;
            let (portion, after) = rest.split_at(portion_size(rest));
            rest = after;
            for (file, found) in portion.iter().zip(self.read_portion(day, portion)) {
                let Some(mut found) = found else { continue };
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
        }
        Ok((entries, games))
    }

    /// Reads files of a day on the worker threads; `None` for one that has vanished.
    fn read_portion(&self, day: &SourceDay, portion: &[SourceFile]) -> Vec<Option<ReadFile>> {
        let sources = self.sources;
        let read = portion.par_chunks(TOGETHER).flat_map_iter(|files| {
            let places: Vec<_> = files
                .iter()
                .map(|file| (sources.path(day, file), day.relative(file)))
                .collect();
            let files = files.iter().zip(&places);
            read_files(files.map(|(file, (path, relative))| (&**path, file.kind, &**relative)))
        });
        self.pool.install(|| read.collect())
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

/// Returns how many of the files are read at once: at least one.
fn portion_size(files: &[SourceFile]) -> usize {
    let mut bytes = 0_u64;
    let fits = files.iter().take(PORTION_FILES).take_while(|file| {
        bytes = bytes.saturating_add(file.version.size);
        bytes <= PORTION_BYTES
    });
    fits.count().max(1)
}
