//! What the data set consists of: every file that was found, the partition of its rows, and which recording of a game
//! becomes its row. A partition's digest says whether it has to be built again.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::catalog::{Content, Rank};
use super::columns::SCHEMA_VERSION;
use super::copies::{Copies, CopyRole, GameSource};
use super::digest::{ContentDigest, Hasher, ShortDigest};
use super::partition::Partition;
use super::source::FileKind;
use super::unit_state::KeptGame;

/// A source file, with what is known of its content.
#[derive(Debug, Clone)]
pub struct Item {
    /// The day in the name of its folder.
    pub day: NaiveDate,
    /// Its kind.
    pub kind: FileKind,
    /// Its name.
    pub name: Arc<str>,
    /// The place of its folder of recordings.
    pub folder: usize,
    /// The partition of its rows; of a file that cannot be read, the one that counts it.
    pub partition: Partition,
    /// Of its content; of a file that cannot be read, of the reason.
    pub sha256: ContentDigest,
    /// What is known of it.
    pub content: Content,
}

impl Item {
    /// Returns its path below its folder of recordings.
    pub fn relative(&self) -> String {
        if self.kind == FileKind::Original {
            return self.name.to_string();
        }
        format!("{}/{}/{}", self.day, self.kind.folder(), self.name)
    }
}

/// What a partition depends on beside its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// There is a table of ticks.
    pub ticks: bool,
    /// Names the salt of the players' hashes; `None`: players have their names.
    pub salt: Option<ShortDigest>,
}

/// The files of a data set.
#[derive(Debug, Default)]
pub struct Plan {
    items: Vec<Item>,
    copies: Copies,
}

impl Plan {
    /// Returns the plan of these files, beside the games of partitions that are not built again.
    pub fn new(items: Vec<Item>, kept: impl IntoIterator<Item = KeptGame>) -> Self {
        let mut copies = Copies::with_capacity(items.len());
        for game in kept {
            copies.add_kept(game.id, game.trainable);
        }
        for (place, item) in items.iter().enumerate() {
            if let Content::Game(game) = &item.content {
                copies.add(game.id, place, |place| rank_of(&items[place]));
            }
        }
        Self { items, copies }
    }

    /// Returns a file by its place.
    pub fn item(&self, place: usize) -> &Item {
        &self.items[place]
    }

    /// Returns the places of the files of each partition.
    pub fn partitions(&self) -> BTreeMap<Partition, Vec<usize>> {
        let mut partitions = BTreeMap::<Partition, Vec<usize>>::new();
        for (place, item) in self.items.iter().enumerate() {
            partitions.entry(item.partition).or_default().push(place);
        }
        partitions
    }

    /// Returns what becomes of a game's recording; `None` for other files.
    pub fn role(&self, place: usize) -> Option<CopyRole> {
        match &self.items[place].content {
            Content::Game(game) => Some(self.copies.role(place, game.id)),
            Content::Session(_) | Content::Import | Content::Unreadable(_) => None,
        }
    }

    /// Returns the file that is a game's row.
    pub fn game(&self, id: ShortDigest) -> Option<&Item> {
        match self.copies.get(id)? {
            GameSource::Recording(place) => self.items.get(place as usize),
            GameSource::Kept { .. } => None,
        }
    }

    /// Whether a game may be used to train; `None` if the data set does not have it.
    pub fn trainable(&self, game_id: &str) -> Option<bool> {
        let id = ShortDigest::of(game_id.as_bytes());
        match self.copies.get(id)? {
            GameSource::Kept { trainable } => Some(trainable),
            GameSource::Recording(place) => {
                let item = &self.items[place as usize];
                Some(matches!(&item.content, Content::Game(game) if game.trainable))
            }
        }
    }

    /// Whether every game of a session's rows is in the plan.
    pub fn has_games_of(&self, place: usize) -> bool {
        match &self.items[place].content {
            Content::Session(session) => {
                let mut games = session.games.iter();
                games.all(|id| self.copies.get(*id).is_some())
            }
            Content::Game(_) | Content::Import | Content::Unreadable(_) => true,
        }
    }

    /// Returns the digest of everything that the rows of a partition are made of, but for its row of the table `quality`.
    ///
    /// It does not depend on times of files or on where the folders are: copied recordings make the same data set.
    pub fn digest(&self, places: &[usize], shape: Shape) -> ContentDigest {
        let mut lines: Vec<_> = places.iter().map(|place| self.line(*place)).collect();
        lines.sort_unstable();
        let mut hasher = Hasher::default();
        let salt = shape.salt.map(|salt| salt.to_string());
        for part in [
            SCHEMA_VERSION.to_string(),
            shape.ticks.to_string(),
            salt.unwrap_or_default(),
        ] {
            hasher.part(part.as_bytes());
        }
        for line in lines {
            hasher.part(line.as_bytes());
        }
        hasher.digest()
    }

    /// Returns what a partition has of a file, and what it takes from other partitions.
    fn line(&self, place: usize) -> String {
        let item = &self.items[place];
        let of_others = match (&item.content, self.role(place)) {
            (_, Some(CopyRole::Row { copies })) => format!("row {copies}"),
            (_, Some(CopyRole::Duplicate { of })) => match of {
                Some(row) => format!("duplicate {}", self.items[row].sha256),
                None => "duplicate".to_owned(),
            },
            (Content::Session(session), None) => {
                let states = session.games.iter().map(|id| self.state_of(*id));
                states.collect::<Vec<_>>().join(" ")
            }
            (_, None) => "no game".to_owned(),
        };
        format!("{} {} {of_others}", item.relative(), item.sha256)
    }

