//! The files of the player's own: notes, the diary, and bundles. They are written here, so that the window never waits.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use super::{LibraryEvent, LibraryRequest, LibraryWorker, PlayerFile, WorkerLoop};
use crate::disk::Disk;
use crate::library::bundle::{ShareFailure, plan_share, save_bundle, share};
use crate::library::messages::ShareOptions;
use crate::paths;
use crate::recording::{NoteEdit, edit_notes, read_diary, read_notes, write_diary};

impl LibraryWorker {
    /// Reads the notes of a session file, or of the running session, named by its journal. Returns false as [`Self::list`].
    pub fn notes(&self, session: PathBuf) -> bool {
        self.request(LibraryRequest::Player(PlayerFile::Notes(session)))
    }

    /// Changes the notes of a session. Returns false as [`Self::list`].
    pub fn edit_notes(&self, session: PathBuf, edit: NoteEdit) -> bool {
        let request = PlayerFile::EditNotes(session, Box::new(edit));
        self.request(LibraryRequest::Player(request))
    }

    /// Reads the diary of a folder of recordings. Returns false as [`Self::list`].
    pub fn diary(&self, root: PathBuf) -> bool {
        self.request(LibraryRequest::Player(PlayerFile::Diary(root)))
    }

    /// Sets the line of a local day in the diary of a folder. Returns false as [`Self::list`].
    pub fn save_diary(&self, root: PathBuf, day: NaiveDate, line: String) -> bool {
        self.request(LibraryRequest::Player(PlayerFile::SaveDiary(
            root, day, line,
        )))
    }

    /// Finds out what the bundle of a session would have in it. Its games are searched as for [`Self::open`]. Returns false
    /// as [`Self::list`].
    pub fn plan_share(&self, session: PathBuf, out: Option<PathBuf>) -> bool {
        let request = PlayerFile::PlanShare { session, out };
        self.request(LibraryRequest::Player(request))
    }

    /// Writes the bundle of a session. Its games are searched as for [`Self::open`]. Returns false as [`Self::list`].
    pub fn share(
        &self,
        session: PathBuf,
        out: Option<PathBuf>,
        target: PathBuf,
        options: ShareOptions,
    ) -> bool {
        self.request(LibraryRequest::Player(PlayerFile::Share {
            session,
            out,
            target,
            options,
        }))
    }
}

impl<D: Disk + Clone> WorkerLoop<D> {
    /// Writes the notes, diary lines and bundles that were requested before the window closed.
    pub(super) fn write_rest(&self) {
        while let Ok(request) = self.requests.try_recv() {
            let LibraryRequest::Player(request) = request else {
                continue;
            };
            match request {
                PlayerFile::EditNotes(..)
                | PlayerFile::SaveDiary(..)
                | PlayerFile::Share { .. } => {}
                PlayerFile::Notes(_) | PlayerFile::Diary(_) | PlayerFile::PlanShare { .. } => {
                    continue;
                }
            }
            match self.player_file(request) {
                LibraryEvent::NotSaved { why, .. } => {
                    tracing::error!(why, "what the player wrote is not saved");
                }
                LibraryEvent::Shared {
                    target,
                    result: Err(why),
                } => {
                    tracing::error!(bundle = %paths::text(&target), ?why, "a bundle is not saved");
                }
                _ => {}
            }
        }
    }

    /// Does a request; returns what is on the disk after it.
    pub(super) fn player_file(&self, request: PlayerFile) -> LibraryEvent {
        let disk = &self.disk;
        match request {
            PlayerFile::Notes(session) => self.notes(session),
            PlayerFile::EditNotes(session, edit) => match edit_notes(disk, &session, *edit) {
                Ok(()) => self.notes(session),
                Err(why) => LibraryEvent::NotSaved { path: session, why },
            },
            PlayerFile::Diary(root) => self.diary(root),
            PlayerFile::SaveDiary(root, day, line) => match write_diary(disk, &root, day, &line) {
                Ok(()) => self.diary(root),
                Err(why) => LibraryEvent::NotSaved { path: root, why },
            },
            PlayerFile::PlanShare { session, out } => {
                let planned = plan_share(disk, &session, out.as_deref(), false);
                let plan = planned.map(|plan| Box::new(plan.content));
                LibraryEvent::SharePlanned { session, plan }
            }
            PlayerFile::Share {
                session,
                out,
                target,
                options: ShareOptions { names, replaces },
            } => {
                let shared = share(disk, &session, out.as_deref(), names);
                let saved = shared.map_err(ShareFailure::Failed).and_then(|bundle| {
                    save_bundle(disk, &target, &bundle, replaces)?;
                    Ok((Box::new(bundle.content), bundle.bytes.len()))
                });
                LibraryEvent::Shared {
                    target,
                    result: saved,
                }
            }
        }
    }

    /// Returns the notes of a session that has some, or a file of them that cannot be read.
    pub(super) fn notes_of(&self, session: &Path) -> Option<LibraryEvent> {
        let read = read_notes(&self.disk, session);
        let has_some = read.fault.is_some() || !read.words.is_empty();
        has_some.then(|| LibraryEvent::Notes {
            session: session.to_owned(),
            notes: Box::new(read.words),
            fault: read.fault,
        })
    }

    fn notes(&self, session: PathBuf) -> LibraryEvent {
        let read = read_notes(&self.disk, &session);
        LibraryEvent::Notes {
            session,
            notes: Box::new(read.words),
            fault: read.fault,
        }
    }

    fn diary(&self, root: PathBuf) -> LibraryEvent {
        let read = read_diary(&self.disk, &root);
        LibraryEvent::Diary {
            root,
            diary: Box::new(read.words),
            fault: read.fault,
        }
    }
}
