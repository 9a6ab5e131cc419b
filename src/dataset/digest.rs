//! SHA-256 digests, written as 64 hexadecimal digits, and their first half where a name is enough.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use sha2::{Digest as _, Sha256};

/// `N` bytes of a SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest<const N: usize>([u8; N]);

/// The whole digest: of a file's content.
pub type ContentDigest = Digest<32>;
/// Half of a digest: the name of a game id or of a list of prices, in half the memory.
pub type ShortDigest = Digest<16>;

impl<const N: usize> Digest<N> {
    /// Returns the digest of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let mut hasher = Hasher::default();
        hasher.add(bytes);
        hasher.digest()
    }
}

impl ContentDigest {
    /// Returns the first half.
    pub fn short(self) -> ShortDigest {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.0[..16]);
        Digest(bytes)
    }
}

impl<const N: usize> fmt::Display for Digest<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        // A build writes a hundred thousand of them: byte by byte through the formatter takes a tenth of a second more.
        let mut text = [0; 64];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        f.write_str(std::str::from_utf8(&text[..2 * N]).unwrap_or_default())
    }
}

impl<const N: usize> fmt::Debug for Digest<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl<const N: usize> Serialize for Digest<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Digest<N> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(source)?;
        parse(&text)
            .map(Self)
            .ok_or_else(|| D::Error::custom("no digest"))
    }
}

fn parse<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let text = text.as_bytes();
    if text.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = u8::try_from(digit(&pair[0])? << 4 | digit(&pair[1])?).ok()?;
    }
    Some(bytes)
}

/// A digest of several parts: no two lists of parts have the same bytes.
#[derive(Clone, Default)]
pub struct Hasher(Sha256);

impl Hasher {
    /// Adds bytes as they are.
    fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Adds a part, with its length.
    pub fn part(&mut self, bytes: &[u8]) {
        self.add(&(bytes.len() as u64).to_le_bytes());
        self.add(bytes);
    }

    /// Returns the digest.
    pub fn digest<const N: usize>(self) -> Digest<N> {
        let whole: [u8; 32] = self.0.finalize().into();
        let mut bytes = [0; N];
        bytes.copy_from_slice(&whole[..N]);
        Digest(bytes)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_that_of_sha256_and_is_read_back() {
        let digest = ContentDigest::of(b"abc");
        let text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(digest.to_string(), text);
        assert_eq!(
            serde_json::from_str::<ContentDigest>(&format!("\"{text}\"")).unwrap(),
            digest
        );
        assert_eq!(ShortDigest::of(b"abc").to_string(), text[..32]);
        for wrong in ["", "ba78", &"g".repeat(64), &"é".repeat(32)] {
            let text = serde_json::to_string(wrong).unwrap();
            assert!(
                serde_json::from_str::<ContentDigest>(&text).is_err(),
                "{wrong}"
            );
        }
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let of = |parts: &[&str]| {
            let mut hasher = Hasher::default();
            for part in parts {
                hasher.part(part.as_bytes());
            }
            hasher.digest::<16>()
        };
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["a"]), of(&["a", ""]));
    }
}
