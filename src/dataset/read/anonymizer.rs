//! Replaces names of players by salted hashes.

use crate::fairness::sha256_hex;

/// Hexadecimal digits of a hash: 64 bits, so that two players of a data set never share one.
const DIGITS: usize = 16;

/// Replaces names by hashes. The same salt gives the same hashes; without the salt a name cannot be found by trying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anonymizer {
    salt: String,
}

impl Anonymizer {
    /// Returns the anonymizer with a secret salt.
    pub fn new(salt: impl Into<String>) -> Self {
        Self { salt: salt.into() }
    }

    /// Returns the hash that replaces a name.
    pub fn hash(&self, name: &str) -> String {
        let mut hash = sha256_hex(format!("{}\n{name}", self.salt).as_bytes());
        hash.truncate(DIGITS);
        hash
    }
}