    /// Returns a text that changes with the row of a game, for the digest of the sessions that played it.
    fn state_of(&self, id: ShortDigest) -> String {
        match self.copies.get(id) {
            None => "absent".to_owned(),
            Some(GameSource::Kept { trainable }) => format!("kept {trainable}"),
            Some(GameSource::Recording(place)) => self.items[place as usize].sha256.to_string(),
        }
    }
}

/// Returns how good the recording of a game is.
fn rank_of(item: &Item) -> Option<Rank> {
    match &item.content {
        Content::Game(game) => Some(game.rank),
        Content::Session(_) | Content::Import | Content::Unreadable(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::catalog::{GameContent, Rank, SessionContent};
    use crate::dataset::partition::{DataOrigin, parse_day};

    const SHAPE: Shape = Shape {
        ticks: true,
        salt: None,
    };

    fn partition(day: &str) -> Partition {
        Partition {
            origin: DataOrigin::Live,
            date: parse_day(day).expect("a day"),
        }
    }

    fn item(day: &str, name: &str, content: Content) -> Item {
        Item {
            day: parse_day(day).expect("a day"),
            kind: match content {
                Content::Session(_) => FileKind::Session,
                Content::Game(_) | Content::Import | Content::Unreadable(_) => FileKind::Game,
            },
            name: name.into(),
            folder: 0,
            partition: partition(day),
            sha256: ContentDigest::of(format!("{day} {name} {content:?}").as_bytes()),
            content,
        }
    }

    fn game(day: &str, id: &str, proof: u8) -> Item {
        let content = Content::Game(GameContent {
            partition: partition(day),
            id: ShortDigest::of(id.as_bytes()),
            start: 0,
            ticks: 9,
            rank: Rank {
                proof,
                complete: true,
                committed: true,
                prices: 9,
                arrivals: 9,
            },
            prices: ShortDigest::of(b"prices"),
            trainable: proof > 1,
            has_findings: false,
        });
        item(day, &format!("{id}-{proof}.game.json"), content)
    }

    fn session(day: &str, ids: &[&str]) -> Item {
        let games = ids.iter().map(|id| ShortDigest::of(id.as_bytes()));
        let content = Content::Session(SessionContent {
            partition: partition(day),
            games: games.collect(),
        });
        item(day, "a_session.json", content)
    }

    /// Returns the digest of each partition of these files.
    fn digests(items: &[Item]) -> BTreeMap<Partition, ContentDigest> {
        let plan = Plan::new(items.to_vec(), []);
        let partitions = plan.partitions().into_iter();
        partitions
            .map(|(partition, places)| (partition, plan.digest(&places, SHAPE)))
            .collect()
    }

    const MONDAY: &str = "2025-12-15";
    const TUESDAY: &str = "2025-12-16";

    #[test]
    fn the_digest_depends_on_contents_and_not_on_folders_or_their_order() {
        let mut items = [game(MONDAY, "a", 3), game(MONDAY, "b", 3)];
        let before = digests(&items);
        items.reverse();
        items[0].folder = 5;
        assert_eq!(digests(&items), before);
        items[0].sha256 = ContentDigest::of(b"other");
        assert_ne!(digests(&items), before);
        assert_ne!(digests(&items[..1]), before);
    }

    #[test]
    fn a_copy_elsewhere_changes_both_partitions() {
        let alone = digests(&[game(MONDAY, "a", 3), game(TUESDAY, "b", 3)]);
        let both = [
            game(MONDAY, "a", 3),
            game(TUESDAY, "b", 3),
            game(TUESDAY, "a", 1),
        ];
        let both = digests(&both);
        for (partition, digest) in alone {
            assert_ne!(both[&partition], digest);
        }
    }

    #[test]
    fn a_session_changes_with_its_games_of_another_day() {
        let with = |proof| digests(&[session(MONDAY, &["a"]), game(TUESDAY, "a", proof)]);
        assert_ne!(with(1)[&partition(MONDAY)], with(3)[&partition(MONDAY)]);
        let other = digests(&[session(MONDAY, &["b"]), game(TUESDAY, "a", 1)]);
        let another = digests(&[session(MONDAY, &["b"]), game(TUESDAY, "a", 3)]);
        assert_eq!(other[&partition(MONDAY)], another[&partition(MONDAY)]);
    }

    #[test]
    fn the_options_are_part_of_the_digest() {
        let plan = Plan::new(vec![game(MONDAY, "a", 3)], []);
        let salt = Some(ShortDigest::of(b"salt"));
        let shapes = [
            SHAPE,
            Shape {
                ticks: false,
                ..SHAPE
            },
            Shape { salt, ..SHAPE },
        ];
        let mut all = shapes.map(|shape| plan.digest(&[0], shape)).to_vec();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 3);
    }

    #[test]
    fn a_session_waits_for_games_that_are_not_known() {
        let plan = Plan::new(vec![session(MONDAY, &["a", "b"]), game(MONDAY, "a", 3)], []);
        assert!(!plan.has_games_of(0) && plan.has_games_of(1));
        let kept = KeptGame {
            id: ShortDigest::of(b"b"),
            content: ShortDigest::of(b""),
            trainable: true,
        };
        let plan = Plan::new(
            vec![session(MONDAY, &["a", "b"]), game(MONDAY, "a", 3)],
            [kept],
        );
        assert!(plan.has_games_of(0));
        assert_eq!(plan.trainable("b"), Some(true));
        assert_eq!(plan.trainable("a"), Some(true));
        assert_eq!(plan.trainable("c"), None);
        assert!(plan.game(ShortDigest::of(b"a")).is_some());
        assert!(plan.game(ShortDigest::of(b"b")).is_none());
    }
}
