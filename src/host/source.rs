//! The sources that can be had: the built-in table, the live feed, any other address.

use crate::feed::Address;
use crate::recording::Origin;
use crate::table::{Source, Speed, Table, TableConfig, TableError};

/// Where games are to come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Place {
    /// The built-in table.
    Practice {
        /// The same games every time; without it nobody can foresee them.
        seed: Option<u64>,
        /// How fast.
        speed: Speed,
    },
    /// rugs.fun, watched.
    Live,
    /// Any other server.
    Url(Address),
}

impl Place {
    /// Returns the kind of source that recordings name.
    pub fn origin(&self) -> Origin {
        match self {
            Self::Practice { .. } => Origin::Practice,
            Self::Live => Origin::Live,
            // Somebody may have typed the live game's own address.
            Self::Url(address) if address.is_live() => Origin::Live,
            Self::Url(_) => Origin::Url,
        }
    }

    /// Makes the source ready to be connected to; our own table is started.
    ///
    /// # Panics
    /// Never: a table's own address is on this computer.
    pub fn open(&self) -> Result<Opened, TableError> {
        let (address, table) = match self {
            Self::Live => (Address::live(), None),
            Self::Url(address) => (address.clone(), None),
            Self::Practice { seed, speed } => {
                let table = Table::start(TableConfig {
                    seed: *seed,
                    speed: *speed,
                    source: Source::Practice,
                    ..TableConfig::default()
                })?;
                let address = Address::parse(&table.url());
                let address = address.expect("a table's own address is on this computer");
                (address, Some(table))
            }
        };
        Ok(Opened {
            origin: self.origin(),
            address,
            table,
        })
    }
}

/// A source that can be connected to. Our own table stops when it is dropped.
#[derive(Debug)]
pub struct Opened {
    /// What recordings name it.
    pub origin: Origin,
    /// Where it is.
    pub address: Address,
    /// Our own table.
    pub table: Option<Table>,
}
