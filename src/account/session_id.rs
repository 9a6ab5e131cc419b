//! The ids of sessions: UUIDs of version 7, made of the time and of random bytes that the caller provides.

use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid};

use crate::game::{Time, millis};

/// Makes the ids of a run's sessions. Pure: the same entropy gives the same ids.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SessionIds {
    entropy: [u8; 16],
    made: u64,
}

impl SessionIds {
    /// Returns a source of unique ids, seeded with these random bytes.
    pub fn new(entropy: [u8; 16]) -> Self {
        Self { entropy, made: 0 }
    }

    /// Returns the id of a session that begins at this time.
    pub fn next(&mut self, at: Time) -> Uuid {
        self.made += 1;
        let made = self.made.to_be_bytes();
        uuid(at, &[&self.entropy, &made])
    }
}

/// Returns the id of a session whose journal was written before sessions had ids: the same one each time it is read.
pub fn id_of_old(start: Time, player_id: Option<&str>, username: Option<&str>) -> Uuid {
    let names = [player_id, username].map(Option::unwrap_or_default);
    let start_text = millis::text(start);
    uuid(
        start,
        &[
            start_text.as_bytes(),
            names[0].as_bytes(),
            b"\n",
            names[1].as_bytes(),
        ],
    )
}

fn uuid(at: Time, parts: &[&[u8]]) -> Uuid {
    let hash = parts.iter().fold(Sha256::new(), Sha256::chain_update);
    let mut random = [0; 10];
    random.copy_from_slice(&hash.finalize()[..10]);
    // A clock before 1970 has no place in an id.
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_uuid_of_version_7_with_the_time_in_front() {
        let at: Time = "2025-12-15T01:17:55.000Z".parse().expect("a time");
        let mut ids = SessionIds::new([7; 16]);
        let id = ids.next(at);
        assert_eq!(id.get_version_num(), 7);
        let millis = id.as_u128() >> 80;
        assert_eq!(millis, at.timestamp_millis().unsigned_abs().into());
        let second = ids.next(at);
        assert_ne!(second, id, "two sessions in one millisecond");
        assert_ne!(SessionIds::new([8; 16]).next(at), id, "another run");
        let again = [0; 2].map(|_| SessionIds::new([7; 16]).next(at));
        assert_eq!(again, [id; 2]);
        assert_eq!(ids.next(Time::MIN_UTC).get_version_num(), 7);
    }

    #[test]
    fn a_session_without_an_id_gets_the_same_one_each_time() {
        let at: Time = "2025-12-15T01:17:55.000Z".parse().expect("a time");
        let id = id_of_old(at, Some("p"), Some("Dutch"));
        assert_eq!(id, id_of_old(at, Some("p"), Some("Dutch")));
        assert_ne!(id, id_of_old(at, Some("p"), None));
        assert_eq!(id.get_version_num(), 7);
    }
}
