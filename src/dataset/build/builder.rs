//! A build from its first look at the old data set to the last rename.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rayon::ThreadPool;

use super::catalog_names::CatalogNames;
use super::imports::Imports;
use super::options::BuildOptions;
use super::reading::DayCatalogs;
use super::report::{Documents, Prepared};
use super::tables::TableBytes;
use super::target::{OldSet, Target};
use super::unit::{ReadGames, Unit, UnitBuilder};
use super::{BuildError, OnProgress, step};
use crate::background;
use crate::dataset::catalog::DayCatalog;
use crate::dataset::columns::{SCHEMA_VERSION, Table};
use crate::dataset::digest::ContentDigest;
use crate::dataset::manifest::{DataFile, Manifest, ManifestDay};
use crate::dataset::partition::{DataOrigin, Partition};
use crate::dataset::plan::Plan;
use crate::dataset::progress::{BuildProgress, BuildStep};
use crate::dataset::read::Anonymizer;
use crate::dataset::salt::Salt;
use crate::dataset::source::{SourceDay, Sources};
use crate::dataset::store::{MANIFEST, MAX_SIDE_BYTES, STATE};
use crate::dataset::unit_state::UnitState;

/// A partition that was written to the staging folder.
struct StagedUnit {
    files: Vec<DataFile>,
    state: UnitState,
}

/// What is remembered of all partitions.
pub(super) type UnitStates = BTreeMap<Partition, UnitState>;

/// A build.
pub(in crate::dataset) struct Builder<'a> {
    pub(super) sources: &'a Sources,
    pub(super) options: &'a BuildOptions,
    pub(super) anonymizer: Option<Anonymizer>,
    /// The threads that read the recordings.
    pub(super) pool: ThreadPool,
    pub(super) target: &'a mut dyn Target,
    pub(super) old: OldSet,
    old_days: BTreeMap<Partition, ManifestDay>,
    pub(super) imports: Imports,
    staged: BTreeMap<Partition, StagedUnit>,
    /// What is remembered of partitions that stay as they are.
    unchanged: UnitStates,
    /// The catalogs and their keys.
    pub(super) names: CatalogNames,
    /// Files of origins that are not chosen.
    pub(super) left_out: BTreeMap<DataOrigin, usize>,
}

impl<'a> Builder<'a> {
    /// Returns a build of the listed files.
    ///
    /// # Errors
    ///
    /// A recording of the Python original cannot be read.
    pub(in crate::dataset) fn new(
        target: &'a mut dyn Target,
        options: &'a BuildOptions,
        sources: &'a Sources,
        old: OldSet,
    ) -> Result<Self, BuildError> {
        let days = old.manifest.iter().flat_map(|old| &old.days);
        let old_days = days.map(|day| (day.partition(), day.clone())).collect();
        let anonymizer = options.salt.as_ref().map(Salt::anonymizer);
        let imports = Imports::read(options, target)?;
        Ok(Self {
            sources,
            options,
            imports,
            names: CatalogNames::new(sources, anonymizer.clone()),
            anonymizer,
            pool: background::thread_pool("dataset", options.threads)
                .map_err(BuildError::Threads)?,
            target,
            old,
            old_days,
            staged: BTreeMap::new(),
            unchanged: BTreeMap::new(),
            left_out: BTreeMap::new(),
        })
    }

    /// Stages everything that differs from the old data set.
    ///
    /// # Errors
    ///
    /// See [`BuildError`].
    pub(in crate::dataset) fn prepare(
        &mut self,
        progress: &mut OnProgress<'_>,
    ) -> Result<Prepared, BuildError> {
        let mut items = self.read_days(progress)?;
        let imports = self.imports.items();
        items.extend(imports.filter(|item| self.options.wants(item.partition)));
        let wanted: BTreeSet<_> = items.iter().map(|item| item.partition).collect();
        let mut kept = Vec::new();
        for (partition, day) in &self.old_days {
            // Nothing of it was found: its recordings are gone.
            let is_gone = self.looks_at(*partition);
            let is_dropped = is_gone && self.options.rebuild;
            if day.source.is_some() && !is_dropped && !wanted.contains(partition) {
                kept.push(ManifestDay {
                    gone: day.gone || is_gone,
                    ..day.clone()
                });
            }
        }
        self.check_shape(&kept)?;
        let mut games = Vec::new();
        for day in &kept {
            let state = self.take_state(day)?;
            games.extend_from_slice(&state.games);
            self.unchanged.insert(day.partition(), state);
        }
        let plan = Plan::new(items, games);
        let mut days = self.write_partitions(&plan, progress)?;
        let kept_partitions = kept.iter().map(ManifestDay::partition).collect();
        days.extend(kept);
        step(
            progress,
            BuildProgress {
                step: BuildStep::Publishing,
                done: 0,
                all: 0,
            },
        )?;
        let (states, quality) = self.quality(&days)?;
        self.write_quality(&quality, &mut days)?;
        let manifest = Manifest::new(self.options.stated(), days);
        let Documents { report, files } = self.documents(&manifest, &states, &quality)?;
        for (path, text) in files {
            self.stage_changed(path, &text)?;
        }
        let text = manifest.to_text().map_err(|why| BuildError::Text {
            file: MANIFEST,
            why,
        })?;
        self.stage_changed(MANIFEST, &text)?;
        Ok(Prepared {
            report,
            manifest,
            kept: kept_partitions,
        })
    }
}

/// What the other parts of a build ask for.
impl Builder<'_> {
    /// Whether recordings of a partition would be found.
    pub(super) fn looks_at(&self, partition: Partition) -> bool {
        let is_listed =
            partition.origin == DataOrigin::Original || self.sources.covers(partition.date);
        is_listed && self.options.wants(partition)
    }

    /// Returns the catalogs of a day.
    pub(super) fn catalogs(&self, day: &SourceDay) -> Result<DayCatalogs, BuildError> {
        let mut catalogs = DayCatalogs::new();
        if self.options.rebuild {
            return Ok(catalogs);
        }
        for file in &day.files {
            if let Entry::Vacant(place) = catalogs.entry(file.folder) {
                let path = self.names.path(file.folder, day.date);
                let text = self.target.read(&path, MAX_SIDE_BYTES)?;
                let catalog = text.map(|text| DayCatalog::parse(&text));
                place.insert(catalog.unwrap_or_default());
            }
        }
        Ok(catalogs)
    }

    /// Stages the catalog of a day, if it has changed.
    pub(super) fn stage_catalog(
        &mut self,
        folder: usize,
        date: NaiveDate,
        catalog: &DayCatalog,
    ) -> Result<(), BuildError> {
        let text = catalog
            .to_text()
            .map_err(|why| BuildError::Text { file: STATE, why })?;
        self.stage_changed(&self.names.path(folder, date), &text)
    }

    /// Takes what is remembered of a partition from now on.
    pub(super) fn take_state(&mut self, day: &ManifestDay) -> Result<UnitState, BuildError> {
        let partition = day.partition();
        let staged = self.staged.remove(&partition).map(|unit| unit.state);
        let state = match staged.or_else(|| self.unchanged.remove(&partition)) {
            Some(state) => Some(state),
            None => self.state(day)?,
        };
        state.ok_or(BuildError::LostState(partition))
    }

    /// Returns what was remembered of a partition before this build.
    pub(super) fn old_state(&self, partition: Partition) -> Result<Option<UnitState>, BuildError> {
        self.old_days
            .get(&partition)
            .map_or(Ok(None), |day| self.state(day))
    }

    /// Whether a partition was built again. Its row of the table `quality` may have changed without that.
    pub(super) fn is_written(&self, day: &ManifestDay) -> bool {
        let old = self.old_days.get(&day.partition());
        day.source.is_some() && old.is_none_or(|old| old.source != day.source)
    }

    /// Returns in words how the old data set was built, if it was built in another way.
    pub(super) fn old_shape(&self) -> Option<&'static str> {
        let old = self.old.manifest.as_ref()?;
        let (before, now) = (&old.options, self.options.stated());
        if old.schema != SCHEMA_VERSION {
            Some("by an older version")
        } else if before.anonymized != now.anonymized {
            Some(if before.anonymized {
                "with --anonymize"
            } else {
                "without --anonymize"
            })
        } else if before.salt.is_some() && before.salt != now.salt {
            Some("with another dataset.salt")
        } else if before.ticks != now.ticks {
            Some(if before.ticks {
                "without --no-ticks"
            } else {
                "with --no-ticks"
            })
        } else {
            None
        }
    }

    /// Builds the partitions that are not up to date; returns all of them as the manifest has them.
    fn write_partitions(
        &mut self,
        plan: &Plan,
        progress: &mut OnProgress<'_>,
    ) -> Result<Vec<ManifestDay>, BuildError> {
        let partitions = plan.partitions();
        let (all, mut days) = (partitions.len(), Vec::new());
        for (done, (partition, places)) in partitions.into_iter().enumerate() {
            let now = BuildProgress {
                step: BuildStep::Writing,
                done,
                all,
            };
            step(progress, now)?;
            let source = plan.digest(&places, self.options.shape());
            let staged = self.staged.get(&partition);
            if staged.is_none_or(|unit| unit.state.source != source) {
                self.unstage(partition)?;
                if self.is_up_to_date(partition, source)?
                    && let Some(day) = self.old_days.get(&partition)
                {
                    days.push(ManifestDay {
                        gone: false,
                        ..day.clone()
                    });
                    continue;
                }
                let unit = UnitBuilder {
                    sources: self.sources,
                    plan,
                    options: self.options,
                    imports: &self.imports,
                    anonymizer: self.anonymizer.as_ref(),
                };
                let unit = unit.build(partition, &places, source, &mut ReadGames::new());
                let unit = unit.map_err(|why| BuildError::Tables { partition, why })?;
                self.stage_unit(partition, unit)?;
            }
            if let Some(StagedUnit { files, .. }) = self.staged.get(&partition) {
                let mut day = ManifestDay::new(partition, Some(source));
                day.files.clone_from(files);
                days.push(day);
            }
        }
        Ok(days)
    }

    /// Whether the old data set has a partition as its files are now.
    pub(super) fn is_up_to_date(
        &mut self,
        partition: Partition,
        source: ContentDigest,
    ) -> Result<bool, BuildError> {
        let Some(day) = self.old_days.get(&partition) else {
            return Ok(false);
        };
        let is_there = |file: &DataFile| self.old.in_place.contains(&file.path);
        if self.options.rebuild || day.source != Some(source) || !day.files.iter().all(is_there) {
            return Ok(false);
        }
        let Some(state) = self.state(day)? else {
            return Ok(false);
        };
        self.unchanged.insert(partition, state);
        Ok(true)
    }

    /// Returns the file of a table that is there and is that of the manifest; `None` if everything is built again.
    pub(super) fn old_file(&self, partition: Partition, table: Table) -> Option<&DataFile> {
        let manifest = self.old.manifest.as_ref()?;
        let is_other = manifest.schema != SCHEMA_VERSION || self.old.is_unfinished;
        if self.options.rebuild || is_other {
            return None;
        }
        let mut files = self.old_days.get(&partition)?.files.iter();
        files.find(|file| file.table == table && self.old.in_place.contains(&file.path))
    }

    /// Returns what is remembered of a partition; `None` if that is lost or of another version of it.
    fn state(&self, day: &ManifestDay) -> Result<Option<UnitState>, BuildError> {
        let path = UnitState::path(day.partition());
        let text = self.target.read(&path, MAX_SIDE_BYTES)?;
        let state = text.and_then(|text| UnitState::parse(&text));
        Ok(state.filter(|state| Some(state.source) == day.source))
    }

    /// Stages the files of a partition that differ from the old ones.
    pub(super) fn stage_unit(
        &mut self,
        partition: Partition,
        unit: Unit,
    ) -> Result<(), BuildError> {
        let mut files = Vec::new();
        for table in unit.tables {
            files.push(self.stage_table(partition, table)?);
        }
        let text = unit
            .state
            .to_text()
            .map_err(|why| BuildError::Text { file: STATE, why })?;
        self.stage_changed(&UnitState::path(partition), &text)?;
        self.staged.insert(
            partition,
            StagedUnit {
                files,
                state: unit.state,
            },
        );
        Ok(())
    }

    /// Stages a data file, if it differs from the old one. A rebuild compares with the bytes on the disk, which may be
    /// damaged.
    pub(super) fn stage_table(
        &mut self,
        partition: Partition,
        table: TableBytes,
    ) -> Result<DataFile, BuildError> {
        let old = self.old_days.get(&partition);
        let mut old = old.iter().flat_map(|day| &day.files);
        let path = &table.file.path;
        let mut is_right = old.any(|old| *old == table.file) && self.old.in_place.contains(path);
        if is_right && self.options.rebuild {
            let found = self.target.read(path, table.file.bytes);
            is_right = found.is_ok_and(|found| found.as_deref() == Some(&*table.bytes));
        }
        if !is_right {
            self.target.stage(path, &table.bytes)?;
        }
        Ok(table.file)
    }

    /// Forgets the staged files of a partition.
    fn unstage(&mut self, partition: Partition) -> Result<(), BuildError> {
        if let Some(unit) = self.staged.remove(&partition) {
            for file in &unit.files {
                self.target.unstage(&file.path)?;
            }
            self.target.unstage(&UnitState::path(partition))?;
        }
        Ok(())
    }

    /// Stages a file if its content differs from that of the old one.
    fn stage_changed(&mut self, path: &str, text: &[u8]) -> Result<(), BuildError> {
        let old = self.target.read(path, text.len() as u64)?;
        if old.as_deref() != Some(text) {
            self.target.stage(path, text)?;
        }
        Ok(())
    }
}
